//! Something under way: whether it runs, and what came of it.

use std::future::Future;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::domain::notice::{Done, Notice};
use crate::error::Problem;
use crate::ui::components::notice::NoticeView;
use crate::ui::components::problem::ProblemNotice;

/// What an island is doing, and what came of the last thing it did.
#[derive(Clone, Copy)]
pub struct Working {
    /// What runs: the id of a connection, or a name of its own.
    pub what: RwSignal<Option<String>>,
    /// What was done.
    pub notice: RwSignal<Option<Notice>>,
    /// What went wrong.
    pub problem: RwSignal<Option<Problem>>,
}

impl Working {
    /// Nothing yet, but for a notice that waited for the page.
    #[must_use]
    pub fn new(notice: Option<Notice>) -> Self {
        Self {
            what: RwSignal::new(None),
            notice: RwSignal::new(notice),
            problem: RwSignal::new(None),
        }
    }

    /// Whether this runs.
    #[must_use]
    pub fn is(self, what: &str) -> bool {
        self.what.with(|now| now.as_deref() == Some(what))
    }

    /// Whether anything runs.
    #[must_use]
    pub fn any(self) -> bool {
        self.what.with(Option::is_some)
    }

    /// Does something instead of sending a form, unless something runs already. What came of it is
    /// told once `refresh` has brought the page up to date, both in one go.
    pub fn run<F>(
        self,
        event: &SubmitEvent,
        what: &str,
        deed: F,
        refresh: impl AsyncFnOnce(&Result<Done, Problem>) + 'static,
    ) where
        F: Future<Output = Result<Done, Problem>> + 'static,
    {
        event.prevent_default();
        if self.what.with_untracked(Option::is_some) {
            return;
        }
        self.what.set(Some(what.to_owned()));
        self.notice.set(None);
        self.problem.set(None);
        spawn_local(async move {
            let outcome = deed.await;
            refresh(&outcome).await;
            match outcome {
                Ok(done) => self.notice.set(done.notice),
                Err(problem) => self.problem.set(Some(problem)),
            }
            self.what.set(None);
        });
    }
}

/// Progress, notices and problems, where they are looked for and read out.
#[component]
pub fn WorkingView(
    /// What to tell of.
    working: Working,
    /// What is said while something runs.
    doing: &'static str,
    /// Whether something else shows already that it runs.
    #[prop(optional)]
    shown: Option<Signal<bool>>,
) -> impl IntoView {
    let spins = move || working.any() && !shown.is_some_and(|shown| shown.get());
    view! {
        <div class="working" aria-live="polite">
            {move || spins().then(|| view! {
                <p class="notice notice-working"><span class="spinner" aria-hidden="true"></span>{doing}</p>
            })}
            {move || working.notice.get().map(|notice| view! { <NoticeView notice/> })}
            {move || working.problem.get().map(|problem| view! { <ProblemNotice problem/> })}
        </div>
    }
    .into_any()
}
