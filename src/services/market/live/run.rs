//! Keeping the stream of one exchange open while somebody watches, and reading prices by calls while it
//! is not.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout};

use super::board::Board;
use crate::domain::exchange::ExchangeId;
use crate::domain::market::Pair;
use crate::domain::price::Book;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::{PriceListener, PriceWord, StreamEnd, back_off};
use crate::services::market::days;
use crate::services::{State, prices};

/// How many pairs a stream carries.
const CARRIED: usize = 1_000;
/// How long a stream must have lived to count as one that worked.
const WORKED: Duration = Duration::from_secs(60);
/// The longest an exchange is left alone that refused its stream.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Keeps the stream of an exchange open while somebody watches, until the program stops.
pub(in crate::services) async fn run(
    state: State,
    exchange: ExchangeId,
    mut stop: watch::Receiver<bool>,
) {
    let feed = Feed {
        board: Arc::clone(&state.live),
        gap: Notify::new(),
        state,
        exchange,
    };
    let (tell, wanted) = watch::channel(Arc::default());
    tokio::select! {
        () = feed.keep(&tell) => (),
        () = feed.stream(wanted) => (),
        () = feed.fill() => (),
        _ = stop.wait_for(|stop| *stop) => (),
    }
    feed.board.closed(&feed.exchange);
}

struct Feed {
    state: State,
    exchange: ExchangeId,
    board: Arc<Board>,
    /// Something may have been missed.
    gap: Notify,
}

impl Feed {
    /// Tells the stream which pairs are wanted, as that changes. Of a pair that is new, what is known
    /// is told at once.
    async fn keep(&self, tell: &watch::Sender<Arc<BTreeSet<Pair>>>) {
        let mut watched = self.board.watched();
        let pace = &self.state.settings.pace;
        let mut last = BTreeSet::new();
        loop {
            let pairs = self.board.wanted(pace.linger);
            if pairs.is_empty() {
                tell.send_replace(Arc::default());
            } else if pairs != last {
                let called = self.read().await;
                let listed = |pair: &&Pair| match &called {
                    Some(called) => called.lists(pair),
                    // Whoever lists what is not known: the exchange says so itself.
                    None => true,
                };
                tell.send_replace(Arc::new(pairs.iter().filter(listed).cloned().collect()));
            }
            let is_watched = !pairs.is_empty();
            last = pairs;
            if is_watched {
                // Now and then it is looked whether nobody watches something any more.
                let often = pace.idle.min(pace.linger.max(Duration::from_millis(10)));
                let _ = timeout(often, watched.changed()).await;
            } else if watched.changed().await.is_err() {
                return;
            }
        }
    }

    /// Opens the stream, again and again, ever later while it does not work.
    async fn stream(&self, mut wanted: watch::Receiver<Arc<BTreeSet<Pair>>>) {
        let Some(client) = self.state.registry.find(&self.exchange) else {
            return std::future::pending().await;
        };
        let pace = self.state.settings.pace.streams;
        let mut broken = 0;
        loop {
            if wanted.wait_for(|pairs| !pairs.is_empty()).await.is_err() {
                return;
            }
            let begun = Instant::now();
            let mut tell = |word| self.hear(word);
            let listener = PriceListener {
                wanted: wanted.clone(),
                pace,
                tell: &mut tell,
            };
            let end = client.stream_prices(listener).await;
            self.board.closed(&self.exchange);
            tracing::info!(exchange = %self.exchange, end = ?end, "a stream of prices ended");
            broken = if begun.elapsed() < WORKED {
                broken + 1
            } else {
                1
            };
            let dice = (self.state.dice)();
            match end {
                StreamEnd::Unwanted => {
                    broken = 0;
                    // Of the same pairs, it would carry none once more.
                    if wanted.changed().await.is_err() {
                        return;
                    }
                }
                StreamEnd::Refused(ExchangeProblem::RateLimited { seconds }) => {
                    sleep(Duration::from_secs(seconds).min(LONGEST)).await;
                }
                StreamEnd::Renew | StreamEnd::Broken | StreamEnd::Refused(_) => {
                    sleep(back_off(broken, pace, dice)).await;
                }
            }
        }
    }

    fn hear(&self, word: PriceWord) {
        let now = self.state.clock.now();
        match word {
            PriceWord::Open => {
                self.board.opened(&self.exchange, now);
                self.gap.notify_one();
            }
            PriceWord::Ticker(ticker) => self.board.tell(&self.exchange, &ticker, now),
            PriceWord::Refused => self.board.left_out(&self.exchange),
        }
    }

    /// Reads prices by a call after every gap, and again and again while the stream is not open or does
    /// not carry all that is watched.
    async fn fill(&self) {
        let every = self.state.settings.pace.idle;
        let mut gap: Option<Timestamp> = None;
        loop {
            if timeout(every, self.gap.notified()).await.is_ok() {
                gap = Some(self.state.clock.now());
            }
            let stands = self.board.state_of(&self.exchange);
            let needed = gap.is_some() || stands.falling_back || stands.pairs > CARRIED;
            if stands.pairs > 0 && needed {
                let called = self.read().await;
                let closes =
                    |gap: &mut Timestamp| called.is_some_and(|it| it.book.taken_at >= *gap);
                gap.take_if(closes);
            }
        }
    }

    /// The newest prices by calls, which are told where they are newer than what is known. The list of
    /// all is read at most once a minute, whoever asks; what it does not tell is read by name, if the
    /// exchange trades it.
    async fn read(&self) -> Option<Called> {
        let (state, exchange) = (&self.state, &self.exchange);
        let market = prices::market(state).await;
        let mut books = market.books().iter();
        let book = books.find(|book| book.exchange == *exchange)?;
        let pairs = self.board.pairs();
        let is_untold = |pair: &&Pair| book.quote(&pair.base, &pair.quote).is_none();
        let untold: Vec<Pair> = pairs.iter().filter(is_untold).cloned().collect();
        let by_name = days::of(state, exchange, &untold).await.into_iter();
        let by_name = by_name.map(|day| day.pair).collect();
        let known = days::known(state, exchange, &pairs);
        self.board.tell_called(book, &known, state.clock.now());
        let book = Arc::clone(book);
        Some(Called { book, by_name })
    }
}

/// What calls told.
struct Called {
    book: Arc<Book>,
    /// The pairs that the exchange trades, or may trade, and the book does not tell.
    by_name: BTreeSet<Pair>,
}

impl Called {
    fn lists(&self, pair: &Pair) -> bool {
        self.book.quote(&pair.base, &pair.quote).is_some() || self.by_name.contains(pair)
    }
}
