//! The stream of one account from the moment it is opened to its end, whatever the exchange's language.

use std::convert::Infallible;
use std::sync::Arc;

use tokio::time::{Instant, sleep_until};
use zeroize::Zeroizing;

use super::dial::{dial, note_end};
use super::site::StreamSite;
use super::socket::Socket;
use super::{AccountWord, StreamEnd, StreamPace};
use crate::domain::problem::ExchangeProblem;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::registry::Shared;

/// After how many messages in a row that cannot be read a stream is given up.
const MAX_ODD: u32 = 50;

/// What only one exchange knows of the stream of an account.
pub(in crate::exchanges) trait AccountDialect: Send + Sync {
    /// Where it is.
    fn site(&self) -> &StreamSite;

    /// How far the exchange's clock is ahead of ours, in milliseconds.
    fn ahead_ms(&self) -> i64;

    /// What is said to have the account's changes told, one after the other was accepted. `local_ms`
    /// is this machine's time in epoch milliseconds, UTC.
    ///
    /// # Errors
    /// When the key cannot sign.
    fn steps(&self, local_ms: i64) -> Result<Vec<Zeroizing<String>>, ExchangeError>;

    /// What asks whether the other end is still there; `None` where only the exchange asks.
    fn ping(&self) -> Option<&'static str>;

    /// Reads what messages say, as long as the stream is open. It knows nothing of the key.
    fn reader(&self) -> Reader;
}

/// Says what a message says.
pub(in crate::exchanges) type Reader = Box<dyn Fn(&str) -> AccountMessage + Send + Sync>;

/// What a message of an account's stream says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::exchanges) enum AccountMessage {
    /// What was said last is accepted.
    Accepted,
    /// Something in the account has changed.
    Changed,
    /// Nothing that matters.
    Nothing,
    /// The stream will be closed soon, or tells nothing any more.
    Leaving,
    /// What was said is refused.
    Refused(ExchangeProblem),
    /// What no such stream says.
    Odd,
}

/// The stream of an account that was entered. It holds no key.
pub struct AccountStream {
    shared: Arc<Shared>,
    site: StreamSite,
    socket: Socket,
    pace: StreamPace,
    ends_at: Instant,
    ping: Option<&'static str>,
    read: Reader,
}

impl AccountStream {
    /// Opens the stream of an account, and says there what has its changes told.
    ///
    /// # Errors
    /// [`StreamEnd`], as of a stream that was open.
    pub(in crate::exchanges) async fn enter(
        shared: &Arc<Shared>,
        dialect: &dyn AccountDialect,
        pace: StreamPace,
    ) -> Result<Self, StreamEnd> {
        let site = dialect.site();
        let socket = dial(shared, (site, ""), dialect.ahead_ms(), pace.opening).await?;
        let mut stream = Self {
            shared: Arc::clone(shared),
            site: site.clone(),
            socket,
            pace,
            ends_at: Instant::now() + pace.life((shared.surroundings.dice)()),
            ping: dialect.ping(),
            read: dialect.reader(),
        };
        match stream.introduce(dialect).await {
            Ok(()) => Ok(stream),
            Err(end) => {
                note_end(shared, site, &end).await;
                Err(end)
            }
        }
    }

    /// Tells what the stream tells until it ends. It may be told of nothing but that something changed:
    /// how much, is read.
    pub async fn listen(mut self, tell: &mut (dyn FnMut(AccountWord) + Send)) -> StreamEnd {
        let Err(end) = self.follow(tell).await;
        note_end(&self.shared, &self.site, &end).await;
        end
    }

    async fn follow(
        &mut self,
        tell: &mut (dyn FnMut(AccountWord) + Send),
    ) -> Result<Infallible, StreamEnd> {
        tell(AccountWord::Open);
        let (mut pinged, mut odd) = (false, 0);
        loop {
            let silence = self.pace.silence / if pinged { 1 } else { 2 };
            let heard = tokio::select! {
                heard = self.socket.next(silence) => heard?,
                () = sleep_until(self.ends_at) => return Err(StreamEnd::Renew),
            };
            match heard {
                Some(message) => {
                    pinged = false;
                    hear((self.read)(&message), tell, &mut odd)?;
                }
                None if pinged => return Err(StreamEnd::Broken),
                None => {
                    pinged = true;
                    if let Some(ping) = self.ping {
                        self.socket.send(ping).await?;
                    }
                }
            }
        }
    }

    /// Says what has to be said, one thing after the other was accepted.
    async fn introduce(&mut self, dialect: &dyn AccountDialect) -> Result<(), StreamEnd> {
        let at_most = self.pace.opening;
        let steps = dialect.steps((self.shared.surroundings.clock)());
        for step in steps.map_err(|error| StreamEnd::Refused(error.into_problem()))? {
            self.socket.send(&step).await?;
            let until = Instant::now() + at_most;
            loop {
                let heard = tokio::time::timeout_at(until, self.socket.next(at_most));
                let heard = heard.await.map_err(|_| StreamEnd::Broken)??;
                match (self.read)(&heard.ok_or(StreamEnd::Broken)?) {
                    AccountMessage::Accepted => break,
                    AccountMessage::Leaving => return Err(StreamEnd::Renew),
                    AccountMessage::Refused(problem) => return Err(StreamEnd::Refused(problem)),
                    AccountMessage::Changed | AccountMessage::Nothing | AccountMessage::Odd => {}
                }
            }
        }
        Ok(())
    }
}

/// Tells what a message says. `odd` counts those in a row that cannot be read.
fn hear(
    message: AccountMessage,
    tell: &mut (dyn FnMut(AccountWord) + Send),
    odd: &mut u32,
) -> Result<(), StreamEnd> {
    *odd = match message {
        AccountMessage::Odd => *odd + 1,
        _ => 0,
    };
    match message {
        AccountMessage::Changed => tell(AccountWord::Changed),
        AccountMessage::Leaving => return Err(StreamEnd::Renew),
        AccountMessage::Refused(problem) => return Err(StreamEnd::Refused(problem)),
        AccountMessage::Odd if *odd >= MAX_ODD => return Err(StreamEnd::Broken),
        AccountMessage::Accepted | AccountMessage::Nothing | AccountMessage::Odd => {}
    }
    Ok(())
}
