//! The shell around every page, and which page stands at which address.

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

use super::components::layout::Layout;
use super::pages::by_hand::ByHandPage;
use super::pages::connection::ConnectionPage;
use super::pages::connections::ConnectionsPage;
use super::pages::data::DataPage;
use super::pages::delete::DeletePage;
use super::pages::delete_account::DeleteAccountPage;
use super::pages::delete_portfolio::DeletePortfolioPage;
use super::pages::manual::{DeleteManualPage, ManualPage};
use super::pages::market::MarketPage;
use super::pages::merge_portfolio::MergePortfolioPage;
use super::pages::not_found::NotFoundPage;
use super::pages::notices::NoticesPage;
use super::pages::pair::PairPage;
use super::pages::portfolio::PortfolioPage;
use super::pages::portfolios::PortfoliosPage;
use super::pages::rename_portfolio::RenamePortfolioPage;
use super::pages::settings::SettingsPage;
use super::pages::sign_in::SignInPage;
use super::pages::sign_up::SignUpPage;
use super::pages::status::StatusPage;
use super::pages::telling::TellingPage;
use super::pages::tokens::TokensPage;

/// The document. `bundle` says whether the script bundle was built.
#[component]
pub fn Shell(
    /// Where Leptos finds the bundle.
    options: LeptosOptions,
    /// Whether there is one.
    bundle: bool,
    /// Whether this browser hides amounts.
    amounts_hidden: bool,
) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href="/assets/coffer.css"/>
                <link rel="icon" href="/public/icon.svg" type="image/svg+xml"/>
                {bundle.then(|| view! { <HydrationScripts options islands=true/> })}
                <MetaTags/>
            </head>
            <body class=amounts_hidden.then_some("amounts-hidden")>
                <App/>
            </body>
        </html>
    }
}

/// The pages.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Layout>
                <Routes fallback=|| view! { <NotFoundPage/> }>
                    <Route path=path!("/") view=PortfolioPage/>
                    <Route path=path!("/portfolios") view=PortfoliosPage/>
                    <Route path=path!("/portfolios/:id") view=PortfolioPage/>
                    <Route path=path!("/portfolios/:id/manual") view=ByHandPage/>
                    <Route path=path!("/portfolios/:id/rename") view=RenamePortfolioPage/>
                    <Route path=path!("/portfolios/:id/merge") view=MergePortfolioPage/>
                    <Route path=path!("/portfolios/:id/delete") view=DeletePortfolioPage/>
                    <Route path=path!("/manual/:id") view=ManualPage/>
                    <Route path=path!("/manual/:id/delete") view=DeleteManualPage/>
                    <Route path=path!("/connections") view=ConnectionsPage/>
                    <Route path=path!("/connections/:id") view=ConnectionPage/>
                    <Route path=path!("/connections/:id/delete") view=DeletePage/>
                    <Route path=path!("/market") view=MarketPage/>
                    <Route path=path!("/market/:symbol") view=PairPage/>
                    <Route path=path!("/notices") view=NoticesPage/>
                    <Route path=path!("/status") view=StatusPage/>
                    <Route path=path!("/settings") view=SettingsPage/>
                    <Route path=path!("/settings/telling") view=TellingPage/>
                    <Route path=path!("/settings/data") view=DataPage/>
                    <Route path=path!("/settings/delete-account") view=DeleteAccountPage/>
                    <Route path=path!("/settings/tokens") view=TokensPage/>
                    <Route path=path!("/sign-in") view=SignInPage/>
                    <Route path=path!("/sign-up") view=SignUpPage/>
                </Routes>
            </Layout>
        </Router>
    }
}

#[cfg(feature = "ssr")]
pub use server::{page, render};

#[cfg(feature = "ssr")]
mod server {
    use axum::body::Body;
    use axum::extract::{Request, State as AxumState};
    use axum::http::HeaderValue;
    use axum::http::header::CONTENT_SECURITY_POLICY;
    use axum::response::Response;
    use leptos::nonce::use_nonce;
    use leptos::prelude::*;
    use leptos_axum::ResponseOptions;

    use super::Shell;
    use crate::http::{assets, headers, privacy};
    use crate::services::State;
    use crate::ui::forms::FormFailure;

    /// Answers with the page at the request's address.
    pub async fn page(AxumState(state): AxumState<State>, request: Request) -> Response {
        render(state, request, None).await
    }

    /// Renders the page at the request's address, with a form that did not get through.
    pub async fn render(
        state: State,
        request: Request,
        failure: Option<FormFailure>,
    ) -> Response<Body> {
        let is_https = state.settings.is_https;
        let context = move || {
            provide_context(state.clone());
            if let Some(failure) = &failure {
                provide_context(failure.clone());
            }
        };
        let amounts_hidden = privacy::told(request.headers(), is_https);
        let document = move || {
            allow_own_scripts();
            let options = LeptosOptions::builder().output_name("coffer").build();
            view! { <Shell options bundle=assets::has_bundle() amounts_hidden/> }
        };
        leptos_axum::render_app_async_with_context(context, document)(request).await
    }

    fn allow_own_scripts() {
        let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else {
            return;
        };
        if let Ok(policy) = HeaderValue::from_str(&headers::page_policy(&nonce)) {
            response.insert_header(CONTENT_SECURITY_POLICY, policy);
        }
    }
}
