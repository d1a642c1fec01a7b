//! Notices: what a person was told, newest first.

use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::domain::event::{Event, Told};
use crate::domain::notice::Done;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::ui::components::problem::ProblemNotice;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticesData {
    /// The notices, newest first.
    pub notices: Vec<Told>,
    /// When this was so.
    pub now: Timestamp,
}

/// The page.
#[component]
pub fn NoticesPage() -> impl IntoView {
    view! {
        <Title text="Notices · Coffer"/>
        <h1>"Notices"</h1>
        <Suspense>{Suspend::new(async move {
            match load_notices().await {
                Ok(data) => view! { <Contents data/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

#[component]
fn Contents(data: NoticesData) -> impl IntoView {
    let NoticesData { notices, now } = data;
    let unread = notices.iter().filter(|notice| !notice.read).count();
    let newest = notices.first().map(|notice| notice.at);
    let mark = newest
        .filter(|_| unread > 0)
        .map(|until| view! { <MarkRead until/> });
    let list = if notices.is_empty() {
        view! {
            <p class="empty">
                "Nothing to tell yet. Coffer writes here when a key needs you, when a sync keeps failing, and \
                 when what you hold changes much."
            </p>
        }
        .into_any()
    } else {
        let items = notices
            .into_iter()
            .map(|notice| view! { <Item notice now/> })
            .collect_view();
        view! { <ul class="told">{items}</ul> }.into_any()
    };
    view! {
        <div class="section-head">
            <p class="lead">
                {format!("{unread} unread. ")}<a href="/settings/telling">"What is told, and a webhook"</a>
            </p>
            {mark}
        </div>
        {list}
    }
}

/// Marks what stands on the page, and nothing that came since.
#[component]
fn MarkRead(until: Timestamp) -> impl IntoView {
    view! {
        <form method="post" action="/do/read-notices">
            <input type="hidden" name="until" value=until.0/>
            <button type="submit">"Mark all read"</button>
        </form>
    }
}

#[component]
fn Item(notice: Told, now: Timestamp) -> impl IntoView {
    let class = if notice.read {
        "told-item"
    } else {
        "told-item told-new"
    };
    let mark = (!notice.read).then(|| view! { <span class="badge badge-busy">"Unread"</span> });
    let next = notice
        .event
        .next_step()
        .map(|step| view! { <p class="told-next">{step}</p> });
    let (href, more) = (notice.event.page(), link_text(&notice.event));
    view! {
        <li class=class>
            <p class="told-when">
                <time datetime=notice.at.rfc3339() title=notice.at.readable()>{notice.at.age(now)}</time>
                {mark}
            </p>
            <p class="told-sentence"><bdi>{notice.event.sentence()}</bdi></p>
            {next}
            <p class="told-more"><a href=href>{more}</a></p>
        </li>
    }
}

fn link_text(event: &Event) -> &'static str {
    match event {
        Event::KeyNeedsAttention { .. }
        | Event::KeyGainedRights { .. }
        | Event::SyncFailing { .. } => "Open the connection",
        Event::ExchangeFailing { .. }
        | Event::ExchangeRecovered { .. }
        | Event::WeightHigh { .. }
        | Event::ClockOff { .. } => "See how exchanges fare",
        Event::BalanceChanged { .. } | Event::ValueChanged { .. } => "Open the portfolio",
        Event::WebhookSwitchedOff { .. } | Event::Test {} => "Open the webhook",
    }
}

/// Everything the page shows.
#[server(prefix = "/do", endpoint = "load-notices")]
pub async fn load_notices() -> Result<NoticesData, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    Ok(NoticesData {
        notices: crate::services::telling::list(&state, &user.id).await?,
        now: state.clock.now(),
    })
}

/// Marks as read what a person was told up to a moment, in epoch milliseconds.
#[server(prefix = "/do", endpoint = "read-notices")]
pub async fn read_notices(#[server(default)] until: String) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let until = until.parse().map_err(|_| Problem::BadRequest)?;
    crate::services::telling::mark_read(&state, &user.id, Timestamp(until)).await?;
    Ok(Done::go("/notices"))
}
