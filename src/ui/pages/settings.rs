//! Settings: the base currency, change of password, sign-out.

use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::domain::currency::Currency;
use crate::domain::notice::{Done, Notice};
use crate::domain::typed::Typed;
use crate::error::Problem;
use crate::ui::components::field::{Field, FieldError, field_error};
use crate::ui::components::notice::NoticeView;
use crate::ui::forms::FormFailure;

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let failure = use_context::<FormFailure>();
    let failure = failure.as_ref();
    let currency_error = field_error(failure, "base_currency");
    view! {
        <Title text="Settings · Coffer"/>
        <h1>"Settings"</h1>
        <Suspense>{Suspend::new(async move {
            let waiting = take_notice().await.ok().flatten();
            waiting.map(|notice| view! { <NoticeView notice/> })
        })}</Suspense>
        <Suspense>{Suspend::new(async move {
            let choices = load_currencies().await.ok();
            choices.map(|choices| view! { <BaseCurrency choices error=currency_error/> })
        })}</Suspense>
        <section class="card" aria-labelledby="telling-heading">
            <h2 id="telling-heading">"Telling"</h2>
            <p>"Choose what you are told, and have your own programs told by a webhook."</p>
            <p><a class="button" href="/settings/telling">"Open telling"</a></p>
        </section>
        <section class="card" aria-labelledby="data-heading">
            <h2 id="data-heading">"Your data"</h2>
            <p>"Take it with you as CSV or JSON, or delete your account."</p>
            <p><a class="button" href="/settings/data">"Open your data"</a></p>
        </section>
        <section class="card" aria-labelledby="tokens-heading">
            <h2 id="tokens-heading">"API tokens"</h2>
            <p>"Let your own programs in, to read, to sync, or to do everything."</p>
            <p><a class="button" href="/settings/tokens">"Open API tokens"</a></p>
        </section>
        <section class="card" aria-labelledby="password-heading">
            <h2 id="password-heading">"Change password"</h2>
            <p>"Other browsers are signed out by it, and API tokens are revoked."</p>
            <form method="post" action="/do/change-password">
                <Field name="current_password" label="Current password" kind="password" required=true
                    autocomplete="current-password" error=field_error(failure, "current_password")/>
                <Field name="new_password" label="New password" kind="password" required=true
                    autocomplete="new-password" error=field_error(failure, "new_password")
                    hint="At least 8 characters. A few words in a row are best."/>
                <button type="submit" class="button-main">"Change password"</button>
            </form>
        </section>
    }
}

/// The currencies to choose from, and the one that is chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Currencies {
    /// Those that a price can be had of at this moment.
    pub offered: Vec<Currency>,
    /// The person's own.
    pub chosen: Currency,
}

#[component]
fn BaseCurrency(choices: Currencies, error: Signal<Option<String>>) -> impl IntoView {
    let option = |currency: Currency| {
        let text = format!("{currency} · {}", currency.title());
        let selected = currency == choices.chosen;
        view! { <option value=currency.as_str() selected=selected>{text}</option> }
    };
    let options = choices.offered.iter().copied().map(option).collect_view();
    view! {
        <section class="card" aria-labelledby="currency-heading">
            <h2 id="currency-heading">"Base currency"</h2>
            <form method="post" action="/do/choose-currency">
                <div class="field">
                    <label for="base_currency">"Values are told in"</label>
                    <select id="base_currency" name="base_currency" aria-invalid=move || error.get().map(|_| "true")
                        aria-describedby="base_currency-error base_currency-hint">{options}</select>
                    <p class="field-hint" id="base_currency-hint">
                        "Those that the exchanges list a price of at this moment."
                    </p>
                    <FieldError id="base_currency-error".to_owned() error/>
                </div>
                <button type="submit" class="button-main">"Save"</button>
            </form>
        </section>
    }
}

/// The button that ends the session.
#[component]
pub fn SignOutForm() -> impl IntoView {
    view! {
        <form method="post" action="/do/sign-out">
            <button type="submit" class="button-quiet">"Sign out"</button>
        </form>
    }
}

/// The notice that waits for the page.
#[server(prefix = "/do", endpoint = "take-notice")]
pub async fn take_notice() -> Result<Option<Notice>, Problem> {
    crate::http::signed_in().await?;
    let session = crate::http::auth::session().await?;
    crate::http::flash::take(&session.session).await
}

/// The currencies to choose from.
#[server(prefix = "/do", endpoint = "load-currencies")]
pub async fn load_currencies() -> Result<Currencies, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    Ok(Currencies {
        offered: crate::services::accounts::currencies(&state, &user).await,
        chosen: user.base_currency,
    })
}

/// Has values told in another currency.
#[server(prefix = "/do", endpoint = "choose-currency")]
pub async fn choose_currency(#[server(default)] base_currency: String) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let chosen = crate::services::accounts::choose_currency(&state, &user, &base_currency).await?;
    Ok(Done::tell("/settings", Notice::CurrencyChosen(chosen)))
}

/// Changes the password; every other session of this person ends.
#[server(prefix = "/do", endpoint = "change-password")]
pub async fn change_password(
    #[server(default)] current_password: Typed,
    #[server(default)] new_password: Typed,
) -> Result<Done, Problem> {
    let user = crate::http::signed_in().await?;
    let state = crate::http::state()?;
    let session = crate::http::auth::session().await?;
    let (current, new) = (
        current_password.expose().into(),
        new_password.expose().into(),
    );
    let user = crate::services::accounts::change_password(&state, &user, current, new).await?;
    crate::http::auth::start_session(session, user).await?;
    Ok(Done::tell("/settings", Notice::PasswordChanged))
}

/// Ends the session, and asks the browser to forget what it kept.
#[server(prefix = "/do", endpoint = "sign-out")]
pub async fn sign_out() -> Result<Done, Problem> {
    crate::http::signed_in().await?;
    let session = crate::http::auth::session().await?;
    crate::http::auth::end_session(session).await?;
    crate::http::auth::forget_in_browser();
    Ok(Done::go("/sign-in"))
}
