//! What stands around every page: skip link, name, ways to go, and the page's main part.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

use super::problem::ProblemNotice;
use crate::error::Problem;
use crate::ui::forms::FormFailure;
use crate::ui::pages::settings::SignOutForm;

/// The frame of every page.
#[component]
pub fn Layout(
    /// The page.
    children: Children,
) -> impl IntoView {
    let failure = use_context::<FormFailure>();
    view! {
        <a class="skip-link" href="#main">"Skip to content"</a>
        <header class="site-header">
            <a class="brand" href="/"><BrandMark/>"Coffer"</a>
            <Suspense>{Suspend::new(async move {
                match who_is_signed_in().await {
                    Ok(Some(who)) => Some(view! { <Navigation who/> }),
                    _ => None,
                }
            })}</Suspense>
        </header>
        <main id="main" tabindex="-1">
            {failure.map(|failure| view! { <ProblemNotice problem=failure.problem/> })}
            {children()}
        </main>
        <footer class="site-footer">
            <p>"Coffer can only read. It never trades, moves or withdraws anything."</p>
        </footer>
    }
}

#[component]
fn BrandMark() -> impl IntoView {
    view! {
        <svg class="brand-mark" viewBox="0 0 16 16" aria-hidden="true">
            <rect x="1" y="1" width="14" height="14" rx="3.5"/>
            <circle cx="8" cy="8" r="3.25"/>
            <path d="M8 4.75V3.5M8 12.5v-1.25M4.75 8H3.5M12.5 8h-1.25"/>
        </svg>
    }
}

#[component]
fn Navigation(who: Who) -> impl IntoView {
    let Who { email, unread } = who;
    let path = use_location().pathname.get_untracked();
    let on_notices = (path == "/notices").then_some("page");
    let link = move |href: &'static str, text: &'static str, here: bool| {
        view! { <li><a href=href aria-current=here.then_some("page")>{text}</a></li> }
    };
    let on_portfolio =
        path == "/" || path.starts_with("/portfolios") || path.starts_with("/manual");
    view! {
        <nav class="site-nav" aria-label="Main">
            <ul>
                {link("/", "Portfolio", on_portfolio)}
                {link("/connections", "Connections", path.starts_with("/connections"))}
                {link("/market", "Market", path.starts_with("/market"))}
                <li><a href="/notices" aria-current=on_notices>"Notices"<Unread unread/></a></li>
                {link("/status", "Status", path == "/status")}
                {link("/settings", "Settings", path.starts_with("/settings"))}
            </ul>
        </nav>
        <div class="who">
            <span class="who-email">{email}</span>
            <SignOutForm/>
        </div>
    }
}

/// How many notices wait to be read; nothing when none does.
#[component]
fn Unread(unread: usize) -> impl IntoView {
    (unread > 0).then(|| {
        view! { " "<span class="nav-count">{unread}<span class="visually-hidden">" unread"</span></span> }
    })
}

/// Whoever is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// Their email.
    pub email: String,
    /// How many of their notices they have not read.
    pub unread: usize,
}

/// Whoever is signed in.
#[server(prefix = "/do", endpoint = "who-is-signed-in")]
pub async fn who_is_signed_in() -> Result<Option<Who>, Problem> {
    let state = crate::http::state()?;
    let session = crate::http::auth::session().await?;
    let Some(user) = session.user.map(|user| user.0) else {
        return Ok(None);
    };
    Ok(Some(Who {
        unread: crate::services::telling::count_unread(&state, &user.id).await?,
        email: user.email,
    }))
}
