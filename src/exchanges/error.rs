//! The one error of this room.

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
}

impl ExchangeError {
    /// Whether the same call may succeed when made again.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self, Self::Transient)
    }

    /// Whether it is the exchange's word that it cannot answer now, or the lack of any.
    pub(super) fn is_no_answer(&self) -> bool {
        let limited = matches!(self, Self::Problem(ExchangeProblem::RateLimited { .. }));
        limited
            || matches!(
                self,
                Self::Transient | Self::Problem(ExchangeProblem::Unavailable)
            )
    }

    /// Whether the exchange found the time of the call wrong.
    pub(super) fn is_clock_skew(&self) -> bool {
        matches!(self, Self::Problem(ExchangeProblem::ClockSkew))
    }

    /// What people are told when a call without a wallet of its own fails.
    pub(super) fn into_problem(self) -> ExchangeProblem {
        match self {
            Self::Problem(problem) => problem,
            Self::Transient => ExchangeProblem::Unavailable,
            Self::NoPermission
            | Self::NotAvailable
            | Self::NotAllowed
            | Self::BadHost
            | Self::NoClient(_) => ExchangeProblem::BadResponse,
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

impl From<ExchangeProblem> for ExchangeError {
    fn from(problem: ExchangeProblem) -> Self {
        Self::Problem(problem)
    }
}
