//! The connect form. Which fields show follows the exchange by style alone; with script, problems
//! show while typing by the server's own rules.

use leptos::ev::{Event, SubmitEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{FormData, HtmlFormElement};

use super::board::BoardData;
use super::working::Working;
use crate::domain::connect_form::ConnectForm;
use crate::domain::exchange::{Environment, ExchangeProfile};
use crate::domain::portfolio::PortfolioName;
use crate::domain::rules::FieldErrors;
use crate::error::Problem;
use crate::ui::components::accept_unknown::AcceptUnknown;
use crate::ui::components::field::Field;
use crate::ui::components::select::{Select, option};
use crate::ui::forms::FormFailure;
use crate::ui::pages::connections::connect;

/// The form with the advice beside it.
#[component]
pub fn ConnectPanel(
    board: BoardData,
    portfolios: Signal<Vec<PortfolioName>>,
    failure: Option<FormFailure>,
    working: Working,
    refresh: impl AsyncFn() + Copy + 'static,
) -> impl IntoView {
    let failure = failure.filter(|failure| failure.action == "/do/connect");
    let profiles = board.profiles.clone();
    view! {
        <section class="connect" aria-labelledby="connect-heading">
            <h2 id="connect-heading">"Connect an exchange"</h2>
            <div class="connect-body">
                <Form board portfolios failure working refresh/>
                <Advice profiles/>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Form(
    board: BoardData,
    portfolios: Signal<Vec<PortfolioName>>,
    failure: Option<FormFailure>,
    working: Working,
    refresh: impl AsyncFn() + Copy + 'static,
) -> impl IntoView {
    let first = failure.as_ref().map(|f| match &f.problem {
        Problem::Invalid(errors) => errors.clone(),
        _ => FieldErrors::default(),
    });
    let errors = RwSignal::new(first.unwrap_or_default());
    let error = move |name: &'static str| {
        Signal::derive(move || errors.read().get(name).map(str::to_owned))
    };
    let value = |name: &str| failure.as_ref().map(|f| f.value(name)).unwrap_or_default();
    let profiles = StoredValue::new(board.profiles.clone());
    let on_input = move |event: Event| check_field(&event, profiles, errors);
    let on_submit = move |event: SubmitEvent| send(&event, profiles, errors, working, refresh);
    view! {
        <form class="connect-form" method="post" action="/do/connect" on:input=on_input
            on:submit=on_submit autocomplete="off">
            <Choices board=board.clone() portfolios failure=failure.clone() error=Callback::new(error)/>
            <Field name="label" label="Label" value=value("label") error=error("label")
                hint="Your own name for it. Empty: the exchange’s name."/>
            <Field name="api_key" label="API key" error=error("api_key") required=true/>
            <Field name="secret_key" label="Secret key" kind="password" error=error("secret_key")
                autocomplete="new-password" required=true/>
            <Field name="passphrase" label="Passphrase" kind="password" class="needs-passphrase"
                error=error("passphrase") autocomplete="new-password"
                hint="OKX only: chosen when the key was made."/>
            <Field name="ignore_below" label="Ignore balances below" value=value("ignore_below")
                error=error("ignore_below") hint="A value in your base currency, such as 1. They stay in the total but are not listed; what has no price always is."/>
            <AcceptUnknown/>
            <button type="submit" class="button-main"
                aria-disabled=move || working.any().then_some("true")>"Connect"</button>
        </form>
    }
    .into_any()
}

/// The fields that are chosen, not typed.
#[component]
fn Choices(
    board: BoardData,
    portfolios: Signal<Vec<PortfolioName>>,
    failure: Option<FormFailure>,
    error: Callback<&'static str, Signal<Option<String>>>,
) -> impl IntoView {
    let value = |name: &str| failure.as_ref().map(|f| f.value(name)).unwrap_or_default();
    let (exchange, region, portfolio) = (value("exchange"), value("region"), value("portfolio"));
    let environment =
        Environment::parse(&value("environment")).unwrap_or(board.default_environment);
    let exchanges = board
        .profiles
        .iter()
        .map(|p| exchange_option(p, &exchange))
        .collect_view();
    let regions = board.profiles.iter().flat_map(|p| &p.regions);
    let regions = regions
        .map(|r| option(&r.id, &r.title, r.id == region))
        .collect_view();
    let environments = Environment::ALL
        .map(|e| option(e.as_str(), e.title(), e == environment))
        .collect_view();
    let portfolios = move || {
        let choice = |p: &PortfolioName| option(&p.id, &p.name, p.id == portfolio);
        portfolios.read().iter().map(choice).collect_view()
    };
    view! {
        <Select name="exchange" label="Exchange" error=error.run("exchange")>{exchanges}</Select>
        <Select name="environment" label="Environment" error=error.run("environment")>
            {environments}
        </Select>
        <Select name="region" label="Region" class="needs-region" error=error.run("region")>
            {regions}
        </Select>
        <Select name="portfolio" label="Portfolio" error=error.run("portfolio")>
            <option value="">"Named after the exchange"</option>
            {portfolios}
        </Select>
    }
    .into_any()
}

fn exchange_option(profile: &ExchangeProfile, chosen: &str) -> impl IntoView + use<> {
    let id = profile.id.as_str().to_owned();
    let selected = id == chosen;
    view! {
        <option value=id selected=selected data-passphrase=profile.has_passphrase.then_some("")
            data-regions=(!profile.regions.is_empty()).then_some("")>
            {profile.name.clone()}
        </option>
    }
}

#[component]
fn Advice(profiles: Vec<ExchangeProfile>) -> impl IntoView {
    let one = |profile: ExchangeProfile| {
        let rules = profile
            .key_advice
            .into_iter()
            .map(|rule| view! { <li>{rule}</li> });
        view! {
            <section>
                <h3>{format!("A key on {}", profile.name)}</h3>
                <ul>{rules.collect_view()}</ul>
                <p>
                    <a href=profile.key_page rel="noopener noreferrer" target="_blank">
                        {format!("Make a key on {} (opens a new tab)", profile.name)}
                    </a>
                </p>
            </section>
        }
    };
    view! {
        <aside class="advice" aria-label="Which rights to give the key">
            {profiles.into_iter().map(one).collect_view()}
        </aside>
    }
    .into_any()
}

/// The form as it is filled in, with what `check` says of it.
fn checked(
    form: &HtmlFormElement,
    profiles: StoredValue<Vec<ExchangeProfile>>,
) -> Option<(ConnectForm, FieldErrors)> {
    let data = FormData::new_with_form(form).ok()?;
    let text = |name: &str| data.get(name).as_string().unwrap_or_default();
    let form = ConnectForm {
        exchange: text("exchange"),
        label: text("label"),
        api_key: text("api_key").into(),
        secret_key: text("secret_key").into(),
        passphrase: text("passphrase").into(),
        region: text("region"),
        environment: text("environment"),
        portfolio: text("portfolio"),
        ignore_below: text("ignore_below"),
        accept_unknown: text("accept_unknown"),
    }
    .trimmed();
    let errors = profiles.with_value(|profiles| {
        form.check(
            profiles
                .iter()
                .find(|profile| profile.id.as_str() == form.exchange),
        )
    });
    Some((form, errors))
}

/// Shows the problem of the field being typed in, or that it is gone.
fn check_field(
    event: &Event,
    profiles: StoredValue<Vec<ExchangeProfile>>,
    errors: RwSignal<FieldErrors>,
) {
    let form = event
        .current_target()
        .and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
    let field = event.target().and_then(|target| field_name(&target));
    if let (Some(form), Some(field)) = (form, field)
        && let Some((_, all)) = checked(&form, profiles)
    {
        errors.update(|shown| shown.replace(&field, all.get(&field)));
    }
}

fn field_name(target: &leptos::web_sys::EventTarget) -> Option<String> {
    target
        .dyn_ref::<leptos::web_sys::Element>()
        .and_then(|element| element.get_attribute("name"))
}

/// Sends the form in the background, unless a field is wrong.
fn send(
    event: &SubmitEvent,
    profiles: StoredValue<Vec<ExchangeProfile>>,
    errors: RwSignal<FieldErrors>,
    working: Working,
    refresh: impl AsyncFn() + Copy + 'static,
) {
    let form = event
        .current_target()
        .and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
    let Some(form) = form else { return };
    let Some((filled, found)) = checked(&form, profiles) else {
        return;
    };
    let fine = found.is_empty();
    errors.set(found);
    if !fine {
        event.prevent_default();
        return;
    }
    working.run(
        event,
        "connect",
        connect(filled),
        async move |outcome| match outcome {
            Ok(_) => {
                form.reset();
                refresh().await;
            }
            Err(Problem::Invalid(told)) => errors.set(told.clone()),
            Err(_) => (),
        },
    );
}
