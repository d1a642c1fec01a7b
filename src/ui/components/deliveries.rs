//! The messages to a person's webhook, one row each.

use leptos::prelude::*;

use super::holdings::UNKNOWN;
use crate::domain::delivery::Delivery;
use crate::domain::timestamp::Timestamp;

/// The table of messages, newest first.
#[component]
pub fn DeliveriesTable(
    /// The messages.
    deliveries: Vec<Delivery>,
    /// When this was so.
    now: Timestamp,
) -> impl IntoView {
    (!deliveries.is_empty()).then(|| {
        let rows = deliveries
            .into_iter()
            .map(|delivery| row(delivery, now))
            .collect_view();
        view! {
            <div class="table-wrap" role="region" aria-label="Messages sent" tabindex="0">
                <table class="holdings deliveries">
                    <caption><h2>"Messages sent"</h2></caption>
                    <thead>
                        <tr>
                            <th scope="col">"When"</th>
                            <th scope="col">"Event"</th>
                            <th scope="col">"Host"</th>
                            <th scope="col" class="main-figure">"Outcome"</th>
                            <th scope="col">"Try"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    })
}

fn row(delivery: Delivery, now: Timestamp) -> impl IntoView {
    let next = delivery.next_try_at.filter(|_| delivery.attempts > 0);
    let next = next.map(|at| {
        view! { <span class="delivery-next">{format!("Next try {}", at.readable_near(now))}</span> }
    });
    let when = delivery.tried_at.unwrap_or(delivery.at);
    view! {
        <tr>
            <th scope="row">{when.readable()}</th>
            <td data-label="Event"><code>{delivery.event.clone()}</code></td>
            <td data-label="Host"><bdi class="delivery-host">{delivery.host.clone()}</bdi></td>
            <td class="main-figure"><State delivery=delivery.clone()/></td>
            <td data-label="Try">{tries(&delivery)}" "{next}</td>
        </tr>
    }
}

fn tries(delivery: &Delivery) -> String {
    match delivery.attempts {
        0 => UNKNOWN.to_owned(),
        attempts => attempts.to_string(),
    }
}

#[component]
fn State(delivery: Delivery) -> impl IntoView {
    let (class, text) = match delivery.outcome {
        None => ("badge badge-busy", "On its way".to_owned()),
        Some(outcome) if outcome.arrived() => ("badge badge-good", outcome.to_string()),
        Some(outcome) if delivery.next_try_at.is_some() => {
            ("badge badge-warn", outcome.to_string())
        }
        Some(outcome) => ("badge badge-bad", outcome.to_string()),
    };
    view! { <span class=class>{text}</span> }
}
