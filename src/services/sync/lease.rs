//! The right to sync a connection, given back when it is let go.

use crate::domain::exchange::ExchangeId;
use crate::error::Problem;
use crate::services::{State, WriteError, storage_problem};
use crate::storage::leases::{self, Claim, Due, Term, Wanted};
use crate::storage::{self, StorageError};

/// The right to sync one connection, until it is dropped or the process dies.
#[derive(Debug)]
pub struct Lease {
    state: State,
    claim: Claim,
    over: bool,
}

impl Lease {
    /// Takes the right to sync a person's connection.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::SyncUnderWay`], [`Problem::Unavailable`].
    pub async fn take(state: &State, user_id: &str, id: &str) -> Result<Self, Problem> {
        let (own, user, connection) = (state.clone(), user_id.to_owned(), id.to_owned());
        let claim = state
            .db
            .write_passing::<_, WriteError, _>(move |db| {
                Box::pin(async move {
                    let term = own.term();
                    if let Some(claim) = leases::claim(db, &user, &connection, term).await? {
                        return Ok(claim);
                    }
                    let found =
                        storage::connections::find(db, &user, &connection, term.now).await?;
                    Err(WriteError::Problem(match found {
                        Some(_) => Problem::SyncUnderWay,
                        None => Problem::NotFound,
                    }))
                })
            })
            .await?;
        Ok(Self::of(state, claim))
    }

    /// Takes the right to sync connections of an exchange whose turn has come, at most so many.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn take_due(
        state: &State,
        exchange: &ExchangeId,
        kind: Due,
        limit: i64,
    ) -> Result<Vec<Self>, StorageError> {
        let (own, exchange) = (state.clone(), exchange.clone());
        let claims = state
            .db
            .write_passing::<_, StorageError, _>(move |db| {
                Box::pin(async move {
                    let wanted = Wanted {
                        exchange: &exchange,
                        kind,
                        limit,
                    };
                    leases::claim_due(db, &wanted, own.term()).await
                })
            })
            .await?;
        let lease = |claim| Self::of(state, claim);
        Ok(claims.into_iter().map(lease).collect())
    }

    fn of(state: &State, claim: Claim) -> Self {
        state.hold(&claim.connection_id, claim.token);
        Self {
            state: state.clone(),
            claim,
            over: false,
        }
    }

    /// What was claimed.
    #[must_use]
    pub fn claim(&self) -> &Claim {
        &self.claim
    }

    /// Lets go of what was given back with the report, or belongs to somebody else by now.
    pub(super) fn over(mut self) {
        self.over = true;
    }
}

impl State {
    /// A lease that begins now.
    fn term(&self) -> Term<'_> {
        let now = self.clock.now();
        Term {
            holder: &self.replica,
            now,
            until: self.settings.pace.lease_from(now),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.state
            .let_go(&self.claim.connection_id, self.claim.token);
        if self.over {
            return;
        }
        // Where nothing can be started any more, the lease lapses by itself.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(give_back(self.state.clone(), self.claim.clone()));
        }
    }
}

async fn give_back(state: State, claim: Claim) {
    let holder = state.replica.clone();
    let given = state
        .db
        .write::<_, StorageError, _>(move |db| {
            Box::pin(async move {
                leases::give_back(db, &claim.connection_id, &holder, claim.token).await
            })
        })
        .await;
    // Not renewed any more, it lapses soon.
    let _ = given.map_err(storage_problem);
}
