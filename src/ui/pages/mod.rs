//! The pages: a view on top, its server functions below.

pub mod connection;
pub mod connections;
pub mod delete;
pub mod not_found;
pub mod notices;
pub mod portfolio;
pub mod settings;
pub mod sign_in;
pub mod sign_up;
pub mod telling;

/// The page that a form stands on, to show it again when it did not get through.
#[cfg(feature = "ssr")]
#[must_use]
pub fn of_action(action: &str) -> &'static str {
    match action {
        "/do/sign-in" => "/sign-in",
        "/do/sign-up" => "/sign-up",
        "/do/change-password" | "/do/sign-out" => "/settings",
        "/do/save-telling"
        | "/do/test-webhook"
        | "/do/renew-webhook-secret"
        | "/do/switch-webhook" => "/settings/telling",
        "/do/read-notices" => "/notices",
        "/do/connect" | "/do/sync" | "/do/sync-all" | "/do/delete" => "/connections",
        _ => "/",
    }
}
