//! The history of a portfolio as it comes alive: its points can be read off, and another range takes
//! its place without a new page. What is shown is drawn on the server either way.

use leptos::ev::{self, MouseEvent};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsValue;
use leptos::web_sys::UrlSearchParams;

use super::reading::{ReadOff, carry_range};
use crate::domain::history::series::Range;
use crate::domain::portfolio::table::Choice;
use crate::error::Problem;
use crate::ui::components::history::draw_history;
use crate::ui::components::problem::ProblemNotice;

/// The heading, the ranges, and what is shown of the one that is chosen.
#[island]
pub fn HistoryReader(
    /// The portfolio's id; empty for all of them together.
    id: String,
    /// What the page's address asks for.
    choice: Choice,
    /// The range that is shown.
    range: Range,
    /// What is shown of it.
    children: Children,
) -> impl IntoView {
    let shown = Shown::new(id, choice, range);
    Effect::new(move |_| shown.come_alive());
    view! {
        <div class="history-head">
            <h2 id="history-heading">"History"</h2>
            <Ranges shown/>
        </div>
        {move || shown.failed.get().map(|(problem, range)| view! { <Failed problem href=shown.href(range)/> })}
        <HistoryStage shown>{children()}</HistoryStage>
    }
}

/// What is shown, and what is on its way.
#[derive(Clone, Copy)]
struct Shown {
    id: StoredValue<String>,
    choice: StoredValue<Choice>,
    range: RwSignal<Range>,
    /// Counts what was asked for: only the last answer is shown.
    asked: StoredValue<u32>,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<(Problem, Range)>>,
    body: NodeRef<Div>,
    reading: ReadOff,
}

impl Shown {
    fn new(id: String, choice: Choice, range: Range) -> Self {
        let body = NodeRef::new();
        Self {
            id: StoredValue::new(id),
            choice: StoredValue::new(choice),
            range: RwSignal::new(range),
            asked: StoredValue::new(0),
            busy: RwSignal::new(false),
            failed: RwSignal::new(None),
            body,
            reading: ReadOff::new(body),
        }
    }

    /// The page with another range, as its address says.
    fn href(self, range: Range) -> String {
        let id = self.id.get_value();
        let path = if id.is_empty() {
            "/".to_owned()
        } else {
            format!("/portfolios/{id}")
        };
        let choice = Choice {
            range: range.as_str().to_owned(),
            ..self.choice.get_value()
        };
        format!("{path}{}", choice.query())
    }

    /// Runs in the browser alone.
    fn come_alive(self) {
        self.reading.offer();
        let back = window_event_listener(ev::popstate, move |_| {
            let range = range_of_address();
            if range == self.range.get_untracked() {
                self.asked.update_value(|asked| *asked += 1);
                self.busy.set(false);
                self.failed.set(None);
            } else {
                self.load(range, |_| ());
            }
        });
        on_cleanup(move || back.remove());
    }

    /// Shows another range and keeps it in the address. What is shown stays until then.
    fn choose(self, range: Range) {
        let again = range == self.range.get_untracked();
        self.load(range, move |href| {
            let Ok(history) = window().history() else {
                return;
            };
            let put = if again {
                history.replace_state_with_url(&JsValue::NULL, "", Some(href))
            } else {
                history.push_state_with_url(&JsValue::NULL, "", Some(href))
            };
            // Without it the address is the old one; what is shown is right all the same.
            put.unwrap_or_default();
        });
    }

    fn load(self, range: Range, keep: impl FnOnce(&str) + 'static) {
        self.asked.update_value(|asked| *asked += 1);
        let turn = self.asked.get_value();
        self.busy.set(true);
        self.failed.set(None);
        spawn_local(async move {
            let answer = draw_history(self.id.get_value(), range.as_str().to_owned()).await;
            if self.asked.get_value() != turn {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(drawing) => {
                    keep(&self.href(range));
                    self.range.set(range);
                    self.reading.take_over(&drawing);
                    carry_range(range);
                }
                Err(problem) => self.failed.set(Some((problem, range))),
            }
        });
    }
}

fn range_of_address() -> Range {
    let search = window().location().search().unwrap_or_default();
    let named = UrlSearchParams::new_with_str(&search)
        .ok()
        .and_then(|params| params.get("range"));
    named
        .and_then(|name| Range::parse(&name))
        .unwrap_or_default()
}

#[component]
fn Ranges(shown: Shown) -> impl IntoView {
    let link = |range: Range| {
        let current = move || (shown.range.get() == range).then_some("true");
        let on_click = move |event: MouseEvent| {
            let elsewhere = event.ctrl_key()
                || event.meta_key()
                || event.shift_key()
                || event.alt_key()
                || event.button() != 0;
            if !elsewhere {
                event.prevent_default();
                shown.choose(range);
            }
        };
        let href = shown.href(range);
        view! { <li><a href=href aria-current=current on:click=on_click>{range.title()}</a></li> }
    };
    view! {
        <nav class="ranges" aria-label="Range">
            <ul>{Range::ALL.map(link).collect_view()}</ul>
        </nav>
    }
}

#[component]
fn Failed(problem: Problem, href: String) -> impl IntoView {
    view! {
        <div class="history-failed">
            <ProblemNotice problem/>
            <p><a href=href>"Load the page with this range"</a></p>
        </div>
    }
}

/// What the server drew, and what the pointer and the keyboard read off it.
#[component]
fn HistoryStage(shown: Shown, children: Children) -> impl IntoView {
    let reading = shown.reading;
    let busy = move || shown.busy.get().then_some("true");
    view! {
        <div class="history-body" node_ref=shown.body aria-busy=busy
            on:pointermove=move |event| reading.point(&event)
            on:pointerdown=move |event| reading.point(&event)
            on:pointerout=move |event| reading.leave(&event)
            on:focusin=move |event| reading.begin(&event)
            on:focusout=move |_| reading.end()
            on:keydown=move |event| reading.press(&event)>
            {children()}
        </div>
        <p class="visually-hidden" aria-live="polite">{move || reading.said.get()}</p>
    }
}
