//! Reading points off a chart by pointer, finger or keyboard. The words are those of the table below
//! the chart, so nothing is counted anew.

use leptos::ev::{FocusEvent, KeyboardEvent, PointerEvent};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, EventTarget, HtmlAnchorElement, HtmlElement, UrlSearchParams};

use crate::domain::chart::spots::{nearest, percent, read};
use crate::domain::chart::{HEIGHT, Spot, WIDTH};
use crate::domain::history::series::Range;
use crate::ui::components::history::Drawing;

/// What lies over the chart's plane.
const PLANE: &str = ".chart-reader";

/// Which point is read off.
#[derive(Clone, Copy)]
pub struct ReadOff {
    /// What is read out.
    pub said: RwSignal<String>,
    body: NodeRef<Div>,
    number: StoredValue<Option<usize>>,
}

impl ReadOff {
    /// Nothing read off yet of the chart within `body`.
    pub fn new(body: NodeRef<Div>) -> Self {
        Self {
            said: RwSignal::new(String::new()),
            body,
            number: StoredValue::new(None),
        }
    }

    /// Makes the chart a stop of the keyboard.
    pub fn offer(self) {
        let Some(plane) = self.plane() else { return };
        for (name, value) in [
            ("tabindex", "0"),
            ("role", "application"),
            ("aria-roledescription", "chart"),
            (
                "aria-label",
                "Values point by point: arrow keys, Home and End",
            ),
        ] {
            // Only a name that is none can fail.
            plane.set_attribute(name, value).unwrap_or_default();
        }
    }

    /// Puts what the server drew in the place of what is there, and says what changed.
    pub fn take_over(self, drawing: &Drawing) {
        let Some(body) = self.body.get_untracked() else {
            return;
        };
        self.number.set_value(None);
        body.set_inner_html(&drawing.html);
        self.offer();
        let news = [".history-change", ".history-begins"];
        let news = news.iter().find_map(|part| text(&body, part));
        self.said.set(news.unwrap_or_default());
    }

    /// Reads off the point nearest to the pointer.
    pub fn point(self, event: &PointerEvent) {
        let Some(plane) = plane_of(event.target()) else {
            return;
        };
        // From the first dot of the screen to the last one, so that both ends can be reached.
        let last = i64::from(plane.client_width() - 1).max(1);
        let across = i64::from(event.offset_x()) * WIDTH / last;
        if let Some(number) = nearest(&spots_of(&plane), across) {
            self.show(&plane, number);
        }
    }

    /// The pointer is gone. A finger that is lifted leaves what it read off.
    pub fn leave(self, event: &PointerEvent) {
        if event.pointer_type() != "touch" && plane_of(event.target()).is_some() {
            self.end();
        }
    }

    /// The keyboard has come to the chart: it begins at the newest point.
    pub fn begin(self, event: &FocusEvent) {
        if let Some(plane) = plane_of(event.target())
            && self.number.get_value().is_none()
        {
            let last = spots_of(&plane).len().saturating_sub(1);
            self.said.set(self.show(&plane, last).unwrap_or_default());
        }
    }

    /// Goes on to another point.
    pub fn press(self, event: &KeyboardEvent) {
        let Some(plane) = plane_of(event.target()) else {
            return;
        };
        let last = spots_of(&plane).len().saturating_sub(1);
        let here = self.number.get_value().unwrap_or(last);
        let next = match event.key().as_str() {
            "ArrowLeft" => here.saturating_sub(1),
            "ArrowRight" => last.min(here + 1),
            "Home" => 0,
            "End" => last,
            "Escape" => return self.end(),
            _ => return,
        };
        event.prevent_default();
        self.said.set(self.show(&plane, next).unwrap_or_default());
    }

    /// Nothing is read off any more.
    pub fn end(self) {
        self.number.set_value(None);
        if let Some(plane) = self.plane() {
            plane.set_class_name("chart-reader");
        }
    }

    fn plane(self) -> Option<HtmlElement> {
        let plane = self.body.get_untracked()?.query_selector(PLANE).ok()??;
        plane.dyn_into().ok()
    }

    /// Marks a point and writes beside it what the table says of it; returns that as a sentence.
    fn show(self, plane: &HtmlElement, number: usize) -> Option<String> {
        let spots = spots_of(plane);
        let spot = spots.get(number)?;
        self.number.set_value(Some(number));
        mark(plane, *spot);
        // The table begins with the newest.
        let row = format!(
            ".history-table tbody tr:nth-child({})",
            spots.len() - number
        );
        let row = self.body.get_untracked()?.query_selector(&row).ok()??;
        let value = text(&row, "td")?;
        let currency = plane.get_attribute("data-currency").unwrap_or_default();
        let words = [
            format!("{value} {currency}"),
            text(&row, "th")?,
            text(&row, "td:last-child").unwrap_or_else(|| "complete".to_owned()),
        ];
        let lines = plane.query_selector(".chart-reading").ok()??.children();
        for (line, words) in (0..).zip(&words) {
            lines.item(line)?.set_text_content(Some(words));
        }
        Some(words.join(", "))
    }
}

/// The plane, if an event is about it.
fn plane_of(target: Option<EventTarget>) -> Option<HtmlElement> {
    let element: HtmlElement = target?.dyn_into().ok()?;
    element.matches(PLANE).ok()?.then_some(element)
}

fn spots_of(plane: &Element) -> Vec<Spot> {
    read(&plane.get_attribute("data-spots").unwrap_or_default())
}

/// Puts the mark and the words where a point is; the words stand towards the middle.
fn mark(plane: &HtmlElement, spot: Spot) {
    let side = if spot.y < HEIGHT / 2 {
        "below"
    } else {
        "above"
    };
    plane.set_class_name(&format!("chart-reader reading {side}"));
    for (name, place) in [("--x", spot.x), ("--y", spot.y)] {
        // Only a property that cannot be changed can fail.
        let put = plane.style().set_property(name, &percent(place));
        put.unwrap_or_default();
    }
}

/// What a part says; `None` when it is not there or says nothing.
fn text(within: &Element, part: &str) -> Option<String> {
    let part = within.query_selector(part).ok()??;
    let text = part.text_content()?.trim().to_owned();
    Some(text).filter(|text| !text.is_empty())
}

/// Has the table's links and its search keep the range.
pub fn carry_range(range: Range) {
    let here = window().location().pathname().unwrap_or_default();
    let links = document().links();
    for number in 0..links.length() {
        let link = links.item(number);
        let link = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
        if let Some(link) = link.filter(|link| link.pathname() == here && is_of_table(link))
            && let Ok(params) = UrlSearchParams::new_with_str(&link.search())
        {
            params.set("range", range.as_str());
            link.set_search(&String::from(params.to_string()));
        }
    }
    if let Ok(Some(field)) = document().query_selector(".search [name=range]") {
        // Only a name that is none can fail.
        let put = field.set_attribute("value", range.as_str());
        put.and_then(|()| field.remove_attribute("disabled"))
            .unwrap_or_default();
    }
}

fn is_of_table(link: &Element) -> bool {
    let is_in = |place| link.closest(place).is_ok_and(|found| found.is_some());
    is_in("main") && !is_in(".ranges, .switch")
}
