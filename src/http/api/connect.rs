//! Connecting an account by its key.

use axum::extract::State as AxumState;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::Body;
use super::may::{Manage, May};
use super::once::Once;
use super::problem::{Refused, by_other_names};
use super::{connections, sync};
use crate::domain::connect_form::ConnectForm;
use crate::domain::report::SyncReport;
use crate::domain::typed::Typed;
use crate::error::Problem;
use crate::services::State;
use crate::services::connect::connect;
use crate::services::connections::show;

/// A key of Binance.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BinanceKey {
    /// The API key.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "the API key")]
    api_key: Typed,
    /// Its secret. It never comes back.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "the secret key")]
    secret_key: Typed,
    #[serde(flatten)]
    choices: Choices,
}

/// A key of OKX.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OkxKey {
    /// The API key.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "the API key")]
    api_key: Typed,
    /// Its secret. It never comes back.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "the secret key")]
    secret_key: Typed,
    /// Its passphrase. It never comes back.
    #[serde(default)]
    #[schema(value_type = String, required = true, example = "the passphrase")]
    passphrase: Typed,
    /// The regional site; found out when left out.
    #[schema(example = "eea")]
    region: Option<String>,
    #[serde(flatten)]
    choices: Choices,
}

/// What may be left out.
#[derive(Debug, Deserialize, ToSchema)]
struct Choices {
    /// What to call it; the exchange's name when left out.
    #[schema(example = "Savings")]
    label: Option<String>,
    /// `live` or `testnet`; what the server proposes when left out.
    #[schema(example = "live")]
    environment: Option<String>,
    /// The portfolio it stands in; one named after the exchange when left out.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60719")]
    portfolio_id: Option<String>,
    /// Balances worth less than this, in the base currency, are not listed on pages.
    #[schema(example = "0.5")]
    ignore_below: Option<String>,
    /// Whether a key is taken whose rights the exchange does not tell.
    #[serde(default)]
    accept_unknown: bool,
}

/// A connection and a sync of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Connected {
    connection: connections::Wire,
    sync: sync::Wire,
}

/// Connects an account on Binance.
///
/// The key is checked, its rights are read, and the first sync is done. Nothing is stored when any
/// of it fails, and a key that can do more than read is refused.
#[utoipa::path(post, path = "/connections/binance", tag = "Connections", operation_id = "connectBinance",
    params(("Idempotency-Key" = Option<String>, Header, description = "Under the same key the same call is done once, and answered alike for a day")),
    request_body = BinanceKey, responses((status = 201, description = "Connected and synced", body = Connected)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn binance(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    once: Once,
    Body { value, bytes }: Body<BinanceKey>,
) -> Result<Response, Refused> {
    let form = ConnectForm {
        exchange: "binance".into(),
        api_key: value.api_key,
        secret_key: value.secret_key,
        ..value.choices.form()
    };
    let work = made(state.clone(), may.user.id.clone(), form);
    once.create(&state, &may.user.id, &bytes, work).await
}

/// Connects an account on OKX.
///
/// The key is checked, its rights are read, and the first sync is done. Nothing is stored when any
/// of it fails, and a key that can do more than read is refused.
#[utoipa::path(post, path = "/connections/okx", tag = "Connections", operation_id = "connectOkx",
    params(("Idempotency-Key" = Option<String>, Header, description = "Under the same key the same call is done once, and answered alike for a day")),
    request_body = OkxKey, responses((status = 201, description = "Connected and synced", body = Connected)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn okx(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    once: Once,
    Body { value, bytes }: Body<OkxKey>,
) -> Result<Response, Refused> {
    let form = ConnectForm {
        exchange: "okx".into(),
        api_key: value.api_key,
        secret_key: value.secret_key,
        passphrase: value.passphrase,
        region: value.region.unwrap_or_default(),
        ..value.choices.form()
    };
    let work = made(state.clone(), may.user.id.clone(), form);
    once.create(&state, &may.user.id, &bytes, work).await
}

impl Choices {
    fn form(self) -> ConnectForm {
        ConnectForm {
            label: self.label.unwrap_or_default(),
            environment: self.environment.unwrap_or_default(),
            portfolio: self.portfolio_id.unwrap_or_default(),
            ignore_below: self.ignore_below.unwrap_or_default(),
            accept_unknown: if self.accept_unknown {
                "yes".into()
            } else {
                String::new()
            },
            ..ConnectForm::default()
        }
    }
}

async fn made(state: State, user_id: String, form: ConnectForm) -> Result<Connected, Problem> {
    let made = connect(&state, &user_id, &form)
        .await
        .map_err(|problem| by_other_names(problem, &[("portfolio", "portfolio_id")]))?;
    told(&state, &user_id, &made.report).await
}

/// A connection after a sync.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn told(state: &State, user_id: &str, report: &SyncReport) -> Result<Connected, Problem> {
    let connection = show(state, user_id, &report.account_id).await?;
    Ok(Connected {
        connection: connections::wire(state, &connection),
        sync: sync::wire(report),
    })
}
