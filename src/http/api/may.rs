//! What a handler asks first: who is calling, and whether they may.

use std::fmt;
use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::problem::Refused;
use crate::domain::token::Scope;
use crate::error::Problem;
use crate::services::accounts::User;
use crate::services::tokens::Caller;

/// Somebody who may do what `S` says. It stands first among every handler's arguments.
pub struct May<S> {
    /// Who it is.
    pub user: User,
    /// Whether a token let them in; else they are at the browser.
    pub by_token: bool,
    scope: PhantomData<S>,
}

impl<S> fmt::Debug for May<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.user.fmt(f)
    }
}

/// The scope that a handler needs.
pub trait Needs {
    /// The scope.
    const SCOPE: Scope;
}

/// Seeing what is there.
#[derive(Debug)]
pub struct Read;

/// Having connections synced.
#[derive(Debug)]
pub struct Resync;

/// Connecting, arranging and deleting.
#[derive(Debug)]
pub struct Manage;

impl Needs for Read {
    const SCOPE: Scope = Scope::Read;
}

impl Needs for Resync {
    const SCOPE: Scope = Scope::Sync;
}

impl Needs for Manage {
    const SCOPE: Scope = Scope::Manage;
}

impl<S: Needs, T: Send + Sync> FromRequestParts<T> for May<S> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &T) -> Result<Self, Refused> {
        let caller = parts.extensions.get::<Caller>();
        let caller = caller.ok_or(Problem::TokenRefused)?;
        if !caller.scope.covers(S::SCOPE) {
            return Err(Problem::BeyondScope(S::SCOPE).into());
        }
        Ok(Self {
            user: caller.user.clone(),
            by_token: caller.token_id.is_some(),
            scope: PhantomData,
        })
    }
}
