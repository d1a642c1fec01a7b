//! A notice that waits in the session for the page after a redirect.

use axum_login::tower_sessions::Session;

use crate::domain::notice::Notice;
use crate::error::Problem;

const KEY: &str = "notice";

/// Leaves a notice.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn leave(session: &Session, notice: &Notice) -> Result<(), Problem> {
    session
        .insert(KEY, notice)
        .await
        .map_err(|_| Problem::Unavailable)
}

/// Takes the notice that waits, if there is one.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn take(session: &Session) -> Result<Option<Notice>, Problem> {
    // Removing marks the session as changed: look first, so that pages without a notice write nothing.
    let waiting: Option<Notice> = session.get(KEY).await.unwrap_or_default();
    if waiting.is_some() {
        session
            .remove_value(KEY)
            .await
            .map_err(|_| Problem::Unavailable)?;
    }
    Ok(waiting)
}
