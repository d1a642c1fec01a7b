//! A browser without script: it keeps cookies, sends forms and does not follow redirects by itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use coffer::sandbox::DemoKey;
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use scraper::{Html, Selector};

/// One browser with its cookies.
#[derive(Clone)]
pub struct Browser {
    pub base: String,
    pub client: reqwest::Client,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Browser {
    pub fn new(base: &str) -> Self {
        // A second provider in one process finds the first one set.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy();
        Self {
            base: base.to_owned(),
            client: client.build().unwrap(),
            cookies: Arc::default(),
        }
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(self.client.get(format!("{}{path}", self.base)))
            .await
    }

    /// Sends a form as a browser does.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        let body = serde_urlencoded::to_string(form).unwrap();
        let request = self.client.post(format!("{}{path}", self.base)).body(body);
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.header("Sec-Fetch-Site", "same-origin"))
            .await
    }

    /// Sends a form and goes where the answer leads.
    pub async fn submit(&self, path: &str, form: &[(&str, &str)]) -> Page {
        let page = self.post(path, form).await;
        match page.location() {
            Some(next) => self.get(&next).await,
            None => page,
        }
    }

    /// Connects an account with a sandbox key, and `more` fields.
    pub async fn connect(&self, key: &DemoKey, more: &[(&str, &str)]) -> Page {
        let exchange = key.exchange.to_string().to_lowercase();
        let mut form = vec![
            ("exchange", exchange.as_str()),
            ("api_key", key.api_key),
            ("secret_key", key.secret_key),
        ];
        form.extend(key.passphrase.map(|passphrase| ("passphrase", passphrase)));
        form.extend(more);
        self.submit("/do/connect", &form).await
    }

    /// Adds what a browser adds, and keeps the cookies of the answer.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Page {
        let request = request
            .header(ACCEPT, "text/html")
            .header(COOKIE, self.cookie_header());
        let response = request.send().await.unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        Page {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap(),
        }
    }

    /// What the browser sends as its cookies.
    pub fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// Takes over cookies, such as those another browser had before.
    pub fn set_cookies(&self, header: &str) {
        for pair in header.split("; ").filter(|pair| !pair.is_empty()) {
            self.keep(pair);
        }
    }

    fn keep(&self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').unwrap();
        let mut cookies = self.cookies.lock().unwrap();
        if attributes.contains("Max-Age=0") {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

impl Page {
    /// Where a redirect leads.
    pub fn location(&self) -> Option<String> {
        self.headers
            .get(LOCATION)
            .map(|location| location.to_str().unwrap().to_owned())
    }

    /// The page's text without markup, blanks folded.
    pub fn text(&self) -> String {
        let html = Html::parse_document(&self.body);
        fold(&html.root_element().text().collect::<Vec<_>>().join(" "))
    }

    /// The text of everything a selector finds.
    pub fn all(&self, selector: &str) -> Vec<String> {
        let html = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).unwrap();
        html.select(&selector)
            .map(|e| fold(&e.text().collect::<Vec<_>>().join("")))
            .collect()
    }

    /// The text of the first thing a selector finds; empty when there is none.
    pub fn one(&self, selector: &str) -> String {
        self.all(selector).into_iter().next().unwrap_or_default()
    }

    /// The value of an attribute of everything a selector finds.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let html = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).unwrap();
        html.select(&selector)
            .filter_map(|e| e.value().attr(name).map(str::to_owned))
            .collect()
    }
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
