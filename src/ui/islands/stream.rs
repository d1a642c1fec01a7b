//! The server's stream of events, in browsers that keep one open.

use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::prelude::Closure;
use leptos::web_sys::{EventSource, MessageEvent};

use crate::domain::market::Pair;
use crate::domain::text::query_encoded;

/// Where it is.
const STREAM: &str = "/api/v1/events";
/// What it tells that is of interest to a page about syncs.
const KINDS: [&str; 3] = ["progress", "run", "lost"];
/// What it tells of prices.
const PRICES: [&str; 1] = ["ticker"];

/// A stream that is being opened.
#[derive(Clone)]
pub struct Stream(EventSource);

impl Stream {
    /// Opens it; `heard` is called whenever something came. `None` where the browser cannot.
    pub fn open(heard: impl Fn() + 'static) -> Option<Self> {
        Self::listen(STREAM, &KINDS, move |_| heard())
    }

    /// Opens it for the prices of pairs; `heard` is called with each, as JSON. `None` where the browser
    /// cannot.
    pub fn of_prices(pairs: &[Pair], heard: impl Fn(&str) + 'static) -> Option<Self> {
        let symbols: Vec<_> = pairs.iter().map(Pair::to_string).collect();
        let address = format!("{STREAM}?symbols={}", query_encoded(&symbols.join(",")));
        Self::listen(&address, &PRICES, move |event: MessageEvent| {
            if let Some(told) = event.data().as_string() {
                heard(&told);
            }
        })
    }

    fn listen(
        address: &str,
        kinds: &[&str],
        heard: impl Fn(MessageEvent) + 'static,
    ) -> Option<Self> {
        let source = EventSource::new(address).ok()?;
        let heard = Closure::<dyn Fn(MessageEvent)>::new(heard).into_js_value();
        for kind in kinds {
            let listened = source.add_event_listener_with_callback(kind, heard.unchecked_ref());
            listened.ok()?;
        }
        Some(Self(source))
    }

    /// Whether the server is heard.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.ready_state() == EventSource::OPEN
    }

    /// Closes it for good.
    pub fn close(&self) {
        self.0.close();
    }
}
