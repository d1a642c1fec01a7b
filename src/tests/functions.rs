//! Every server function there is, and requests as no page of ours would send them.

use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE};
use reqwest::{Method, RequestBuilder};

use crate::support::{Browser, Page};

/// A server function, as the tests know it.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The last part of its address.
    pub name: &'static str,
    /// Whether anybody may call it.
    pub open: bool,
    /// Whether it changes something.
    pub changes: bool,
    /// Whether it is told which connection or portfolio is meant.
    pub takes_id: bool,
}

impl Function {
    pub fn path(&self) -> String {
        format!("/do/{}", self.name)
    }
}

const fn reads(name: &'static str) -> Function {
    Function {
        name,
        open: false,
        changes: false,
        takes_id: false,
    }
}

const fn changes(name: &'static str) -> Function {
    Function {
        changes: true,
        ..reads(name)
    }
}

const fn open(function: Function) -> Function {
    Function {
        open: true,
        ..function
    }
}

const fn with_id(function: Function) -> Function {
    Function {
        takes_id: true,
        ..function
    }
}

/// All of them. One that is missing here fails a test.
pub const FUNCTIONS: [Function; 55] = [
    open(changes("sign-in")),
    open(changes("sign-up")),
    open(reads("sign-up-state")),
    open(changes("take-farewell")),
    open(reads("who-is-signed-in")),
    changes("change-password"),
    with_id(changes("change-connection")),
    with_id(changes("follow-connection")),
    with_id(changes("replace-key")),
    changes("choose-currency"),
    changes("connect"),
    with_id(changes("delete")),
    changes("delete-account"),
    changes("hide-amounts"),
    reads("load-account"),
    reads("load-board"),
    with_id(reads("load-connection")),
    reads("load-currencies"),
    reads("load-market"),
    reads("load-pair"),
    reads("load-quotes"),
    with_id(reads("draw-history")),
    with_id(reads("load-history")),
    with_id(reads("load-portfolio")),
    reads("load-notices"),
    reads("load-progress"),
    reads("load-status"),
    reads("load-telling"),
    reads("load-tokens"),
    changes("make-token"),
    with_id(changes("revoke-token")),
    changes("read-notices"),
    changes("renew-webhook-secret"),
    changes("save-telling"),
    changes("sign-out"),
    with_id(changes("sync")),
    changes("switch-webhook"),
    changes("sync-all"),
    changes("take-notice"),
    changes("create-portfolio"),
    with_id(changes("rename-portfolio")),
    with_id(changes("merge-portfolio")),
    with_id(changes("delete-portfolio")),
    with_id(changes("move-connection")),
    with_id(changes("add-manual")),
    with_id(changes("change-manual")),
    with_id(changes("delete-manual")),
    reads("load-portfolios"),
    with_id(reads("load-contents")),
    with_id(reads("load-manual")),
    changes("test-webhook"),
    changes("watch"),
    changes("unwatch"),
    changes("move-watched"),
    changes("fetch-candles"),
];

/// A request with the browser's cookies and nothing else.
pub fn bare(browser: &Browser, method: Method, path: &str) -> RequestBuilder {
    let request = browser
        .client
        .request(method, format!("{}{path}", browser.base));
    match browser.cookie_header() {
        cookies if cookies.is_empty() => request,
        cookies => request.header(COOKIE, cookies),
    }
}

/// Sends a form as a program does, which wants JSON and follows nothing.
pub async fn call(browser: &Browser, path: &str, form: &[(&str, &str)]) -> Page {
    let body = serde_urlencoded::to_string(form).unwrap();
    let request = bare(browser, Method::POST, path)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    answer(request.body(body)).await
}

/// Sends a body as a browser sends a form, whatever it is.
pub async fn post(browser: &Browser, path: &str, body: impl Into<reqwest::Body>) -> Page {
    let request = bare(browser, Method::POST, path)
        .header(ACCEPT, "text/html")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    answer(request.body(body)).await
}

/// The answer, whatever it is; cookies are not kept.
pub async fn answer(request: RequestBuilder) -> Page {
    let response = request.send().await.unwrap();
    Page {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.text().await.unwrap(),
    }
}

/// A page's body without what differs each time: the nonce of its scripts and the moment.
pub fn lasting(body: &str) -> String {
    let without = |body: &str, mark: &str, end: fn(char) -> bool| {
        let mut parts = body.split(mark);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |kept, part| {
            kept + part.trim_start_matches(|c| !end(c))
        })
    };
    // With the script bundle, the nonce stands in the links that load it as well.
    let body = without(body, " nonce=\"", |c| c == '"');
    let body = without(&body, " crossorigin=\"", |c| c == '"');
    without(&body, "&quot;now&quot;:", |c| c == ',' || c == '}')
}
