//! The one way a call is made: gate, clock, signature, answer, and perhaps another try. A public call
//! goes the same way without clock and signature.
//!
//! Every try passes the gate and is signed anew behind it, so that neither its time nor the word of
//! a pause can grow old in a queue.

mod time;

use std::time::Duration;

use reqwest::header::HeaderMap;
use secrecy::SecretString;

use super::Access;
use super::allow::{Endpoint, Site};
use super::clock::SiteClocks;
use super::cost::{Cost, Scope};
use super::error::ExchangeError;
use super::gate::{Charge, Passed};
use super::journal::{Journal, RawAnswer};
use super::registry::Shared;
use super::retry::{Limits, MAX_TRIES, delay};
use super::transport::{Answer, Call};
use super::vitals::Ended;
use crate::domain::exchange::Environment;
use crate::domain::health::{CallClass, LONG_WINDOW_MS, Outcome};
use crate::domain::problem::ExchangeProblem;

/// What only one exchange knows of a call.
pub(super) trait Protocol: Sync {
    /// What tells the exchange's time to everyone.
    fn time(&self) -> Endpoint;

    /// The time in an answer of [`Protocol::time`], in epoch milliseconds, UTC.
    ///
    /// # Errors
    /// When there is none.
    fn read_time(&self, body: &str) -> Result<i64, ExchangeError>;

    /// Why an answer is a refusal; `None` when it is none. `now_ms` is the exchange's time, as in
    /// [`Signer::sign`].
    fn refusal(&self, answer: &Answer, now_ms: i64) -> Option<ExchangeError>;

    /// What an answer says was spent of the budget that paid for it, by everyone.
    fn used(&self, answer: &Answer, scope: Scope) -> Option<u32>;
}

/// A key that signs calls.
pub(super) trait Signer: Sync {
    /// Signs a call for a time of the exchange's clock, in epoch milliseconds, UTC.
    ///
    /// # Errors
    /// When the key cannot sign.
    fn sign(
        &self,
        endpoint: &Endpoint,
        parameters: &str,
        now_ms: i64,
    ) -> Result<Signed, ExchangeError>;
}

/// What is sent besides method and path.
pub(super) struct Signed {
    /// The query to be sent.
    pub(super) query: String,
    /// The headers besides those that every request has.
    pub(super) headers: HeaderMap,
}

/// Somebody who calls a site.
pub(super) struct Caller<'a> {
    pub(super) shared: &'a Shared,
    pub(super) clocks: &'a SiteClocks,
    pub(super) site: &'a Site,
    /// The site's name among places.
    pub(super) place: String,
    pub(super) terms: Terms<'a>,
    pub(super) protocol: &'a dyn Protocol,
}

/// For whom a call is made, how long it may wait and where it is noted.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// The key that stands for the account whose budget pays; `None` for public calls.
    pub(super) api_key: Option<&'a SecretString>,
    /// Whether it is a test account's; public calls count as live ones.
    pub(super) environment: Environment,
    /// How long a call may wait for the exchange's budget.
    pub(super) patience: Duration,
    pub(super) journal: &'a Journal,
}

impl<'a> From<Access<'a>> for Terms<'a> {
    fn from(access: Access<'a>) -> Self {
        Self {
            api_key: Some(&access.credentials.api_key),
            environment: access.environment,
            patience: access.patience,
            journal: access.journal,
        }
    }
}

/// What is asked, over however many tries.
struct Question<'a> {
    endpoint: &'a Endpoint,
    parameters: &'a str,
    /// Signs; `None` for what anybody may ask.
    signer: Option<&'a dyn Signer>,
    tries: u32,
}

impl Caller<'_> {
    /// Makes a call signed by the site's clock and gives an answer that is no refusal. When the site
    /// finds the time wrong, asks it for the time and tries once more.
    ///
    /// # Errors
    /// [`ExchangeProblem::ClockSkew`] when the time is found wrong again,
    /// [`ExchangeProblem::RateLimited`] when the gate does not open or the exchange asks to wait,
    /// and whatever the last try or the question for the time fails with.
    pub(super) async fn call(
        &self,
        signer: &dyn Signer,
        endpoint: &Endpoint,
        parameters: &str,
    ) -> Result<Answer, ExchangeError> {
        let clock = self.clocks.site(self.site.base.as_str());
        let mut limits = Limits::new(self.terms.patience);
        let mut question = Question {
            endpoint,
            parameters,
            signer: Some(signer),
            tries: 0,
        };
        let (asked, offset) = self.offset(&clock, &mut limits).await?;
        let mut result = self.ask(&mut question, offset, &mut limits).await;
        if is_skewed(&result) && question.tries < MAX_TRIES {
            let (_, offset) = self.set_clock(&clock, asked, &mut limits).await?;
            result = self.ask(&mut question, offset, &mut limits).await;
        }
        if is_skewed(&result) {
            clock.forget();
        }
        result
    }

    /// Makes a call that anybody may make, with neither key nor signature, and gives an answer that is
    /// no refusal.
    ///
    /// # Errors
    /// [`ExchangeProblem::RateLimited`] when the gate does not open or the exchange asks to wait,
    /// and whatever the last try fails with.
    pub(super) async fn call_public(
        &self,
        endpoint: &Endpoint,
        parameters: &str,
    ) -> Result<Answer, ExchangeError> {
        let mut question = Question {
            endpoint,
            parameters,
            signer: None,
            tries: 0,
        };
        let mut limits = Limits::new(self.terms.patience);
        self.ask(&mut question, 0, &mut limits).await
    }

    /// Asks until there is an answer, something that another try cannot mend, or no time or try
    /// left.
    async fn ask(
        &self,
        question: &mut Question<'_>,
        offset_ms: i64,
        limits: &mut Limits,
    ) -> Result<Answer, ExchangeError> {
        loop {
            question.tries += 1;
            let result = self.attempt(question, offset_ms, limits).await;
            let is_transient = result.as_ref().is_err_and(ExchangeError::is_transient);
            if !is_transient || question.tries >= MAX_TRIES {
                return result;
            }
            let surroundings = &self.shared.surroundings;
            let dice = (surroundings.dice)();
            let pause = delay(question.tries, surroundings.pace, dice);
            if !limits.time.sleep(pause).await {
                return result;
            }
        }
    }

    async fn attempt(
        &self,
        question: &Question<'_>,
        offset_ms: i64,
        limits: &mut Limits,
    ) -> Result<Answer, ExchangeError> {
        let Endpoint {
            method, path, cost, ..
        } = question.endpoint;
        let charge = Charge {
            place: &self.place,
            path,
            cost: *cost,
            api_key: self.terms.api_key,
            offset_ms,
            yields: yields(question.endpoint),
        };
        let passed = self.shared.gate.pass(&charge, &mut limits.patience).await?;
        let Signed { query, headers } = self.signed(question, offset_ms)?;
        let call = Call {
            method: method.clone(),
            path,
            query: &query,
            headers,
        };
        let transport = &self.shared.transport;
        let ready = transport.ready(self.site, call)?;
        self.terms.journal.spend(cost.weight);
        let sent = limits.time.within(transport.send(ready)).await;
        let sent = sent.unwrap_or(Err(ExchangeError::TimedOut));
        let came = sent.as_ref().ok();
        let came = came.map(|answer| (answer.status, answer.round_trip));
        let result = match sent {
            Ok(answer) => {
                let asked = (question.endpoint, question.parameters);
                self.terms.journal.keep(RawAnswer::new(asked, &answer));
                if let Some(used) = self.protocol.used(&answer, cost.scope) {
                    passed.learn(used);
                }
                self.judge(answer, offset_ms).await
            }
            Err(error) => Err(error),
        };
        self.note(question.endpoint, &passed, came, result.as_ref().err());
        result
    }

    /// Notes how a call ended: the status and the time of its answer, if one came, and what is wrong
    /// with it.
    fn note(
        &self,
        endpoint: &Endpoint,
        passed: &Passed,
        came: Option<(u16, Duration)>,
        error: Option<&ExchangeError>,
    ) {
        let status = came.map(|(status, _)| status);
        let outcome = error.map_or(Outcome::Ok, |error| error.outcome(status));
        let took = came.map(|(_, took)| took);
        let now_ms = self.clocks.local_ms();
        let Cost { budget, scope, .. } = endpoint.cost;
        // That a shorter window is used up is nothing: calls wait for the next.
        let is_long = budget.window_ms >= LONG_WINDOW_MS;
        let ended = Ended {
            place: &self.place,
            environment: self.terms.environment,
            class: endpoint.class,
            weight: endpoint.cost.weight,
            outcome,
            took: took.filter(|_| outcome.is_answer()),
            spent: is_long.then(|| passed.spent(now_ms)),
            lasting: passed.lasting(),
            path: (scope != Scope::Address).then_some(endpoint.path),
        };
        self.shared.vitals.note(&ended, now_ms);
    }

    fn signed(&self, question: &Question<'_>, offset_ms: i64) -> Result<Signed, ExchangeError> {
        let Some(signer) = question.signer else {
            return Ok(Signed {
                query: question.parameters.to_owned(),
                headers: HeaderMap::new(),
            });
        };
        let now_ms = self.clocks.local_ms().saturating_add(offset_ms);
        signer.sign(question.endpoint, question.parameters, now_ms)
    }

    /// Lets an answer through that is no refusal. What asks to wait is heeded by everyone from now.
    async fn judge(&self, answer: Answer, offset_ms: i64) -> Result<Answer, ExchangeError> {
        let now_ms = self.clocks.local_ms().saturating_add(offset_ms);
        let Some(refusal) = self.protocol.refusal(&answer, now_ms) else {
            return Ok(answer);
        };
        if let ExchangeError::Problem(ExchangeProblem::RateLimited { seconds }) = refusal {
            self.shared.gate.pause(&self.place, seconds).await;
        }
        Err(refusal)
    }
}

fn is_skewed(result: &Result<Answer, ExchangeError>) -> bool {
    result.as_ref().is_err_and(ExchangeError::is_clock_skew)
}

/// Whether a call leaves others the half of what they share with it: whoever asks for the past, of a budget
/// that all calls draw on.
fn yields(endpoint: &Endpoint) -> bool {
    endpoint.class == CallClass::History && endpoint.cost.scope == Scope::Address
}

#[cfg(test)]
mod tests;
