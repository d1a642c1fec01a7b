//! What time it is where a call goes.

use std::sync::Arc;

use super::{Caller, Question};
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::clock::{Reading, SiteClock, clock_reading};
use crate::exchanges::error::ExchangeError;
use crate::exchanges::retry::Limits;

impl Caller<'_> {
    /// The moment by the site's clock. The site is asked for it if that is not known.
    ///
    /// # Errors
    /// Whatever the question for the time fails with.
    pub(in crate::exchanges) async fn now(&self) -> Result<Timestamp, ExchangeError> {
        let ahead_ms = self.ahead_ms().await?;
        Ok(Timestamp(self.clocks.local_ms()).plus_ms(ahead_ms))
    }

    /// How far the site's clock is ahead of ours, in milliseconds. The site is asked if that is not
    /// known.
    ///
    /// # Errors
    /// Whatever the question for the time fails with.
    pub(in crate::exchanges) async fn ahead_ms(&self) -> Result<i64, ExchangeError> {
        let clock = self.clocks.site(self.site.base.as_str());
        let mut limits = Limits::new(self.terms.patience);
        let (_, offset_ms) = self.offset(&clock, &mut limits).await?;
        Ok(offset_ms)
    }

    /// Asks the site for its time, whatever is known of it. When that fails, what is known stays.
    ///
    /// # Errors
    /// Whatever the question fails with.
    pub(in crate::exchanges) async fn server_time(&self) -> Result<Timestamp, ExchangeError> {
        let clock = self.clocks.site(self.site.base.as_str());
        let mut limits = Limits::new(self.terms.patience);
        let turn = limits.time.within(clock.asking.lock()).await;
        let _turn = turn.ok_or(ExchangeProblem::Unavailable)?;
        let offset_ms = self.ask_time(&mut limits).await?;
        clock.keep(Ok(offset_ms));
        Ok(Timestamp(self.clocks.local_ms()).plus_ms(offset_ms))
    }

    /// Forgets the site's time, which turned out wrong.
    pub(in crate::exchanges) fn forget_time(&self) {
        self.clocks.site(self.site.base.as_str()).forget();
    }

    /// How often the site was asked for its time, and how far that is ahead of ours.
    pub(super) async fn offset(
        &self,
        clock: &Arc<SiteClock>,
        limits: &mut Limits,
    ) -> Result<(u64, i64), ExchangeError> {
        let known = clock.reading();
        match known.offset_ms {
            Some(Ok(offset)) => Ok((known.asked, offset)),
            _ => self.set_clock(clock, known.asked, limits).await,
        }
    }

    /// Asks the site for its time, unless somebody else has done so since it was asked so often.
    pub(super) async fn set_clock(
        &self,
        clock: &Arc<SiteClock>,
        asked: u64,
        limits: &mut Limits,
    ) -> Result<(u64, i64), ExchangeError> {
        let turn = limits.time.within(clock.asking.lock()).await;
        let _turn = turn.ok_or(ExchangeProblem::Unavailable)?;
        let mut reading = clock.reading();
        if reading.asked == asked || reading.offset_ms.is_none() {
            let offset = self.ask_time(limits).await;
            reading = clock.keep(offset.map_err(ExchangeError::into_problem));
        }
        let Reading { asked, offset_ms } = reading;
        Ok((asked, offset_ms.ok_or(ExchangeProblem::ClockSkew)??))
    }

    async fn ask_time(&self, limits: &mut Limits) -> Result<i64, ExchangeError> {
        let mut question = Question {
            endpoint: &self.protocol.time(),
            parameters: "",
            signer: None,
            tries: 0,
        };
        let answer = self.ask(&mut question, 0, limits).await?;
        let theirs_ms = self.protocol.read_time(answer.text()?)?;
        let ours_ms = self.clocks.local_ms();
        let reading = clock_reading(theirs_ms, answer.round_trip, ours_ms);
        self.shared.vitals.note_clock(&self.place, reading);
        Ok(reading.offset_ms)
    }
}
