//! The pages: a view on top, its server functions below.

pub mod by_hand;
pub mod change_connection;
pub mod connection;
pub mod connections;
pub mod data;
pub mod delete;
pub mod delete_account;
pub mod delete_portfolio;
pub mod follow_connection;
pub mod manual;
pub mod market;
pub mod merge_portfolio;
pub mod move_connection;
pub mod not_found;
pub mod notices;
pub mod pair;
pub mod portfolio;
pub mod portfolios;
pub mod rename_portfolio;
pub mod replace_key;
pub mod settings;
pub mod sign_in;
pub mod sign_up;
pub mod status;
pub mod telling;
pub mod tokens;

/// The page that a form stands on, to show it again when it did not get through. `id` is the one
/// that the form sent, or the pair, if what goes by it is there.
#[cfg(feature = "ssr")]
#[must_use]
pub fn of_action(action: &str, id: Option<&str>) -> String {
    let page = match (action, id) {
        ("/do/sign-in", _) => "/sign-in",
        ("/do/sign-up", _) => "/sign-up",
        ("/do/change-password" | "/do/choose-currency" | "/do/sign-out", _) => "/settings",
        (
            "/do/save-telling"
            | "/do/test-webhook"
            | "/do/renew-webhook-secret"
            | "/do/switch-webhook",
            _,
        ) => "/settings/telling",
        ("/do/delete-account", _) => "/settings/delete-account",
        ("/do/make-token" | "/do/revoke-token", _) => "/settings/tokens",
        ("/do/read-notices", _) => "/notices",
        ("/do/watch" | "/do/unwatch" | "/do/move-watched", _) => "/market",
        (
            "/do/move-connection"
            | "/do/change-connection"
            | "/do/follow-connection"
            | "/do/replace-key",
            Some(id),
        ) => return format!("/connections/{id}"),
        ("/do/fetch-candles", Some(symbol)) => {
            return format!("/market/{}", crate::domain::text::query_encoded(symbol));
        }
        ("/do/fetch-candles", None) => "/market",
        ("/do/rename-portfolio", Some(id)) => return format!("/portfolios/{id}/rename"),
        ("/do/merge-portfolio", Some(id)) => return format!("/portfolios/{id}/merge"),
        ("/do/delete-portfolio", Some(id)) => return format!("/portfolios/{id}/delete"),
        ("/do/add-manual", Some(id)) => return format!("/portfolios/{id}/manual"),
        ("/do/change-manual", Some(id)) => return format!("/manual/{id}"),
        ("/do/delete-manual", Some(id)) => return format!("/manual/{id}/delete"),
        (
            "/do/connect"
            | "/do/sync"
            | "/do/sync-all"
            | "/do/delete"
            | "/do/move-connection"
            | "/do/change-connection"
            | "/do/follow-connection"
            | "/do/replace-key",
            _,
        ) => "/connections",
        (action, _) if action.ends_with("-portfolio") || action.ends_with("-manual") => {
            "/portfolios"
        }
        _ => "/",
    };
    page.to_owned()
}
