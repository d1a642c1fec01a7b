//! One request as it arrived, every byte that a signature covers kept as it was.

use axum::{
    body::{Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, Method},
};

/// The largest body that is read, in bytes; no endpoint here needs a hundredth of it.
const BODY_LIMIT: usize = 1 << 20;

/// A request, with the raw text that was signed.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    /// Path and query as they came over the wire.
    pub(super) target: String,
    /// The query as it came over the wire, empty when there is none.
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Call {
    /// Reads the whole request; `None` when its body is too large or breaks off.
    pub(super) async fn read(request: Request) -> Option<Self> {
        let (head, body) = request.into_parts();
        let body = to_bytes(body, BODY_LIMIT).await.ok()?;
        let target = head
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        Some(Self {
            method: head.method,
            path: head.uri.path().to_owned(),
            target: target.to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            body,
        })
    }

    /// The header's text; `None` when it is absent, empty or not text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let text = self.headers.get(name)?.to_str().ok()?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The first value of a query parameter, decoded.
    pub(super) fn query_value(&self, name: &str) -> Option<String> {
        let pairs = decode(&self.query);
        pairs
            .into_iter()
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// The names of the query's parameters, in the order sent.
    pub(super) fn parameter_names(&self) -> Vec<String> {
        decode(&self.query)
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    }
}

/// The decoded pairs of a query or form text, in the order they were sent.
pub(super) fn decode(raw: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(raw).unwrap_or_default()
}

#[cfg(test)]
impl Call {
    /// A request made by hand.
    pub(super) fn made(method: Method, target: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: axum::http::HeaderName = name.parse().unwrap();
            map.insert(name, value.parse().unwrap());
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method,
            path: path.to_owned(),
            target: target.to_owned(),
            query: query.to_owned(),
            headers: map,
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }
}
