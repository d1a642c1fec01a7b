//! What people take along, made while it is sent: of history, runs, snapshots and recordings only
//! one page is in memory at a time, of 2,000, 200, 50 or 4 of them. What is held now is made whole,
//! as the portfolio's page does it.

mod candles;
mod everything;
mod history;
mod holdings;
mod pages;
mod runs;

use super::State;
use super::accounts::User;
use super::turns::Turn;
use crate::domain::takeout::cell::Cell;
use crate::domain::takeout::file::{Kind, Subject};
use crate::error::Problem;
pub use candles::candles;
pub use pages::Texts;
use pages::held;

/// How many files one person may be sent at once.
const MOST_FILES: usize = 4;

/// A file to save.
pub struct Download {
    /// The name it is saved under.
    pub name: String,
    /// Its type on the wire.
    pub content_type: &'static str,
    /// The file, piece by piece. One that breaks off was not whole.
    pub texts: Texts,
}

/// A file of a person. Holdings and history may be those of one portfolio, runs those of one
/// connection; an id that the file knows nothing of is left aside.
///
/// # Errors
/// [`Problem::NotFound`] for a portfolio or connection that is not theirs, [`Problem::TooManyFiles`],
/// [`Problem::Unavailable`].
pub async fn download(
    state: &State,
    user: &User,
    kind: Kind,
    portfolio: Option<&str>,
    connection: Option<&str>,
) -> Result<Download, Problem> {
    let turn = turn(state, &user.id)?;
    let format = kind.format;
    let texts = match kind.subject {
        Subject::Holdings => holdings::file(state, user, portfolio, format).await?,
        Subject::History => history::file(state, user, portfolio, format).await?,
        Subject::Runs => runs::file(state, user, connection, format).await?,
        Subject::Everything => everything::file(state, user).await?,
    };
    Ok(Download {
        name: kind.file_name(state.clock.now()),
        content_type: format.content_type(),
        texts: held(texts, turn),
    })
}

/// A file more for a person. Whoever does not take what they asked for holds up nobody else.
fn turn(state: &State, user_id: &str) -> Result<Turn, Problem> {
    let turn = state.files.begin(user_id, MOST_FILES);
    turn.ok_or(Problem::TooManyFiles)
}

/// When a file was made, for its head.
fn made_at(state: &State) -> (&'static str, Cell) {
    ("made_at", Cell::Moment(state.clock.now()))
}
