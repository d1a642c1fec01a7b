//! Whether a connection can be relied on, what it is doing, and when it is read next.

use leptos::prelude::*;

use crate::domain::connection::{Connection, ConnectionStatus};
use crate::domain::timestamp::Timestamp;

/// The status, what last went wrong, and whether the exchange is left alone or being asked.
#[component]
pub fn Status(
    /// The connection.
    connection: Connection,
    /// The exchange's name.
    exchange: String,
    /// The moment the page shows.
    now: Timestamp,
) -> impl IntoView {
    let failure = connection.last_failure.as_ref();
    let more = failure.map(|failure| failure.told(&exchange));
    let badges = badges(&connection, now)
        .into_iter()
        .map(|(class, text)| view! { <span class=class>{text}</span>" " });
    view! { {badges.collect_view()}<span class="fact-note">{more}</span> }
}

/// The marks of a connection, each with its class.
fn badges(connection: &Connection, now: Timestamp) -> Vec<(&'static str, String)> {
    let paused = pause(connection, now)
        .map(|until| format!("Paused until {}", until.readable_near(now)))
        .map(|text| ("badge badge-warn", text));
    let class = match connection.status {
        ConnectionStatus::Ok => "badge badge-good",
        ConnectionStatus::NeedsAttention => "badge badge-bad",
        ConnectionStatus::Partial | ConnectionStatus::Paused => "badge badge-warn",
        ConnectionStatus::NeverSynced => "badge",
    };
    // "Paused" alone says less than until when.
    let told_by_pause = connection.status == ConnectionStatus::Paused && paused.is_some();
    let status = (!told_by_pause).then(|| (class, connection.status.title().to_owned()));
    let syncing = connection
        .syncing
        .then(|| ("badge badge-busy", "Syncing now".to_owned()));
    status.into_iter().chain(paused).chain(syncing).collect()
}

/// The end of the pause the exchange asked for, while it lasts.
fn pause(connection: &Connection, now: Timestamp) -> Option<Timestamp> {
    connection.paused_until.filter(|until| *until > now)
}

/// When a connection is read next without being asked to; `None` where that is not planned.
#[must_use]
pub fn next_sync(connection: &Connection, now: Timestamp) -> Option<String> {
    let Some(due) = connection.due_at else {
        let waits = connection.status == ConnectionStatus::NeedsAttention;
        return waits.then(|| "Waits for you".to_owned());
    };
    let at = pause(connection, now).map_or(due, |until| until.max(due));
    Some(if at > now {
        format!("About {}", at.readable_near(now))
    } else {
        "In a moment".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::exchange::{Environment, ExchangeId};
    use crate::domain::rights::KeyRights;

    /// 1 January 2026, 13:00 UTC.
    const NOW: Timestamp = Timestamp(1_767_272_400_000);

    fn connection(status: ConnectionStatus) -> Connection {
        Connection {
            id: "a".into(),
            exchange: ExchangeId::new("binance"),
            label: "Binance".into(),
            environment: Environment::Live,
            region: None,
            key_hint: "eh8A".into(),
            rights: KeyRights::unknown(),
            status,
            last_failure: None,
            last_synced_at: None,
            wallets: Vec::new(),
            portfolio_id: "p".into(),
            ignore_below: None,
            created_at: NOW,
            overview: None,
            due_at: None,
            syncing: false,
            paused_until: None,
            following: Default::default(),
        }
    }

    fn marks(connection: &Connection) -> Vec<String> {
        let marks = badges(connection, NOW).into_iter();
        marks.map(|(_, text)| text).collect()
    }

    #[test]
    fn a_pause_is_told_with_its_end_while_it_lasts() {
        let mut paused = connection(ConnectionStatus::Paused);
        assert_eq!(marks(&paused), ["Paused"]);
        paused.paused_until = Some(NOW.plus_ms(65 * 60_000));
        assert_eq!(marks(&paused), ["Paused until 14:05 UTC"]);
        paused.paused_until = Some(NOW.plus_ms(25 * 3_600_000));
        assert_eq!(marks(&paused), ["Paused until 2 Jan 2026, 14:00 UTC"]);
        paused.paused_until = Some(NOW);
        assert_eq!(marks(&paused), ["Paused"]);
    }

    #[test]
    fn a_pause_and_a_sync_stand_beside_what_was_read() {
        let mut busy = connection(ConnectionStatus::Ok);
        busy.paused_until = Some(NOW.plus_ms(60_000));
        busy.syncing = true;
        assert_eq!(
            marks(&busy),
            ["Up to date", "Paused until 13:01 UTC", "Syncing now"]
        );
    }

    #[test]
    fn the_next_sync_comes_after_the_pause_or_waits_for_the_owner() {
        let mut one = connection(ConnectionStatus::Ok);
        assert_eq!(next_sync(&one, NOW), None);
        one.due_at = Some(NOW.plus_ms(-1));
        assert_eq!(next_sync(&one, NOW).unwrap(), "In a moment");
        one.due_at = Some(NOW.plus_ms(130 * 60_000));
        assert_eq!(next_sync(&one, NOW).unwrap(), "About 15:10 UTC");
        one.paused_until = Some(NOW.plus_ms(180 * 60_000));
        assert_eq!(next_sync(&one, NOW).unwrap(), "About 16:00 UTC");
        let dead = connection(ConnectionStatus::NeedsAttention);
        assert_eq!(next_sync(&dead, NOW).unwrap(), "Waits for you");
    }
}
