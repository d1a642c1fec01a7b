//! The one error of this room.

use crate::domain::health::Outcome;
use crate::domain::problem::ExchangeProblem;
use crate::domain::wallet::WalletRead;

/// Why a call to an exchange gave nothing, or why the clients could not be set up. It holds no
/// text of the exchange, no address and no part of a key.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// Something people are told about.
    #[error("the exchange call failed: {}", .0.code())]
    Problem(ExchangeProblem),
    /// Trouble that may be gone at the next try: no answer, half of one, or the exchange's word that
    /// it cannot answer at the moment. What is not this is not tried again.
    #[error("the exchange does not answer at the moment")]
    Transient,
    /// No answer in time, which may be otherwise at the next try.
    #[error("the exchange does not answer in time")]
    TimedOut,
    /// The key is good, but may not use this endpoint.
    #[error("the key may not use this endpoint")]
    NoPermission,
    /// This account or environment does not have what was asked for.
    #[error("the account or environment does not have this")]
    NotAvailable,
    /// The request is not on the exchange's allow-list. It was not sent.
    #[error("the request is not on the allow-list and was not sent")]
    NotAllowed,
    /// A base URL that keys must not be sent to.
    #[error(
        "the base URL must be https, or http on a loopback address, and nothing but scheme, host and port"
    )]
    BadHost,
    /// The HTTP client could not be set up, as when the system has no root certificates.
    #[error("the HTTPS client could not be set up; are the system's root certificates installed?")]
    NoClient(#[source] reqwest::Error),
    /// Streams could not be set up, as when the system has no root certificates.
    #[error("streams could not be set up; are the system's root certificates installed?")]
    NoTls(#[source] rustls::Error),
}

impl ExchangeError {
    /// Whether the same call may succeed when made again.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self, Self::Transient | Self::TimedOut)
    }

    /// What a call that was sent came to; `status` is that of its answer, if one came.
    pub(super) fn outcome(&self, status: Option<u16>) -> Outcome {
        match self {
            Self::TimedOut => Outcome::Timeout,
            Self::Transient if status.is_some() => Outcome::ServerError,
            Self::Transient
            | Self::NotAllowed
            | Self::BadHost
            | Self::NoClient(_)
            | Self::NoTls(_) => Outcome::Unreachable,
            Self::NoPermission | Self::NotAvailable => Outcome::Refused,
            Self::Problem(problem) => outcome_of(problem, status),
        }
    }

    /// Whether the exchange found the time of the call wrong.
    pub(super) fn is_clock_skew(&self) -> bool {
        matches!(self, Self::Problem(ExchangeProblem::ClockSkew))
    }

    /// What people are told when a call without a wallet of its own fails.
    pub(super) fn into_problem(self) -> ExchangeProblem {
        match self {
            Self::Problem(problem) => problem,
            Self::Transient | Self::TimedOut => ExchangeProblem::Unavailable,
            Self::NoPermission
            | Self::NotAvailable
            | Self::NotAllowed
            | Self::BadHost
            | Self::NoClient(_)
            | Self::NoTls(_) => ExchangeProblem::BadResponse,
        }
    }

    /// The outcome of the wallet whose call failed.
    pub(super) fn into_read(self) -> WalletRead {
        match self {
            Self::NoPermission => WalletRead::NoPermission,
            Self::NotAvailable => WalletRead::NotAvailable,
            other => WalletRead::Failed(other.into_problem()),
        }
    }
}

fn outcome_of(problem: &ExchangeProblem, status: Option<u16>) -> Outcome {
    match problem {
        ExchangeProblem::RateLimited { .. } if matches!(status, Some(403 | 418)) => Outcome::Banned,
        ExchangeProblem::RateLimited { .. } => Outcome::RateLimited,
        ExchangeProblem::Unavailable => Outcome::ServerError,
        ExchangeProblem::ClockSkew => Outcome::Clock,
        ExchangeProblem::RegionBlocked => Outcome::Refused,
        ExchangeProblem::BadResponse => Outcome::BadAnswer,
        ExchangeProblem::InvalidCredentials(_)
        | ExchangeProblem::WrongPassphrase
        | ExchangeProblem::ExcessPermissions(_)
        | ExchangeProblem::UnknownPermissions
        | ExchangeProblem::IpNotAllowed { .. }
        | ExchangeProblem::WrongRegion => Outcome::Key,
    }
}

impl From<ExchangeProblem> for ExchangeError {
    fn from(problem: ExchangeProblem) -> Self {
        Self::Problem(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::problem::BadKey;

    #[test]
    fn what_a_call_came_to_is_told_by_its_status_and_its_meaning() {
        let slow = || ExchangeError::from(ExchangeProblem::RateLimited { seconds: 9 });
        let key = ExchangeProblem::InvalidCredentials(BadKey::Unknown);
        for (error, status, outcome) in [
            (ExchangeError::TimedOut, None, Outcome::Timeout),
            (ExchangeError::Transient, None, Outcome::Unreachable),
            (ExchangeError::Transient, Some(503), Outcome::ServerError),
            (
                ExchangeProblem::Unavailable.into(),
                Some(408),
                Outcome::ServerError,
            ),
            (slow(), Some(429), Outcome::RateLimited),
            (slow(), Some(200), Outcome::RateLimited),
            (slow(), Some(418), Outcome::Banned),
            (slow(), Some(403), Outcome::Banned),
            (ExchangeProblem::ClockSkew.into(), Some(400), Outcome::Clock),
            (key.into(), Some(401), Outcome::Key),
            (
                ExchangeProblem::RegionBlocked.into(),
                Some(451),
                Outcome::Refused,
            ),
            (ExchangeError::NotAvailable, Some(404), Outcome::Refused),
            (
                ExchangeProblem::BadResponse.into(),
                Some(200),
                Outcome::BadAnswer,
            ),
        ] {
            assert_eq!(error.outcome(status), outcome, "{error} {status:?}");
        }
    }
}
