//! Tokens of programs, and answers that are kept for calls sent again.

use coffer::domain::timestamp::Timestamp;
use coffer::domain::token::{ApiToken, Scope};
use coffer::storage::api_answers::{self, AnswerRow, UnderWay};
use coffer::storage::{StorageError, api_tokens};

use super::opened::{Opened, insert_all};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_token_is_read_as_it_was_written_by_its_owner_alone,
    a_token_lets_in_until_it_ends,
    a_use_is_never_moved_back,
    a_name_of_a_token_is_taken_once_per_person,
    a_key_is_taken_once_and_answered_from_then_on,
    answers_go_with_their_time_and_their_owner,
];

fn token(id: &str, name: &str, expires_at: Option<i64>) -> ApiToken {
    ApiToken {
        id: id.to_owned(),
        name: name.to_owned(),
        scope: Scope::Sync,
        hint: "ab12".to_owned(),
        created_at: Timestamp(5),
        expires_at: expires_at.map(Timestamp),
        last_used_at: None,
    }
}

/// Two people, and tokens of the first; each token's hash is its id.
async fn with_tokens(kind: Kind, tokens: Vec<ApiToken>) -> Opened {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let second = opened.write(|db| Box::pin(insert_all(db, "v", Some("7"))));
    second.await.unwrap();
    for token in tokens {
        insert(&opened, "u", token).await.unwrap();
    }
    opened
}

async fn insert(opened: &Opened, user: &'static str, token: ApiToken) -> Result<(), StorageError> {
    let insert = opened.write(move |db| {
        Box::pin(async move { api_tokens::insert(db, user, &token, &token.id).await })
    });
    insert.await
}

async fn a_token_is_read_as_it_was_written_by_its_owner_alone(kind: Kind) {
    let (first, second) = (token("a", "A", Some(9)), token("b", "</b>", None));
    let opened = with_tokens(kind, vec![first.clone(), second.clone()]).await;
    let mut db = opened.db.reader().await.unwrap();
    let listed = api_tokens::list(&mut db, "u").await.unwrap();
    assert_eq!(listed, [first, second]);
    assert_eq!(api_tokens::list(&mut db, "v").await.unwrap(), []);
    assert_eq!(api_tokens::delete(&mut db, "v", "a").await.unwrap(), None);
    let name = api_tokens::delete(&mut db, "u", "a").await.unwrap();
    assert_eq!(name.as_deref(), Some("A"));
    api_tokens::delete_all(&mut db, "v").await.unwrap();
    assert_eq!(api_tokens::list(&mut db, "u").await.unwrap().len(), 1);
    api_tokens::delete_all(&mut db, "u").await.unwrap();
    assert_eq!(api_tokens::list(&mut db, "u").await.unwrap(), []);
}

async fn a_token_lets_in_until_it_ends(kind: Kind) {
    let opened = with_tokens(kind, vec![token("a", "A", Some(9)), token("b", "B", None)]).await;
    let mut db = opened.db.reader().await.unwrap();
    for (hash, now, lets_in) in [
        ("a", 8, true),
        ("a", 9, false),
        ("b", i64::MAX, true),
        ("c", 0, false),
        ("", 0, false),
    ] {
        let found = api_tokens::find_holder(&mut db, hash, Timestamp(now)).await;
        let holder = found.unwrap();
        assert_eq!(holder.is_some(), lets_in, "{hash} at {now}");
        if let Some(holder) = holder {
            assert_eq!(
                (holder.token_id.as_str(), holder.scope),
                (hash, Scope::Sync)
            );
            assert_eq!(holder.user, super::opened::user("u"));
        }
    }
}

async fn a_use_is_never_moved_back(kind: Kind) {
    let opened = with_tokens(kind, vec![token("a", "A", None)]).await;
    let mut db = opened.db.reader().await.unwrap();
    for (now, expected) in [(7, 7), (6, 7), (8, 8)] {
        let noted = api_tokens::update_last_used(&mut db, "a", Timestamp(now)).await;
        noted.unwrap();
        let found = api_tokens::find_holder(&mut db, "a", Timestamp(0)).await;
        let used = found.unwrap().unwrap().last_used_at;
        assert_eq!(used, Some(Timestamp(expected)));
    }
}

async fn a_name_of_a_token_is_taken_once_per_person(kind: Kind) {
    let opened = with_tokens(kind, vec![token("a", "A", None)]).await;
    let again = insert(&opened, "u", token("b", "A", None)).await;
    assert!(matches!(again, Err(StorageError::Exists)));
    insert(&opened, "v", token("c", "A", None)).await.unwrap();
    assert_eq!(opened.count("api_tokens").await, "2");
}

fn kept(call: &str, answer: Option<(i64, &str)>) -> Option<AnswerRow> {
    Some(AnswerRow {
        call_hash: call.to_owned(),
        status: answer.map(|(status, _)| status),
        body: answer.map(|(_, body)| body.to_owned()),
    })
}

fn under_way(user_id: &str, until: i64) -> UnderWay<'_> {
    UnderWay {
        user_id,
        key_hash: "k",
        until: Timestamp(until),
    }
}

async fn a_key_is_taken_once_and_answered_from_then_on(kind: Kind) {
    let opened = with_tokens(kind, Vec::new()).await;
    let mut db = opened.db.reader().await.unwrap();
    let until = Timestamp(10);
    for (user, call, is_free) in [("u", "c", true), ("u", "d", false), ("v", "d", true)] {
        let taken = api_answers::insert(&mut db, user, "k", call, until).await;
        assert_eq!(taken.unwrap(), is_free, "{user} {call}");
    }
    let found = api_answers::find(&mut db, "u", "k").await.unwrap();
    assert_eq!(found, kept("c", None));
    // One that was taken for dead, and is over only now.
    for at in [9, 11] {
        let dead = under_way("u", at);
        let done = api_answers::update(&mut db, dead, 500, "dead", Timestamp(20)).await;
        done.unwrap();
        api_answers::delete(&mut db, dead).await.unwrap();
    }
    let found = api_answers::find(&mut db, "u", "k").await.unwrap();
    assert_eq!(found, kept("c", None));
    let own = under_way("u", 10);
    let done = api_answers::update(&mut db, own, 201, "{}", Timestamp(20)).await;
    done.unwrap();
    // What was answered stays.
    api_answers::delete(&mut db, own).await.unwrap();
    let found = api_answers::find(&mut db, "u", "k").await.unwrap();
    assert_eq!(found, kept("c", Some((201, "{}"))));
    let others = api_answers::find(&mut db, "v", "k").await.unwrap();
    assert_eq!(others, kept("d", None));
    let own = under_way("v", 10);
    api_answers::delete(&mut db, own).await.unwrap();
    assert_eq!(api_answers::find(&mut db, "v", "k").await.unwrap(), None);
    let others = api_answers::find(&mut db, "u", "k").await.unwrap();
    assert_eq!(others, kept("c", Some((201, "{}"))));
}

async fn answers_go_with_their_time_and_their_owner(kind: Kind) {
    let opened = with_tokens(kind, Vec::new()).await;
    let mut db = opened.db.reader().await.unwrap();
    for (key, until) in [("a", 10), ("b", 11)] {
        let taken = api_answers::insert(&mut db, "u", key, "c", Timestamp(until)).await;
        assert!(taken.unwrap());
    }
    api_answers::delete_ended(&mut db, Timestamp(10))
        .await
        .unwrap();
    assert_eq!(api_answers::find(&mut db, "u", "a").await.unwrap(), None);
    assert!(
        api_answers::find(&mut db, "u", "b")
            .await
            .unwrap()
            .is_some()
    );
    drop(db);
    opened.execute("DELETE FROM connections").await.unwrap();
    opened
        .execute("DELETE FROM users WHERE id = 'u'")
        .await
        .unwrap();
    assert_eq!(opened.count("api_answers").await, "0");
}
