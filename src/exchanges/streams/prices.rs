//! A stream of prices from the moment it is opened to its end, whatever the exchange's language.

use std::collections::BTreeMap;

use tokio::time::{Instant, sleep_until};

use super::asked::{Asked, Step, named};
use super::dial::dial;
use super::site::StreamSite;
use super::socket::Socket;
use super::turns::{Rate, Turns};
use super::{PriceListener, PriceWord, StreamEnd, StreamPace};
use crate::domain::amount::Amount;
use crate::domain::market::candle::Fault;
use crate::domain::market::{DayTicker, Pair};
use crate::domain::price::is_old;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::registry::Shared;

/// After how many messages in a row that cannot be read a stream is given up.
const MAX_ODD: u32 = 50;

/// What only one exchange knows of its stream of prices.
pub(in crate::exchanges) trait PriceDialect: Send + Sync {
    /// The exchange's short name.
    fn exchange(&self) -> &'static str;

    /// Where it is.
    fn site(&self) -> &StreamSite;

    /// How often messages may be sent.
    fn rate(&self) -> Rate;

    /// How many pairs one stream may carry, and how many one message may ask for.
    fn most(&self) -> (usize, usize);

    /// How the exchange spells a pair.
    fn name(&self, pair: &Pair) -> String;

    /// The query that asks for the first pairs when the stream is opened, and how many of them it
    /// asks for.
    fn first(&self, names: &[&str]) -> (String, usize);

    /// The message that asks for pairs from now on.
    fn ask(&self, id: u64, names: &[&str]) -> String;

    /// The message that asks for pairs no longer.
    fn leave(&self, id: u64, names: &[&str]) -> String;

    /// What asks whether the other end is still there; `None` where only the exchange asks.
    fn ping(&self) -> Option<&'static str>;

    /// What a message says.
    fn read<'m>(&self, message: &'m str) -> PriceMessage<'m>;
}

/// What a message of a stream of prices says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::exchanges) enum PriceMessage<'m> {
    /// Prices, each with the text it was read from; `None` for a row that cannot be read.
    Tickers(Vec<(Option<Told>, &'m str)>),
    /// A pair that was asked for is not listed.
    Unlisted(String),
    /// That something was understood, or nothing that matters.
    Nothing,
    /// The stream will be closed soon.
    Leaving,
    /// What was asked for is refused.
    Refused(ExchangeProblem),
    /// What no such stream says.
    Odd,
}

/// A price as it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::exchanges) struct Told {
    /// The pair as the exchange spells it.
    pub(in crate::exchanges) name: String,
    pub(in crate::exchanges) last: Amount,
    pub(in crate::exchanges) open: Amount,
    pub(in crate::exchanges) high: Amount,
    pub(in crate::exchanges) low: Amount,
    pub(in crate::exchanges) volume: Amount,
    pub(in crate::exchanges) at: Timestamp,
}

/// A stream that is open.
struct Stream<'a> {
    dialect: &'a dyn PriceDialect,
    socket: Socket,
    pace: StreamPace,
    asked: Asked,
    turns: Turns,
    sent: u64,
    ends_at: Instant,
    /// Whether the other end was asked whether it is there since it was last heard.
    pinged: bool,
    odd: u32,
}

/// Listens to a stream of prices until it ends.
pub(in crate::exchanges) async fn listen(
    shared: &Shared,
    dialect: &dyn PriceDialect,
    mut listener: PriceListener<'_>,
) -> StreamEnd {
    let mut stream = match Stream::open(shared, dialect, &mut listener).await {
        Ok(stream) => stream,
        Err(end) => return end,
    };
    (listener.tell)(PriceWord::Open);
    loop {
        if let Err(end) = stream.run(shared, &mut listener).await {
            return end;
        }
    }
}

impl<'a> Stream<'a> {
    async fn open(
        shared: &Shared,
        dialect: &'a dyn PriceDialect,
        listener: &mut PriceListener<'_>,
    ) -> Result<Self, StreamEnd> {
        let wanted = wanted(dialect, listener);
        if wanted.is_empty() {
            return Err(StreamEnd::Unwanted);
        }
        let names: Vec<_> = wanted.keys().map(String::as_str).collect();
        let (query, first) = dialect.first(&names);
        let (site, pace) = (dialect.site(), listener.pace);
        let socket = dial(shared, (site, &query), 0, pace.opening).await?;
        Ok(Self {
            dialect,
            socket,
            pace,
            asked: Asked::of(wanted.into_iter().take(first)),
            turns: Turns::new(dialect.rate()),
            sent: 0,
            ends_at: Instant::now() + pace.life((shared.surroundings.dice)()),
            pinged: false,
            odd: 0,
        })
    }

    /// Does what is to be done for the pairs that are wanted, and hears what comes, until others are
    /// wanted.
    async fn run(
        &mut self,
        shared: &Shared,
        listener: &mut PriceListener<'_>,
    ) -> Result<(), StreamEnd> {
        let wanted = wanted(self.dialect, listener);
        if wanted.is_empty() {
            return Err(StreamEnd::Unwanted);
        }
        let most = self.dialect.most();
        let mut step = self.asked.step(&wanted, most);
        loop {
            let silence = self.pace.silence / if self.pinged { 1 } else { 2 };
            tokio::select! {
                heard = self.socket.next(silence) => match heard? {
                    Some(message) => self.hear(shared, &message, listener)?,
                    None => self.ping().await?,
                },
                () = sleep_until(self.ends_at) => return Err(StreamEnd::Renew),
                changed = listener.wanted.changed() => {
                    return changed.map_err(|_| StreamEnd::Unwanted);
                }
                () = sleep_until(self.turns.next()), if step.is_some() => {
                    if let Some(step) = step.take() {
                        self.send(step).await?;
                    }
                    step = self.asked.step(&wanted, most);
                }
            }
        }
    }

    async fn send(&mut self, step: Step) -> Result<(), StreamEnd> {
        self.turns.take();
        self.sent += 1;
        match step {
            Step::Ask(new) => {
                let names: Vec<_> = new.iter().map(|(name, _)| name.as_str()).collect();
                let message = self.dialect.ask(self.sent, &names);
                self.socket.send(&message).await?;
                self.asked.ask(new);
            }
            Step::Leave(over) => {
                let names = self.asked.leave(&over);
                if !names.is_empty() {
                    let message = self.dialect.leave(self.sent, &names);
                    self.socket.send(&message).await?;
                }
            }
        }
        Ok(())
    }

    /// Asks once whether the other end is there, then gives it up.
    async fn ping(&mut self) -> Result<(), StreamEnd> {
        if self.pinged {
            return Err(StreamEnd::Broken);
        }
        self.pinged = true;
        match self.dialect.ping() {
            Some(ping) => self.socket.send(ping).await,
            None => Ok(()),
        }
    }

    fn hear(
        &mut self,
        shared: &Shared,
        message: &str,
        listener: &mut PriceListener<'_>,
    ) -> Result<(), StreamEnd> {
        self.pinged = false;
        match self.dialect.read(message) {
            PriceMessage::Tickers(rows) => {
                let now = Timestamp((shared.surroundings.clock)());
                for (told, raw) in rows {
                    let told = told.ok_or(Fault::Unreadable);
                    let ticker = told.and_then(|told| self.ticker(told, now));
                    (listener.tell)(match ticker {
                        Ok(ticker) => PriceWord::Ticker(ticker),
                        Err(fault) => self.refuse(shared, fault, raw, now),
                    });
                }
                self.odd = 0;
            }
            PriceMessage::Unlisted(name) if self.asked.is_unlisted(&name) => (),
            PriceMessage::Nothing => self.odd = 0,
            PriceMessage::Leaving => return Err(StreamEnd::Renew),
            PriceMessage::Refused(problem) => return Err(StreamEnd::Refused(problem)),
            PriceMessage::Unlisted(_) | PriceMessage::Odd => {
                let now = Timestamp((shared.surroundings.clock)());
                (listener.tell)(self.refuse(shared, Fault::Unreadable, message, now));
                self.odd += 1;
                if self.odd >= MAX_ODD {
                    return Err(StreamEnd::Broken);
                }
            }
        }
        Ok(())
    }

    /// The figures, if they can be: of about now, of a pair that was asked for, and at one with each
    /// other, as those of a call.
    fn ticker(&self, told: Told, now: Timestamp) -> Result<DayTicker, Fault> {
        let pair = self.asked.pair(&told.name).ok_or(Fault::UnknownPair)?;
        let ticker = DayTicker {
            pair: pair.clone(),
            last: told.last,
            open: told.open,
            high: told.high,
            low: told.low,
            volume: told.volume,
            at: told.at,
        };
        if is_old(ticker.at, now) {
            return Err(Fault::Stale);
        }
        ticker.check(now)?;
        Ok(ticker)
    }

    /// Counts what is left out.
    fn refuse(&self, shared: &Shared, fault: Fault, raw: &str, now: Timestamp) -> PriceWord {
        let exchange = self.dialect.exchange();
        shared.refusals.note(exchange, fault, raw, now.0);
        PriceWord::Refused
    }
}

/// The pairs that are wanted, as many as one stream carries, as the exchange spells them.
fn wanted(dialect: &dyn PriceDialect, listener: &mut PriceListener<'_>) -> BTreeMap<String, Pair> {
    let (most, _) = dialect.most();
    let wanted = listener.wanted.borrow_and_update();
    named(wanted.iter(), |pair| dialect.name(pair), most)
}
