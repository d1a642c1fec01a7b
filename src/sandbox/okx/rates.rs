//! How often a path may be called: so many times in windows of fixed length.

use std::{collections::HashMap, sync::Arc};

use super::Endpoint;

/// What was called in the running windows.
#[derive(Debug)]
pub(in crate::sandbox) struct Rates {
    /// Whether anything is refused.
    pub(in crate::sandbox) on: bool,
    /// By caller and path: the window's number and the requests in it.
    windows: HashMap<(Arc<str>, &'static str), (i64, u32)>,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            on: true,
            windows: HashMap::new(),
        }
    }
}

impl Rates {
    /// Counts a request; `false` when it is one too many.
    pub(super) fn count(&mut self, caller: Arc<str>, endpoint: &Endpoint, now_ms: i64) -> bool {
        let (limit, length_ms) = endpoint.rate;
        let number = now_ms.div_euclid(length_ms);
        let window = self.windows.entry((caller, endpoint.path)).or_default();
        if window.0 != number {
            *window = (number, 0);
        }
        window.1 = window.1.saturating_add(1);
        !self.on || window.1 <= limit
    }
}
