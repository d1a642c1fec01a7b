//! Everything that is kept of a person, in one document.

use serde_json::{Value, json};

use super::holdings::Held;
use super::pages::{Page, Texts, chained, listed, piece};
use super::{history, runs};
use crate::domain::market::watchlist::Watchlist;
use crate::domain::recording::Amounts;
use crate::domain::report::SyncReport;
use crate::domain::takeout::file::Format;
use crate::domain::takeout::{VERSION, person};
use crate::domain::timestamp::Timestamp;
use crate::domain::token::ApiToken;
use crate::error::Problem;
use crate::services::accounts::User;
use crate::services::{State, connections, recording, storage_problem, telling};
use crate::storage::holding_snapshots::{self, Snapshot};
use crate::storage::sessions::SessionRow;
use crate::storage::value_series::SeriesRow;
use crate::storage::{Connection as Db, StorageError, api_tokens, backfilled_days, backfills};
use crate::storage::{notices, recordings, sessions, users, value_series, watched_pairs};

/// How many snapshots, and how many recordings are read at once. A snapshot is some kilobytes, a
/// recording up to half a megabyte.
const SNAPSHOTS: i64 = 50;
const RECORDINGS: i64 = 4;
const BETWEEN: &str = ",\n";

/// The document. What is small comes first, in one piece; then holdings, history, snapshots, runs
/// and recordings, page by page.
///
/// # Errors
/// [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn file(state: &State, user: &User) -> Result<Texts, Problem> {
    let held = Held::find(state, user, None).await?;
    let mut head = format!("{{\"coffer_export\":{VERSION}");
    for (name, value) in account(state, user)
        .await?
        .into_iter()
        .chain(small(state, &held))
    {
        head += &format!("{BETWEEN}\"{name}\":{value}");
    }
    let rows = held.rows(state, Format::Json);
    let points = history::points(state, user, held.portfolios, None, Format::Json);
    let written = |(id, report): (String, SyncReport)| person::run(&id, &report).to_string();
    Ok(chained(vec![
        piece(head),
        list("holdings", piece(rows)),
        list("history", points),
        list("snapshots", snapshots(state, user)),
        list("runs", runs::runs(state, user, None, BETWEEN, written)),
        list("recordings", recordings(state, user)),
        piece("}\n"),
    ]))
}

fn list(name: &str, rows: Texts) -> Texts {
    let begin = format!("{BETWEEN}\"{name}\":[\n");
    chained(vec![piece(begin), rows, piece("\n]")])
}

/// The account itself, and what there is of it once or a few times.
async fn account(state: &State, user: &User) -> Result<Vec<(&'static str, Value)>, Problem> {
    let settings = telling::settings(state, &user.id).await?;
    let kept = Kept::find(state, user).await.map_err(storage_problem)?;
    let webhook = settings
        .webhook
        .map(|(url, enabled)| json!({ "url": url, "enabled": enabled }));
    let told: Vec<_> = kept.notices.iter().map(person::notice).collect();
    let sent: Vec<_> = settings.deliveries.iter().map(person::delivery).collect();
    Ok(vec![
        ("made_at", person::moment(Some(state.clock.now()))),
        (
            "account",
            json!({
                "id": user.id,
                "email": user.email,
                "base_currency": user.base_currency,
                "created_at": person::moment(kept.created_at),
            }),
        ),
        ("telling", person::preferences(&settings.preferences)),
        ("webhook", json!(webhook)),
        ("deliveries", json!(sent)),
        ("notices", json!(told)),
        ("sessions", kept.sessions.iter().map(session).collect()),
        (
            "api_tokens",
            kept.tokens.iter().map(person::token).collect(),
        ),
        ("watchlist", json!(kept.watchlist)),
        ("series", json!(kept.series)),
        ("past_days", json!(kept.past)),
    ])
}

/// What was entered and connected.
fn small(state: &State, held: &Held) -> Vec<(&'static str, Value)> {
    let portfolio = |one| json!(one);
    let connection = |one: &_| connected(state, one);
    vec![
        (
            "portfolios",
            held.portfolios.iter().map(portfolio).collect(),
        ),
        (
            "connections",
            held.connections.iter().map(connection).collect(),
        ),
        (
            "manual_holdings",
            held.by_hand.iter().map(person::by_hand).collect(),
        ),
    ]
}

fn connected(state: &State, connection: &crate::domain::connection::Connection) -> Value {
    let exchange = connections::exchange_name(state, &connection.exchange);
    person::connection(connection, &exchange)
}

/// What is read for this document alone.
struct Kept {
    created_at: Option<Timestamp>,
    notices: Vec<crate::domain::event::Told>,
    sessions: Vec<SessionRow>,
    tokens: Vec<ApiToken>,
    watchlist: Watchlist,
    series: Vec<Value>,
    past: Vec<Value>,
}

impl Kept {
    async fn find(state: &State, user: &User) -> Result<Self, StorageError> {
        let mut db = state.db.reader().await?;
        let account = users::find(&mut db, &user.id).await?;
        let series = value_series::list(&mut db, &user.id).await?;
        Ok(Self {
            created_at: account.map(|account| Timestamp(account.created_at)),
            notices: notices::list(&mut db, &user.id).await?,
            sessions: sessions::list_of_user(&mut db, &user.id, state.clock.now().0).await?,
            tokens: api_tokens::list(&mut db, &user.id).await?,
            watchlist: watched_pairs::find(&mut db, &user.id).await?,
            series: series.iter().map(told).collect(),
            past: past(&mut db, &user.id).await?,
        })
    }
}

async fn past(db: &mut Db, user_id: &str) -> Result<Vec<Value>, StorageError> {
    let days = backfilled_days::list_of_user(db, user_id).await?;
    let backfills = backfills::list_of_user(db, user_id).await?;
    let told = backfills.iter().map(|(id, state)| {
        let own = days.iter().filter(|(of, _)| of == id);
        let own: Vec<_> = own.map(|(_, day)| day).collect();
        person::past(id, state, &own)
    });
    Ok(told.collect())
}

/// A session by its times. Its id, hashed as it is, is left out.
fn session(row: &SessionRow) -> Value {
    json!({
        "created_at": person::moment(row.created_at.map(Timestamp)),
        "used_at": person::moment(row.used_at.map(Timestamp)),
        "ends_at": person::moment(Some(Timestamp(row.ends_at))),
    })
}

/// Where a series of history stands.
fn told(row: &SeriesRow) -> Value {
    json!({
        "series": if row.portfolio_id.is_some() { "portfolio" } else { "all" },
        "portfolio_id": row.portfolio_id,
        "looked_at": person::moment(Some(Timestamp(row.looked_at))),
        "held_back": row.standing.candidate.as_ref().map(person::held_back),
    })
}

/// What connections held, whenever that changed.
fn snapshots(state: &State, user: &User) -> Texts {
    let (state, user) = (state.clone(), user.id.clone());
    let start = (String::new(), Timestamp(i64::MIN));
    listed(start, BETWEEN, move |after: (String, Timestamp)| {
        let (state, user) = (state.clone(), user.clone());
        async move {
            let mut db = state.db.reader().await.map_err(storage_problem)?;
            let after = (after.0.as_str(), after.1);
            let found = holding_snapshots::list_page(&mut db, &user, after, SNAPSHOTS).await;
            let next = |(id, one): &(String, Snapshot)| (id.clone(), one.taken_at);
            Ok(Page::of(
                found.map_err(storage_problem)?,
                SNAPSHOTS,
                next,
                snapshot,
            ))
        }
    })
}

/// One that cannot be read is told as null: the others are no worse for it.
fn snapshot((connection_id, snapshot): (String, Snapshot)) -> String {
    let held: Option<Value> = serde_json::from_str(&snapshot.held).ok();
    json!({
        "connection_id": connection_id,
        "taken_at": person::moment(Some(snapshot.taken_at)),
        "partial": snapshot.partial,
        "held": held,
    })
    .to_string()
}

/// What exchanges answered last, redacted.
fn recordings(state: &State, user: &User) -> Texts {
    let (state, user) = (state.clone(), user.id.clone());
    listed(String::new(), BETWEEN, move |after: String| {
        let (state, user) = (state.clone(), user.clone());
        async move {
            let mut db = state.db.reader().await.map_err(storage_problem)?;
            let found = recordings::list_page(&mut db, &user, &after, RECORDINGS).await;
            let next = |(id, _, _): &(String, _, _)| id.clone();
            Ok(Page::of(
                found.map_err(storage_problem)?,
                RECORDINGS,
                next,
                recorded,
            ))
        }
    })
}

/// One that was spoilt is told as null.
fn recorded(
    (connection_id, exchange, kept): (
        String,
        crate::domain::exchange::ExchangeId,
        recordings::Kept,
    ),
) -> String {
    let document = recording::document(&exchange, &kept, Amounts::Kept).ok();
    json!({ "connection_id": connection_id, "recording": document }).to_string()
}
