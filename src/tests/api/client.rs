//! A program that calls the API with a token, and tokens to call with.

use coffer::domain::token::TokenForm;
use coffer::services::{accounts, tokens};
use reqwest::header::{CONTENT_TYPE, HeaderMap, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::support::{App, Browser};

/// A program.
#[derive(Clone)]
pub struct Client {
    client: reqwest::Client,
    url: String,
    pub token: String,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Told {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Client {
    pub fn new(app: &App, token: &str) -> Self {
        Self {
            client: Browser::new(&app.url).client,
            url: app.url.clone(),
            token: token.to_owned(),
        }
    }

    /// A call to a path under `/api/v1`.
    pub fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .client
            .request(method, format!("{}/api/v1{path}", self.url));
        if self.token.is_empty() {
            request
        } else {
            request.bearer_auth(&self.token)
        }
    }

    pub async fn get(&self, path: &str) -> Told {
        Told::of(self.call(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str) -> Told {
        Told::of(self.call(Method::POST, path)).await
    }

    /// Posts this text as JSON.
    pub async fn post_json(&self, path: &str, json: &str) -> Told {
        Told::of(json_body(self.call(Method::POST, path), json)).await
    }
}

/// A call with a body of JSON.
pub fn json_body(request: RequestBuilder, json: &str) -> RequestBuilder {
    request
        .header(CONTENT_TYPE, "application/json")
        .body(json.to_owned())
}

impl Told {
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let told = Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        };
        assert!(told.headers.get(SET_COOKIE).is_none(), "{told:?}");
        told
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// The JSON of an answer with this status.
    pub fn with(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        self.json()
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default()
    }

    /// Whether it is an error as the API tells errors, with this status and code.
    pub fn refused(&self, status: u16, code: &str) -> Value {
        let json = self.with(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(json["code"], code, "{json}");
        assert_eq!(json["status"], status, "{json}");
        assert_eq!(json["type"], "about:blank");
        assert_eq!(json["request_id"], self.header("x-request-id"));
        for field in ["title", "detail"] {
            assert!(json[field].as_str().unwrap().len() > 4, "{json}");
        }
        json
    }
}

/// A token of somebody's with this scope.
pub async fn token_of(app: &App, email: &str, scope: &str) -> String {
    token_for(app, email, scope, "never").await
}

/// A token that lives so many days.
pub async fn token_for(app: &App, email: &str, scope: &str, expires: &str) -> String {
    let form = TokenForm {
        name: &format!("{scope} {expires}"),
        scope,
        expires,
    };
    let token = tokens::make_for(&app.state, email, &form).await.unwrap();
    token.expose_secret().to_owned()
}

/// A program with a token of somebody's.
pub async fn client_of(app: &App, email: &str, scope: &str) -> Client {
    Client::new(app, &token_of(app, email, scope).await)
}

/// The id of somebody.
pub async fn user_of(app: &App, email: &str) -> String {
    let users = accounts::list(&app.state).await.unwrap();
    let user = users.into_iter().find(|user| user.email == email);
    user.unwrap().id
}
