//! Candles to take along: everybody's, so that no person has to do with it.

use std::time::Duration;

use tokio::time::sleep;

use super::pages::{Page, chained, held, listed, piece};
use super::{Download, turn};
use crate::domain::market::candle::Candle;
use crate::domain::market::keeping::MOST_IN_A_FILE;
use crate::domain::takeout::candles::{COLUMNS, row};
use crate::domain::takeout::file::Format;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::State;
use crate::services::market::{self, Asked, Shown};

const FORMAT: Format = Format::Csv;

/// How long a file waits after each call to the exchange, so that a long one does not use up what all
/// share.
const BETWEEN_CALLS: Duration = Duration::from_millis(250);

/// Candles as a file for a person, made while it is sent: what is not stored is fetched on the way.
/// One that breaks off is not whole.
///
/// # Errors
/// Those of [`market::candles`], [`Problem::TooManyFiles`], and [`Problem::Invalid`] with the field
/// `start` for more than a year of minutes.
pub async fn candles(state: &State, user_id: &str, asked: Asked) -> Result<Download, Problem> {
    let most = asked.interval.after(asked.from, MOST_IN_A_FILE);
    if asked.to > most {
        let sentence =
            "A file holds at most 527,040 candles: ask for fewer days, or longer candles.";
        return Err(Problem::field("start", sentence));
    }
    let turn = turn(state, user_id)?;
    // What is wrong with the question is told before the file begins.
    market::candles(state, &asked).await?;
    let (own, begin) = (state.clone(), asked.from);
    let rows = listed(begin, FORMAT.between(), move |from| {
        let (state, asked) = (
            own.clone(),
            Asked {
                from,
                ..asked.clone()
            },
        );
        async move {
            let shown = market::candles(&state, &asked).await?;
            let calls = u32::try_from(shown.calls).unwrap_or(u32::MAX);
            sleep(BETWEEN_CALLS.saturating_mul(calls)).await;
            page(shown)
        }
    });
    let head = FORMAT.head("candles", &COLUMNS, &[]);
    let now = state.clock.now();
    Ok(Download {
        name: format!("coffer-candles-{}.csv", now.day()),
        content_type: FORMAT.content_type(),
        texts: held(chained(vec![piece(head), rows]), turn),
    })
}

/// A page that may lack candles would make a file that looks whole.
fn page(shown: Shown) -> Result<Page<Timestamp>, Problem> {
    if shown.problem.is_some() {
        return Err(Problem::Unavailable);
    }
    let written = |candle: &Candle| FORMAT.row(&COLUMNS, &row(candle));
    Ok(Page {
        rows: shown.candles.iter().map(written).collect(),
        next: shown.next,
    })
}
