//! Portfolios made by hand, and what was entered into them by hand.

use coffer::domain::contents::Outline;
use coffer::domain::manual::{ManualEntry, ManualHolding};
use coffer::domain::portfolio::PortfolioName;
use coffer::domain::timestamp::Timestamp;
use coffer::storage::{Connection, StorageError, manual, portfolios};

use super::opened::{Opened, amount, code, insert_all};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    what_was_entered_by_hand_is_read_as_it_was_written_by_its_owner_alone,
    a_name_is_taken_once_per_person,
    a_portfolio_made_named_or_filled_by_hand_stays_when_it_is_empty,
    what_is_in_a_portfolio_moves_and_goes_as_a_whole,
    a_portfolio_that_holds_something_cannot_be_removed_alone,
];

fn holding(id: &str, portfolio: &str, quantity: &str, at: i64) -> ManualHolding {
    ManualHolding {
        id: id.to_owned(),
        portfolio_id: portfolio.to_owned(),
        entry: ManualEntry {
            asset: code("币安人生"),
            quantity: amount(quantity),
            label: format!("Label of {id}"),
            note: "</textarea>".to_owned(),
        },
        created_at: Timestamp(at),
        updated_at: Timestamp(at),
    }
}

fn name(id: &str, name: &str) -> PortfolioName {
    PortfolioName {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

/// Two people, each with a portfolio and a connection under their own id.
async fn two(kind: Kind) -> Opened {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let second = opened.write(|db| Box::pin(insert_all(db, "v", Some("7"))));
    second.await.unwrap();
    opened
}

async fn outlines(db: &mut Connection, user: &str) -> Vec<(String, usize, usize)> {
    let listed = portfolios::list_outlines(db, user).await.unwrap();
    let row = |o: Outline| (o.portfolio.name, o.connections, o.by_hand);
    listed.into_iter().map(row).collect()
}

async fn what_was_entered_by_hand_is_read_as_it_was_written_by_its_owner_alone(kind: Kind) {
    let opened = two(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    let long = format!("-{}.{}", "9".repeat(50), "1".repeat(50));
    let (first, second) = (holding("1", "u", &long, 5), holding("2", "u", "0.5", 4));
    for one in [&first, &second] {
        manual::insert(&mut db, "u", one).await.unwrap();
    }
    let listed = manual::list_of_user(&mut db, "u").await.unwrap();
    assert_eq!(listed, [second.clone(), first.clone()]);
    assert_eq!(manual::list_of_user(&mut db, "v").await.unwrap(), []);
    assert_eq!(manual::count_of_user(&mut db, "u").await.unwrap(), 2);
    assert_eq!(manual::count_of_user(&mut db, "v").await.unwrap(), 0);
    assert_eq!(manual::find(&mut db, "v", "1").await.unwrap(), None);
    let changed = ManualEntry {
        quantity: amount("3"),
        note: String::new(),
        ..first.entry.clone()
    };
    let mut update = async |user: &str, id: &str| {
        manual::update(&mut db, user, id, &changed, Timestamp(9))
            .await
            .unwrap()
    };
    assert!(!update("v", "1").await && !update("u", "3").await);
    assert!(update("u", "1").await);
    manual::delete(&mut db, "v", "2").await.unwrap();
    let after = ManualHolding {
        entry: changed,
        updated_at: Timestamp(9),
        ..first
    };
    let listed = manual::list_of_user(&mut db, "u").await.unwrap();
    assert_eq!(listed, [second, after]);
    manual::delete(&mut db, "u", "2").await.unwrap();
    assert_eq!(manual::count_of_user(&mut db, "u").await.unwrap(), 1);
    if kind == Kind::Sqlite {
        let stored = opened.text("SELECT typeof(quantity) FROM manual_holdings");
        assert_eq!(stored.await, "text");
    }
}

async fn a_name_is_taken_once_per_person(kind: Kind) {
    let opened = two(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    let made = portfolios::insert(&mut db, "u", &name("2", "Main"), 1).await;
    assert!(matches!(made, Err(StorageError::Exists)));
    portfolios::insert(&mut db, "u", &name("2", "main"), 1)
        .await
        .unwrap();
    let renamed = portfolios::rename(&mut db, "u", &name("2", "Main")).await;
    assert!(matches!(renamed, Err(StorageError::Exists)));
    // Nothing of somebody else is renamed, and its own name is no other's.
    for (user, one) in [("v", name("2", "Theirs")), ("u", name("2", "main"))] {
        portfolios::rename(&mut db, user, &one).await.unwrap();
    }
    let found = portfolios::find(&mut db, "u", "2").await.unwrap();
    assert_eq!(found.unwrap().name, "main");
}

async fn a_portfolio_made_named_or_filled_by_hand_stays_when_it_is_empty(kind: Kind) {
    let opened = two(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    for id in ["named", "kept", "filled", "untouched"] {
        let made = portfolios::find_or_insert(&mut db, "u", &name(id, id), 1).await;
        made.unwrap();
    }
    portfolios::insert(&mut db, "u", &name("made", "made"), 1)
        .await
        .unwrap();
    portfolios::rename(&mut db, "u", &name("named", "other"))
        .await
        .unwrap();
    portfolios::keep(&mut db, "u", "kept").await.unwrap();
    portfolios::keep(&mut db, "v", "untouched").await.unwrap();
    manual::insert(&mut db, "u", &holding("1", "filled", "1", 1))
        .await
        .unwrap();
    portfolios::delete_empty(&mut db, "u").await.unwrap();
    let mut left: Vec<_> = outlines(&mut db, "u").await;
    left.sort();
    let own = |name: &str, connections, by_hand| (name.to_owned(), connections, by_hand);
    let expected = [
        own("Main", 1, 0),
        own("filled", 0, 1),
        own("kept", 0, 0),
        own("made", 0, 0),
        own("other", 0, 0),
    ];
    assert_eq!(left, expected);
}

async fn what_is_in_a_portfolio_moves_and_goes_as_a_whole(kind: Kind) {
    let opened = two(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    portfolios::insert(&mut db, "u", &name("2", "Second"), 1)
        .await
        .unwrap();
    for (user, id) in [("u", "1"), ("v", "2")] {
        manual::insert(&mut db, user, &holding(id, user, "1", 1))
            .await
            .unwrap();
    }
    let own = |name: &str, connections, by_hand| (name.to_owned(), connections, by_hand);
    // Not by somebody else.
    portfolios::move_contents(&mut db, "v", "u", "2")
        .await
        .unwrap();
    portfolios::delete_contents(&mut db, "v", "u")
        .await
        .unwrap();
    portfolios::move_connection(&mut db, "v", "u", "v")
        .await
        .unwrap();
    let before = [own("Main", 1, 1), own("Second", 0, 0)];
    assert_eq!(outlines(&mut db, "u").await, before);
    portfolios::move_contents(&mut db, "u", "u", "2")
        .await
        .unwrap();
    let after = [own("Main", 0, 0), own("Second", 1, 1)];
    assert_eq!(outlines(&mut db, "u").await, after);
    portfolios::move_connection(&mut db, "u", "u", "u")
        .await
        .unwrap();
    portfolios::delete_contents(&mut db, "u", "2")
        .await
        .unwrap();
    portfolios::delete(&mut db, "v", "2").await.unwrap();
    portfolios::delete(&mut db, "u", "2").await.unwrap();
    assert_eq!(outlines(&mut db, "u").await, [own("Main", 1, 0)]);
    assert_eq!(outlines(&mut db, "v").await, [own("Main", 1, 1)]);
}

async fn a_portfolio_that_holds_something_cannot_be_removed_alone(kind: Kind) {
    let opened = two(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    let refused = portfolios::delete(&mut db, "u", "u").await;
    assert!(matches!(refused, Err(StorageError::Database(_))));
    portfolios::insert(&mut db, "u", &name("2", "Second"), 1)
        .await
        .unwrap();
    manual::insert(&mut db, "u", &holding("1", "2", "1", 1))
        .await
        .unwrap();
    let refused = portfolios::delete(&mut db, "u", "2").await;
    assert!(matches!(refused, Err(StorageError::Database(_))));
    let nowhere = manual::insert(&mut db, "u", &holding("2", "nowhere", "1", 1)).await;
    assert!(matches!(nowhere, Err(StorageError::Database(_))));
}
