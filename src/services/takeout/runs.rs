//! Reports of syncs to take along.

use super::pages::{Page, Texts, chained, listed, piece};
use crate::domain::report::SyncReport;
use crate::domain::takeout::file::Format;
use crate::domain::takeout::runs::{COLUMNS, row};
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::accounts::User;
use crate::services::{State, connections, storage_problem};
use crate::storage::sync_runs;

/// How many reports are read at once.
const PAGE: i64 = 200;

/// What a person's syncs did, as a file: of one connection, or of all of them.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn file(
    state: &State,
    user: &User,
    only: Option<&str>,
    format: Format,
) -> Result<Texts, Problem> {
    if let Some(id) = only {
        connections::own(state, &user.id, id).await?;
    }
    let head = format.head("runs", &COLUMNS, &[super::made_at(state)]);
    let written =
        move |(id, report): (String, SyncReport)| format.row(&COLUMNS, &row(&id, &report));
    let runs = runs(state, user, only, format.between(), written);
    Ok(chained(vec![piece(head), runs, piece(format.tail())]))
}

/// The reports alone, each as `written` writes it.
pub fn runs(
    state: &State,
    user: &User,
    only: Option<&str>,
    between: &'static str,
    written: impl Fn((String, SyncReport)) -> String + Copy + Send + 'static,
) -> Texts {
    let (state, user, only) = (state.clone(), user.id.clone(), only.map(str::to_owned));
    let start = (String::new(), Timestamp(i64::MIN), String::new());
    listed(start, between, move |after: (String, Timestamp, String)| {
        let (state, user, only) = (state.clone(), user.clone(), only.clone());
        async move {
            let mut db = state.db.reader().await.map_err(storage_problem)?;
            let after = (after.0.as_str(), after.1, after.2.as_str());
            let found = sync_runs::list_page(&mut db, &user, only.as_deref(), after, PAGE).await;
            let next = |(id, report): &(String, SyncReport)| {
                (report.account_id.clone(), report.started_at, id.clone())
            };
            Ok(Page::of(
                found.map_err(storage_problem)?,
                PAGE,
                next,
                written,
            ))
        }
    })
}
