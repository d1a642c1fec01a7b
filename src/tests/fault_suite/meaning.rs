//! What a fault comes to: what the person sees, what the database holds, how often is asked.

use coffer::sandbox::Exchange;

use super::row::Strike;

/// How often a call that may succeed the next time is sent.
const TRIES: usize = 3;

/// What a fault means, whatever it looks like on the wire.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// Nothing the person would notice; the number of key calls.
    Mended(usize),
    /// The exchange is away; trying again may help.
    Away,
    /// The exchange is away, by its own word for this call only: it is not sent again.
    AwayAtOnce,
    /// The answer is not what it should be; trying again does not help.
    Odd,
    /// The exchange asks to wait for so many seconds.
    Wait(u64),
    /// The key may not ask this.
    NoPermission,
    /// The account or the environment does not have this.
    NotThere,
    /// The clocks do not agree, and go on to disagree.
    Clock,
    /// Only the person can mend it, who is told this.
    Attention(&'static str),
    /// The struck wallet is read: so many rows cannot be read, and these assets are held then.
    Rows(usize, Vec<(String, String)>),
}

/// What a wallet holds after a sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// To the byte what it held before.
    AsBefore,
    /// What the exchange holds now.
    AsNow,
    /// Either of the two, as wallets are read at the same time.
    AsBeforeOrNow,
    /// These assets and totals.
    These(Vec<(String, String)>),
}

/// What must hold after a sync with the fault in force.
#[derive(Clone, Debug)]
pub struct Then {
    /// The connection's status: one of these.
    pub status: &'static [&'static str],
    /// Words of the notice above it.
    pub told: String,
    /// How often the struck calls arrived.
    pub calls: usize,
    /// What the wallet holds that was not struck.
    pub sound: Holds,
    /// What the wallet holds that was struck.
    pub struck: Holds,
}

pub const UNKNOWN: &str = "does not accept this key";
pub const WRONG_SECRET: &str = "says the secret key does not belong to this API key.";
pub const WRONG_ENVIRONMENT: &str = "This key belongs to the other environment.";
pub const MALFORMED: &str = "This is not an API key of";
pub const FROZEN: &str = "has blocked this key or its account.";
pub const PASSPHRASE: &str = "says the passphrase is not the key's.";
pub const ADDRESS: &str = "This key does not allow the address";
pub const WRONG_REGION: &str = "No regional site of OKX knows this key.";
pub const BLOCKED: &str = "does not serve the country this server is in.";
const UP_TO_DATE: &[&str] = &["Up to date"];
const PARTIAL: &[&str] = &["Partial"];
const PAUSED: &[&str] = &["Paused"];
const PARTIAL_OR_PAUSED: &[&str] = &["Partial", "Paused"];
const ATTENTION: &[&str] = &["Needs attention"];
const AWAY: &str = "does not answer at the moment.";
const ODD: &str = "sent an answer that could not be understood.";
const WAIT: &str = "asks to slow down.";
const CLOCK: &str = "The clock of this server and that of";
const NOT_TOLD: &str = "does not say what this key may do";
const CANNOT_READ: &str = "This key has no right to read.";

impl Meaning {
    /// What must hold after a sync with the fault in force.
    pub fn then(&self, exchange: Exchange, strike: Strike) -> Then {
        match (self, strike) {
            (Self::Mended(calls), _) => Then {
                status: UP_TO_DATE,
                told: "Synced 3 assets".to_owned(),
                calls: *calls,
                sound: Holds::AsNow,
                struck: Holds::AsNow,
            },
            (Self::Rows(unreadable, held), _) => rows(*unreadable, held),
            // Every live account there has this wallet, so its absence is not believed.
            (Self::NotThere, Strike::Wallet) if exchange == Exchange::Okx => Self::Odd.of_wallet(),
            (_, Strike::Wallet) => self.of_wallet(),
            _ => self.of_connection(exchange, strike),
        }
    }

    /// For how many seconds nobody asks the exchange afterwards.
    pub fn pause_seconds(&self) -> Option<u64> {
        match self {
            Self::Wait(seconds) => Some(*seconds),
            _ => None,
        }
    }

    /// One wallet is not read, the other is.
    fn of_wallet(&self) -> Then {
        let (told, calls) = match self {
            Self::NoPermission => ("Funding no permission", 1),
            Self::NotThere => ("Funding not available", 1),
            other => other.plain(),
        };
        // Whoever has not asked before the wish to wait came does not ask any more.
        let waits = matches!(self, Self::Wait(_));
        Then {
            status: if waits { PARTIAL_OR_PAUSED } else { PARTIAL },
            told: told.to_owned(),
            calls,
            sound: if waits {
                Holds::AsBeforeOrNow
            } else {
                Holds::AsNow
            },
            struck: Holds::AsBefore,
        }
    }

    /// Nothing is read.
    fn of_connection(&self, exchange: Exchange, strike: Strike) -> Then {
        use Exchange::{Binance, Okx};
        let (told, calls) = match (self, exchange, strike) {
            // A key whose rights are not told is proven by its account, which is not enough for
            // one that was judged before.
            (Self::NoPermission | Self::NotThere, Binance, Strike::Key) => (NOT_TOLD, 1),
            (Self::NoPermission, Binance, _) => (UNKNOWN, 2),
            (Self::NotThere, Binance, _) => (ODD, 2),
            (Self::NoPermission, Okx, _) => (CANNOT_READ, 1),
            (Self::NotThere, Okx, _) => (ODD, 1),
            (other, _, _) => other.plain(),
        };
        let waits = [AWAY, ODD, WAIT].contains(&told);
        Then {
            status: if waits { PAUSED } else { ATTENTION },
            told: told.to_owned(),
            calls,
            sound: Holds::AsBefore,
            struck: Holds::AsBefore,
        }
    }

    /// Words and number of calls that are the same wherever it strikes.
    fn plain(&self) -> (&'static str, usize) {
        match self {
            Self::Away => (AWAY, TRIES),
            Self::AwayAtOnce => (AWAY, 1),
            Self::Wait(_) => (WAIT, 1),
            Self::Clock => (CLOCK, 2),
            Self::Attention(told) => (told, 1),
            _ => (ODD, 1),
        }
    }
}

fn rows(unreadable: usize, held: &[(String, String)]) -> Then {
    let told = match unreadable {
        0 => "Synced".to_owned(),
        1 => "Funding: 1 row could not be read".to_owned(),
        many => format!("Funding: {many} rows could not be read"),
    };
    Then {
        status: if unreadable == 0 { UP_TO_DATE } else { PARTIAL },
        told,
        calls: 1,
        sound: Holds::AsNow,
        struck: Holds::These(held.to_vec()),
    }
}
