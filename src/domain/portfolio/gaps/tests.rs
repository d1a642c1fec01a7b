//! Which wallet is old or lacking, and in which words.

use super::*;
use crate::domain::exchange::{Environment, ExchangeId};
use crate::domain::problem::ExchangeProblem;
use crate::domain::report::{Failure, Step};
use crate::domain::rights::KeyRights;
use crate::domain::wallet::WalletName;

const HOUR_MS: i64 = 3_600_000;
/// An hour of the year 1970, far enough from its beginning.
const NOW: Timestamp = Timestamp(1_000 * HOUR_MS);

/// A wallet that was read so many hours ago.
fn wallet(name: &str, outcome: Outcome, holdings: usize, hours: i64) -> WalletSummary {
    WalletSummary {
        name: WalletName::new(name),
        outcome,
        holdings,
        unreadable: 0,
        problem: None,
        read_at: Some(NOW.plus_ms(-hours * HOUR_MS)),
    }
}

fn connection(status: ConnectionStatus, wallets: Vec<WalletSummary>) -> Connection {
    Connection {
        id: "c".into(),
        exchange: ExchangeId::new("okx"),
        label: "Main".into(),
        environment: Environment::Live,
        region: None,
        key_hint: "eh8A".into(),
        rights: KeyRights::unknown(),
        status,
        last_failure: None,
        last_synced_at: None,
        wallets,
        portfolio_id: "p".into(),
        ignore_below: None,
        created_at: NOW,
        overview: None,
        due_at: None,
        syncing: false,
        paused_until: None,
        following: Default::default(),
    }
}

/// The reasons, those that tell of age alone marked.
fn told(connection: &Connection) -> Vec<(String, bool)> {
    let freshness = Freshness {
        now: NOW,
        old_before: NOW.plus_ms(-24 * HOUR_MS),
    };
    let gaps = gaps(connection, "OKX", freshness).into_iter();
    gaps.map(|gap| (gap.reason, gap.only_old)).collect()
}

#[test]
fn a_wallet_that_was_not_read_for_long_is_told_though_nothing_failed() {
    use Outcome::{NotAvailable, Read};
    let wallets = vec![
        wallet("trading", Read, 3, 24),
        wallet("funding", Read, 2, 72),
        wallet("savings", Read, 0, 73),
        wallet("onchain_earn", Read, 1, 25),
        // It never was there, so it holds nothing that could be old.
        wallet("non_tradable", NotAvailable, 0, 500),
    ];
    let told = told(&connection(ConnectionStatus::Ok, wallets));
    let expected = [
        "Funding and Savings are as of 3 days ago.",
        "On-chain earn is as of 25 hours ago.",
    ];
    assert_eq!(told, expected.map(|reason| (reason.to_owned(), true)));
}

#[test]
fn a_wallet_that_failed_tells_its_age_once_and_only_when_it_is_old() {
    use Outcome::{Failed, NoPermission, NotAvailable, Read};
    let rows = WalletSummary {
        unreadable: 2,
        ..wallet("margin", Read, 3, 49)
    };
    let wallets = vec![
        wallet("spot", Failed, 3, 1),
        wallet("funding", Failed, 3, 48),
        wallet("earn", NotAvailable, 1, 96),
        wallet("locked", NoPermission, 1, 96),
        rows,
    ];
    let told = told(&connection(ConnectionStatus::Partial, wallets));
    let expected = [
        "Spot could not be read; its last balances are shown.",
        "Funding could not be read; its last balances are shown, as of 2 days ago.",
        "Earn is not available any more; its last balances are shown, as of 4 days ago.",
        "The key may no longer read Locked; its last balances are shown, as of 4 days ago.",
        "2 rows of Cross margin could not be read; what was known before stays, as of 2 days ago.",
    ];
    assert_eq!(told, expected.map(|reason| (reason.to_owned(), false)));
}

#[test]
fn a_connection_that_does_not_answer_names_the_wallets_that_are_old_by_now() {
    let wallets = |hours| vec![wallet("trading", Outcome::Read, 3, hours)];
    let paused = |hours| Connection {
        last_failure: Some(Failure::Exchange {
            step: Step::ReadWallets,
            problem: ExchangeProblem::Unavailable,
        }),
        ..connection(ConnectionStatus::Paused, wallets(hours))
    };
    let failed = "Not read the last time. OKX does not answer at the moment.".to_owned();
    assert_eq!(told(&paused(3)), [(failed.clone(), false)]);
    let old = "Trading is as of 5 days ago.".to_owned();
    assert_eq!(told(&paused(120)), [(failed, false), (old, true)]);
    let never = connection(ConnectionStatus::NeverSynced, Vec::new());
    assert_eq!(told(&never), [("Never synced.".to_owned(), false)]);
}
