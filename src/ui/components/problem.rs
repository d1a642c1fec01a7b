//! A problem told calmly: what happened, at which step, what to do next.

use leptos::prelude::*;

use crate::error::Problem;

/// An alert with one sentence and one next step.
#[component]
pub fn ProblemNotice(
    /// What happened.
    problem: Problem,
) -> impl IntoView {
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
