//! A problem told calmly: what happened, at which step, what to do next.

use leptos::prelude::*;

use crate::error::Problem;

/// An alert with one sentence and one next step.
#[component]
pub fn ProblemNotice(
    /// What happened.
    problem: Problem,
) -> impl IntoView {
    answer_with_status_of(&problem);
    let step = problem.step().map(|step| {
        view! { <p class="notice-step">{format!("This happened while {step}. Nothing was stored.")}</p> }
    });
    view! {
        <div class="notice notice-problem" role="alert">
            <p class="notice-head">{problem.sentence()}</p>
            <p>{problem.next_step()}</p>
            {step}
        </div>
    }
    .into_any()
}

/// On the server, gives the page the problem's status.
pub fn answer_with_status_of(problem: &Problem) {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::from_u16(problem.status()).unwrap_or_default());
    }
    #[cfg(not(feature = "ssr"))]
    let _ = problem;
}
