//! The server's stream of events, in browsers that keep one open.

use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::prelude::Closure;
use leptos::web_sys::EventSource;

/// Where it is.
const STREAM: &str = "/api/v1/events";
/// What it tells that is of interest to a page about syncs.
const KINDS: [&str; 3] = ["progress", "run", "lost"];

/// A stream that is being opened.
#[derive(Clone)]
pub struct Stream(EventSource);

impl Stream {
    /// Opens it; `heard` is called whenever something came. `None` where the browser cannot.
    pub fn open(heard: impl Fn() + 'static) -> Option<Self> {
        let source = EventSource::new(STREAM).ok()?;
        let heard = Closure::<dyn Fn()>::new(heard).into_js_value();
        for kind in KINDS {
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
