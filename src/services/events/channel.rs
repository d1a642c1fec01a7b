//! What was told of one person lately, and those who listen.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Receiver, Sender};
use tokio::time::Instant;

use super::MOST_LISTENERS;
use super::look::Seen;
use crate::domain::progress::SyncProgress;
use crate::domain::report::SyncReport;

/// How many pieces of news are kept, and how far a listener may lag behind.
const KEPT: usize = 256;

/// A piece of news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A sync of all connections has come this far.
    Progress(SyncProgress),
    /// A sync of one connection is over.
    Run {
        /// The id it is kept under.
        id: String,
        /// What it did.
        report: SyncReport,
    },
}

/// A piece of news and its place among all of them.
#[derive(Clone, Debug)]
pub struct Told {
    /// The process that tells, and a number that grows: `0193d6f0-17`.
    pub id: String,
    /// The news.
    pub news: Arc<News>,
}

/// What a listener hears next.
#[derive(Clone, Debug)]
pub enum Heard {
    /// News.
    Told(Told),
    /// Something was missed: what is known may be old.
    Lost,
    /// Nothing more is told.
    Over,
}

/// What was told of one person lately, and those who listen.
#[derive(Debug)]
pub struct Channel {
    kept: Mutex<Kept>,
    news: Sender<Told>,
    /// What was stored when it was last looked at; whoever looks holds it.
    pub(super) seen: tokio::sync::Mutex<Option<Seen>>,
}

#[derive(Debug)]
struct Kept {
    /// The number of the next piece of news.
    next: u64,
    told: VecDeque<Told>,
    listeners: usize,
    left_at: Instant,
}

impl Default for Channel {
    fn default() -> Self {
        Self {
            kept: Mutex::new(Kept {
                next: 1,
                told: VecDeque::new(),
                listeners: 0,
                left_at: Instant::now(),
            }),
            news: broadcast::channel(KEPT).0,
            seen: tokio::sync::Mutex::default(),
        }
    }
}

impl Channel {
    /// Tells everybody who listens, and keeps it for those who come back.
    pub(super) fn tell(&self, replica: &str, news: News) {
        let mut kept = self.kept();
        let told = Told {
            id: format!("{}{}", prefix(replica), kept.next),
            news: Arc::new(news),
        };
        kept.next += 1;
        if kept.told.len() >= KEPT {
            kept.told.pop_front();
        }
        kept.told.push_back(told.clone());
        // Nobody may be listening.
        let _ = self.news.send(told);
    }

    /// Listens from now on, or from after what was heard last; `None` when there are too many.
    pub(super) fn listen(self: &Arc<Self>, replica: &str, last: Option<&str>) -> Option<Listening> {
        let mut kept = self.kept();
        if kept.listeners >= MOST_LISTENERS {
            return None;
        }
        kept.listeners += 1;
        let missed = last.map(|last| kept.after(replica, last));
        Some(Listening {
            lost: matches!(missed, Some(None)),
            missed: missed.flatten().unwrap_or_default(),
            news: self.news.subscribe(),
            channel: Arc::clone(self),
        })
    }

    /// Puts off the time when it is forgotten.
    pub(super) fn touch(&self) {
        self.kept().left_at = Instant::now();
    }

    /// Whether nobody has listened for so long.
    pub(super) fn is_left_for(&self, long: Duration) -> bool {
        let kept = self.kept();
        kept.listeners == 0 && kept.left_at.elapsed() >= long
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// What was told after a piece of news; `None` when that is not known any more, or was never
    /// told here.
    fn after(&self, replica: &str, last: &str) -> Option<VecDeque<Told>> {
        let number: u64 = last.strip_prefix(&prefix(replica))?.parse().ok()?;
        let first = self.next - u64::try_from(self.told.len()).ok()?;
        if number >= self.next || number + 1 < first {
            return None;
        }
        let known = usize::try_from(number + 1 - first).ok()?;
        Some(self.told.iter().skip(known).cloned().collect())
    }
}

/// What the ids of a process begin with.
fn prefix(replica: &str) -> String {
    format!("{}-", replica.get(..8).unwrap_or(replica))
}

/// Somebody who listens, until it is dropped.
#[derive(Debug)]
pub struct Listening {
    channel: Arc<Channel>,
    missed: VecDeque<Told>,
    lost: bool,
    news: Receiver<Told>,
}

impl Listening {
    /// Waits for what comes next. Whoever is too slow hears that something was missed, and goes on
    /// with what is kept.
    pub async fn next(&mut self) -> Heard {
        if std::mem::take(&mut self.lost) {
            return Heard::Lost;
        }
        if let Some(told) = self.missed.pop_front() {
            return Heard::Told(told);
        }
        match self.news.recv().await {
            Ok(told) => Heard::Told(told),
            Err(RecvError::Lagged(_)) => Heard::Lost,
            Err(RecvError::Closed) => Heard::Over,
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut kept = self.channel.kept();
        kept.listeners -= 1;
        kept.left_at = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::timestamp::Timestamp;

    const REPLICA: &str = "0193d6f0c1e74d7f";

    fn news(number: usize) -> News {
        News::Run {
            id: number.to_string(),
            report: SyncReport::empty("a", "A", Timestamp(0)),
        }
    }

    fn told(numbers: std::ops::RangeInclusive<usize>) -> Arc<Channel> {
        let channel = Arc::new(Channel::default());
        for number in numbers {
            channel.tell(REPLICA, news(number));
        }
        channel
    }

    async fn heard(listening: &mut Listening) -> String {
        match listening.next().await {
            Heard::Told(told) => told.id,
            Heard::Lost => "lost".to_owned(),
            Heard::Over => "over".to_owned(),
        }
    }

    #[tokio::test]
    async fn whoever_comes_back_hears_what_was_told_meanwhile() {
        let channel = told(1..=3);
        let mut back = channel.listen(REPLICA, Some("0193d6f0-1")).unwrap();
        channel.tell(REPLICA, news(4));
        for wanted in ["0193d6f0-2", "0193d6f0-3", "0193d6f0-4"] {
            assert_eq!(heard(&mut back).await, wanted);
        }
    }

    #[tokio::test]
    async fn what_is_not_known_any_more_is_told_as_lost() {
        let channel = told(1..=KEPT + 2);
        for last in ["0193d6f0-1", "0193d6f0-9999", "ffffffff-3", "", "\u{0}"] {
            let mut back = channel.listen(REPLICA, Some(last)).unwrap();
            assert_eq!(heard(&mut back).await, "lost", "{last}");
        }
        let mut back = channel.listen(REPLICA, Some("0193d6f0-2")).unwrap();
        assert_eq!(heard(&mut back).await, "0193d6f0-3");
    }

    #[tokio::test]
    async fn whoever_is_too_slow_goes_on_with_what_is_kept() {
        let channel = Arc::new(Channel::default());
        let mut slow = channel.listen(REPLICA, None).unwrap();
        for number in 0..KEPT + 10 {
            channel.tell(REPLICA, news(number));
        }
        assert_eq!(heard(&mut slow).await, "lost");
        assert_eq!(heard(&mut slow).await, "0193d6f0-11");
        assert_eq!(channel.kept().told.len(), KEPT);
    }

    #[tokio::test]
    async fn only_so_many_listen_at_once() {
        let channel = told(1..=1);
        let mut all: Vec<_> = (0..MOST_LISTENERS)
            .map(|_| channel.listen(REPLICA, None).unwrap())
            .collect();
        assert!(channel.listen(REPLICA, None).is_none());
        assert!(!channel.is_left_for(Duration::ZERO));
        all.pop();
        assert!(channel.listen(REPLICA, None).is_some());
        all.clear();
        assert!(channel.is_left_for(Duration::ZERO));
    }
}
