//! People, their sessions, their portfolios, and the records of master keys.

use coffer::domain::portfolio::PortfolioName;
use coffer::storage::sessions::SessionRow;
use coffer::storage::{StorageError, key_checks, portfolios, sessions, users};

use super::opened::{Opened, insert_all, user};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    an_email_belongs_to_one_account,
    there_is_one_first_account,
    accounts_are_found_and_listed,
    sessions_end_and_do_not_come_back,
    sessions_made_before_owners_were_kept_get_theirs,
    a_portfolio_is_made_once_by_its_name,
    portfolios_without_connections_are_removed,
    a_key_is_recorded_once,
];

async fn an_email_belongs_to_one_account(kind: Kind) {
    let opened = Opened::new(kind).await;
    let insert = |id: &'static str| {
        opened.write(move |db| {
            Box::pin(async move {
                let mut row = user(id);
                row.email = "same@example.org".to_owned();
                users::insert(db, &row).await
            })
        })
    };
    insert("a").await.unwrap();
    assert!(matches!(insert("b").await, Err(StorageError::Exists)));
    assert_eq!(opened.count("users").await, "1");
}

async fn there_is_one_first_account(kind: Kind) {
    let opened = Opened::new(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    assert!(!users::any_exists(&mut db).await.unwrap());
    users::insert_first(&mut db, "a").await.unwrap();
    let second = users::insert_first(&mut db, "b").await;
    assert!(matches!(second, Err(StorageError::Exists)));
    users::insert_first_if_none(&mut db, "b").await.unwrap();
    assert!(users::any_exists(&mut db).await.unwrap());
    drop(db);
    assert_eq!(opened.text("SELECT value FROM instance_facts").await, "a");
}

async fn accounts_are_found_and_listed(kind: Kind) {
    let opened = Opened::new(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    for (id, created_at) in [("b", 2), ("a", 2), ("c", 1)] {
        let row = users::UserRow {
            created_at,
            ..user(id)
        };
        users::insert(&mut db, &row).await.unwrap();
    }
    let listed = users::list(&mut db).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["c", "a", "b"]);
    users::update_password_hash(&mut db, "a", "new")
        .await
        .unwrap();
    let found = users::find(&mut db, "a").await.unwrap().unwrap();
    assert_eq!(found.password_hash, "new");
    let by_email = users::find_by_email(&mut db, "a@example.org")
        .await
        .unwrap();
    assert_eq!(by_email.unwrap(), found);
    let other = users::find(&mut db, "b").await.unwrap().unwrap();
    assert_eq!(other.password_hash, "hash");
    assert_eq!(users::find(&mut db, "d").await.unwrap(), None);
    assert_eq!(
        users::find_by_email(&mut db, "A@example.org")
            .await
            .unwrap(),
        None
    );
}

async fn sessions_made_before_owners_were_kept_get_theirs(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let session = |id: &str, data: &str| SessionRow {
        id_hash: id.to_owned(),
        data: data.to_owned(),
        expires_at: 10,
        ends_at: 20,
        user_id: None,
        created_at: None,
        used_at: None,
    };
    let owned = r#"{"axum-login.data":{"auth_hash":[1],"user_id":"u"}}"#;
    let nobodys = r#"{"axum-login.data":{"auth_hash":null,"user_id":null}}"#;
    let mut db = opened.db.reader().await.unwrap();
    for (id, data) in [("1", owned), ("2", nobodys), ("3", "{}")] {
        sessions::insert(&mut db, &session(id, data)).await.unwrap();
    }
    let migration = include_str!("../../../migrations/0010_takeout.sql");
    let mut statements = migration.split(';').map(str::trim);
    let adopting = statements.find(|sql| sql.starts_with("UPDATE")).unwrap();
    opened.execute(adopting).await.unwrap();
    let list = sessions::list_of_user(&mut db, "u", 9).await.unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!((list[0].id_hash.as_str(), list[0].created_at), ("1", None));
    assert_eq!(sessions::list_of_user(&mut db, "u", 10).await.unwrap(), []);
    drop(db);
    // They go with their owner.
    opened
        .execute("DELETE FROM connections; DELETE FROM users")
        .await
        .unwrap();
    assert_eq!(opened.count("sessions").await, "2");
}

async fn sessions_end_and_do_not_come_back(kind: Kind) {
    let opened = Opened::new(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    let row = SessionRow {
        id_hash: "h".to_owned(),
        data: "{}".to_owned(),
        expires_at: 10,
        ends_at: 20,
        user_id: None,
        created_at: Some(1),
        used_at: Some(1),
    };
    sessions::insert(&mut db, &row).await.unwrap();
    let again = sessions::insert(&mut db, &row).await;
    assert!(matches!(again, Err(StorageError::Exists)));
    assert_eq!(sessions::find(&mut db, "h", 9).await.unwrap(), Some(row));
    assert_eq!(sessions::find(&mut db, "h", 10).await.unwrap(), None);
    sessions::update_expiry(&mut db, "h", 100, 9).await.unwrap();
    let renewed = sessions::update_data(&mut db, "h", "new", None).await;
    renewed.unwrap();
    let found = sessions::find(&mut db, "h", 19).await.unwrap().unwrap();
    assert_eq!((found.data.as_str(), found.expires_at), ("new", 100));
    assert_eq!((found.created_at, found.used_at), (Some(1), Some(9)));
    assert_eq!(sessions::find(&mut db, "h", 20).await.unwrap(), None);
    sessions::delete_ended(&mut db, 19).await.unwrap();
    assert!(sessions::find(&mut db, "h", 1).await.unwrap().is_some());
    sessions::delete_ended(&mut db, 20).await.unwrap();
    // What is gone stays gone, whoever still writes to it.
    let late = sessions::update_data(&mut db, "h", "late", None).await;
    late.unwrap();
    let late = sessions::update_expiry(&mut db, "h", 1_000, 18).await;
    late.unwrap();
    assert_eq!(sessions::find(&mut db, "h", 1).await.unwrap(), None);
    sessions::delete(&mut db, "h").await.unwrap();
}

async fn a_portfolio_is_made_once_by_its_name(kind: Kind) {
    let opened = Opened::new(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    for id in ["a", "b"] {
        users::insert(&mut db, &user(id)).await.unwrap();
    }
    let name = |id: &str, name: &str| PortfolioName {
        id: id.to_owned(),
        name: name.to_owned(),
    };
    let mut made = Vec::new();
    for (user, row) in [
        ("a", name("1", "Main")),
        ("a", name("2", "Main")),
        ("b", name("3", "Main")),
        ("a", name("4", "Else")),
    ] {
        made.push(
            portfolios::find_or_insert(&mut db, user, &row, 1)
                .await
                .unwrap(),
        );
    }
    assert_eq!(made, ["1", "1", "3", "4"]);
    let listed = portfolios::list(&mut db, "a").await.unwrap();
    assert_eq!(listed, [name("4", "Else"), name("1", "Main")]);
    let found = portfolios::find(&mut db, "b", "3").await.unwrap();
    assert_eq!(found, Some(name("3", "Main")));
    assert_eq!(portfolios::find(&mut db, "a", "3").await.unwrap(), None);
}

async fn portfolios_without_connections_are_removed(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    opened
        .write(|db| Box::pin(insert_all(db, "v", Some("7"))))
        .await
        .unwrap();
    let mut db = opened.db.reader().await.unwrap();
    let empty = PortfolioName {
        id: "empty".to_owned(),
        name: "Empty".to_owned(),
    };
    for user in ["u", "v"] {
        let empty = PortfolioName {
            id: format!("{user} empty"),
            ..empty.clone()
        };
        portfolios::find_or_insert(&mut db, user, &empty, 1)
            .await
            .unwrap();
    }
    portfolios::delete_empty(&mut db, "u").await.unwrap();
    let names = |list: Vec<PortfolioName>| list.into_iter().map(|p| p.id).collect::<Vec<_>>();
    assert_eq!(names(portfolios::list(&mut db, "u").await.unwrap()), ["u"]);
    let others = names(portfolios::list(&mut db, "v").await.unwrap());
    assert_eq!(others, ["v empty", "v"]);
}

async fn a_key_is_recorded_once(kind: Kind) {
    let opened = Opened::new(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    for (id, sealed, at) in [("k1", [1, 0], 1), ("k2", [2, 255], 2), ("k1", [3, 3], 3)] {
        key_checks::insert(&mut db, id, &sealed, at).await.unwrap();
    }
    let expected = [
        ("k2".to_owned(), vec![2, 255]),
        ("k1".to_owned(), vec![1, 0]),
    ];
    assert_eq!(key_checks::list(&mut db).await.unwrap(), expected);
}
