//! Having a connection followed live, from the connection's own page.

use leptos::prelude::*;

use crate::domain::connection::{Connection, ConnectionStatus, Following};
use crate::domain::notice::Done;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;

/// The form.
#[component]
pub fn FollowForm(
    /// The connection.
    connection: Connection,
    /// The exchange's name.
    exchange: String,
    /// The moment the page shows.
    now: Timestamp,
) -> impl IntoView {
    let stands = stands(&connection, now);
    let is_on = connection.following.is_on();
    let (button, follow) = if is_on {
        ("Stop following", "")
    } else {
        ("Follow live", "yes")
    };
    view! {
        <section class="card" aria-labelledby="follow-heading">
            <h2 id="follow-heading">"Follow live"</h2>
            <p class="fact-note">
                {format!(
                    "{exchange} then says by itself when something changes where you trade, and the \
                     account is read again at once. Other wallets are read as ever.",
                )}
            </p>
            <p>{stands}</p>
            <form method="post" action="/do/follow-connection">
                <input type="hidden" name="id" value=connection.id/>
                <input type="hidden" name="follow" value=follow/>
                <button type="submit">{button}</button>
            </form>
        </section>
    }
    .into_any()
}

/// How following stands, in a sentence.
fn stands(connection: &Connection, now: Timestamp) -> String {
    match connection.following {
        Following::Off => "Not followed.".to_owned(),
        Following::Live { since } => format!("Live since {}.", since.readable_near(now)),
        Following::Waiting if connection.status == ConnectionStatus::NeedsAttention => {
            "Waits for you: the connection needs your attention first.".to_owned()
        }
        Following::Waiting => "Reconnecting.".to_owned(),
    }
}

/// Has a connection followed live, or not any more.
#[server(prefix = "/do", endpoint = "follow-connection")]
pub async fn follow_connection(
    #[server(default)] id: String,
    #[server(default)] follow: String,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let is_on = follow == "yes";
    let changes = crate::services::connections::Changes {
        follow: Some(is_on),
        ..Default::default()
    };
    let changed = crate::services::connections::change(&state, &user.id, &id, changes).await?;
    let notice = crate::domain::notice::Notice::FollowingSwitched(changed.label, is_on);
    Ok(Done::tell(&format!("/connections/{id}"), notice))
}
