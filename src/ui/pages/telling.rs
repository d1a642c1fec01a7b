//! Telling: from when on and from how much a person is told, and their webhook.

use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::domain::delivery::Delivery;
use crate::domain::notice::{Done, Notice};
use crate::domain::preferences::Preferences;
use crate::domain::timestamp::Timestamp;
use crate::domain::typed::Typed;
use crate::error::Problem;
use crate::ui::components::deliveries::DeliveriesTable;
use crate::ui::components::field::{Field, FieldError, field_error};
use crate::ui::components::notice::NoticeView;
use crate::ui::components::problem::ProblemNotice;
use crate::ui::forms::FormFailure;

/// The address of the settings form.
const SAVE: &str = "/do/save-telling";

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TellingData {
    /// From when on and from how much the person is told.
    pub preferences: Preferences,
    /// The webhook's address and whether it is switched on.
    pub webhook: Option<(String, bool)>,
    /// The webhook's secret, right after it was made and never again.
    pub secret: Option<Typed>,
    /// The messages, newest first.
    pub deliveries: Vec<Delivery>,
    /// What was just done.
    pub notice: Option<Notice>,
    /// When this was so.
    pub now: Timestamp,
}

/// The page.
#[component]
pub fn TellingPage() -> impl IntoView {
    let failure = use_context::<FormFailure>();
    view! {
        <Title text="Telling · Coffer"/>
        <p class="crumbs"><a href="/settings">"Settings"</a></p>
        <h1>"Telling"</h1>
        <Suspense>{Suspend::new(async move {
            match load_telling().await {
                Ok(data) => view! { <Contents data failure/> }.into_any(),
                Err(problem) => view! { <ProblemNotice problem/> }.into_any(),
            }
        })}</Suspense>
    }
}

#[component]
fn Contents(data: TellingData, failure: Option<FormFailure>) -> impl IntoView {
    let address = data.webhook.as_ref().map(|(url, _)| url.clone());
    let preferences = data.preferences;
    view! {
        {data.notice.map(|notice| view! { <NoticeView notice/> })}
        {data.secret.map(|secret| view! { <NewSecret secret/> })}
        <SettingsForm preferences address=address.unwrap_or_default() failure/>
        {data.webhook.map(|(_, enabled)| view! { <Webhook enabled/> })}
        <DeliveriesTable deliveries=data.deliveries now=data.now/>
    }
}

/// The secret, which is not shown a second time.
#[component]
fn NewSecret(secret: Typed) -> impl IntoView {
    view! {
        <section class="card secret" aria-labelledby="secret-heading">
            <h2 id="secret-heading">"The secret of your webhook"</h2>
            <p>"Copy it to the receiver now: it is not shown again."</p>
            <p><code class="secret-text">{secret.expose().to_owned()}</code></p>
        </section>
    }
}

#[component]
fn SettingsForm(
    preferences: Preferences,
    address: String,
    failure: Option<FormFailure>,
) -> impl IntoView {
    let failure = failure.filter(|failure| failure.action == SAVE);
    let failure = failure.as_ref();
    let value = |name: &str, kept: String| failure.map_or(kept, |failure| failure.value(name));
    let hours = value("failing_hours", preferences.failing_hours.to_string());
    let balance = value("balance_percent", preferences.balance_percent.to_string());
    let worth = value("value_percent", preferences.value_percent.to_string());
    let address = value("webhook_url", address);
    let kept = if preferences.exchange_news { "yes" } else { "" };
    let exchange_news = value("exchange_news", kept.to_owned()) == "yes";
    view! {
        <section class="card" aria-labelledby="told-heading">
            <h2 id="told-heading">"What you are told"</h2>
            <p class="lead">
                "At once: when a key needs your attention, or can do more than read. Besides:"
            </p>
            <form method="post" action=SAVE>
                <Field name="failing_hours" label="Hours until a failing sync is told" value=hours required=true
                    error=field_error(failure, "failing_hours")/>
                <Field name="balance_percent" label="Change of a balance, in percent" value=balance required=true
                    error=field_error(failure, "balance_percent")
                    hint="Told when more than this of an asset came or went."/>
                <Field name="value_percent" label="Change of the value, in percent" value=worth required=true
                    error=field_error(failure, "value_percent")
                    hint="Told when everything you hold is worth more or less by this."/>
                <ExchangeNews checked=exchange_news error=field_error(failure, "exchange_news")/>
                <Field name="webhook_url" label="Webhook address" value=address
                    error=field_error(failure, "webhook_url")
                    hint="https only, and public. Empty for none. Another address gets another secret."/>
                <button type="submit" class="button-main">"Save"</button>
            </form>
        </section>
    }
}

#[component]
fn ExchangeNews(checked: bool, error: Signal<Option<String>>) -> impl IntoView {
    view! {
        <div class="field field-check">
            <input type="checkbox" id="exchange_news" name="exchange_news" value="yes" checked=checked
                aria-describedby="exchange_news-error exchange_news-hint"/>
            <label for="exchange_news">"News of exchanges"</label>
            <FieldError id="exchange_news-error".to_owned() error/>
            <p class="field-hint" id="exchange_news-hint">
                "When one you have an account on does not answer for 10 minutes, and when it does again; once a \
                 day when more than 80 % of what it lets this server call is used, or when its clock and this \
                 server’s differ by more than a second."
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn Webhook(enabled: bool) -> impl IntoView {
    let (class, state) = if enabled {
        ("badge badge-good", "Switched on")
    } else {
        ("badge badge-warn", "Switched off")
    };
    let switch = if enabled { "Switch off" } else { "Switch on" };
    view! {
        <section class="card" aria-labelledby="webhook-heading">
            <div class="section-head">
                <h2 id="webhook-heading">"Webhook"</h2>
                <span class=class>{state}</span>
            </div>
            <p>
                "Everything that stands among your notices is sent there as JSON. A receiver knows it is from here when "
                <code>"Coffer-Signature"</code>" is "<code>"v1="</code>
                " and the HMAC-SHA256 in hex, keyed with the secret, of "<code>"Coffer-Timestamp"</code>
                ", a dot and the body. A message may come twice, under the same "<code>"id"</code>"."
            </p>
            <div class="buttons">
                {enabled.then(|| view! { <Button action="/do/test-webhook" text="Send a test"/> })}
                <Button action="/do/renew-webhook-secret" text="New secret"/>
                <form method="post" action="/do/switch-webhook">
                    <input type="hidden" name="on" value=if enabled { "no" } else { "yes" }/>
                    <button type="submit">{switch}</button>
                </form>
            </div>
        </section>
    }
}

#[component]
fn Button(action: &'static str, text: &'static str) -> impl IntoView {
    view! {
        <form method="post" action=action>
            <button type="submit">{text}</button>
        </form>
    }
}

/// Everything the page shows. The secret is told once, right after it was made.
#[server(prefix = "/do", endpoint = "load-telling")]
pub async fn load_telling() -> Result<TellingData, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let session = crate::http::auth::session().await?;
    let settings = crate::services::telling::settings(&state, &user.id).await?;
    let notice = crate::http::flash::take(&session.session).await?;
    let secret = if notice == Some(Notice::SecretMade) {
        let secret = crate::services::telling::find_secret(&state, &user.id).await?;
        Some(secrecy::ExposeSecret::expose_secret(&secret).into())
    } else {
        None
    };
    Ok(TellingData {
        preferences: settings.preferences,
        webhook: settings.webhook,
        secret,
        deliveries: settings.deliveries,
        notice,
        now: state.clock.now(),
    })
}

/// Keeps from when on and from how much a person is told, and the address of their webhook.
#[server(prefix = "/do", endpoint = "save-telling")]
pub async fn save_telling(
    #[server(default)] failing_hours: String,
    #[server(default)] balance_percent: String,
    #[server(default)] value_percent: String,
    #[server(default)] exchange_news: String,
    #[server(default)] webhook_url: String,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let form = crate::domain::preferences::PreferencesForm {
        failing_hours: &failing_hours,
        balance_percent: &balance_percent,
        value_percent: &value_percent,
        exchange_news: &exchange_news,
    };
    let made = crate::services::telling::save(&state, &user.id, &form, &webhook_url).await?;
    let notice = if made {
        Notice::SecretMade
    } else {
        Notice::TellingSaved
    };
    Ok(Done::tell("/settings/telling", notice))
}

/// Sends a test to the webhook.
#[server(prefix = "/do", endpoint = "test-webhook")]
pub async fn test_webhook() -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let outcome = crate::services::telling::send_test(&state, &user.id).await?;
    Ok(Done::tell("/settings/telling", Notice::TestSent(outcome)))
}

/// Gives the webhook another secret.
#[server(prefix = "/do", endpoint = "renew-webhook-secret")]
pub async fn renew_webhook_secret() -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    crate::services::telling::renew_secret(&state, &user.id).await?;
    Ok(Done::tell("/settings/telling", Notice::SecretMade))
}

/// Switches the webhook on (`yes`) or off.
#[server(prefix = "/do", endpoint = "switch-webhook")]
pub async fn switch_webhook(#[server(default)] on: String) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    crate::services::telling::switch(&state, &user.id, on == "yes").await?;
    Ok(Done::go("/settings/telling"))
}
