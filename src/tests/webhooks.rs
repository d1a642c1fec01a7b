//! Webhooks: signed, retried, given up, switched off; sent once by whichever process comes first.

mod by_program;
mod world;

use std::collections::BTreeSet;
use std::time::Duration;

use coffer::services::{Workers, telling};

use self::world::{PAGE, World, at_once, form, is_signed, save};
use crate::leases::execute;
use crate::scene::{count, until};
use crate::support::{App, Kind, Receiver, Setup, on_both_databases};

on_both_databases![
    a_secret_is_shown_once_and_signs_what_is_sent,
    what_does_not_arrive_is_sent_again_later_under_the_same_id,
    what_is_refused_is_not_sent_again,
    a_receiver_that_is_gone_is_switched_off_and_that_is_told,
    a_queue_outlives_the_process,
    of_several_processes_one_sends_each_message,
    a_webhook_that_is_switched_off_or_replaced_gets_nothing,
    a_secret_that_was_moved_or_changed_signs_nothing,
    an_address_that_may_not_be_reached_is_refused_beside_its_field,
];

async fn a_secret_is_shown_once_and_signs_what_is_sent(kind: Kind) {
    let world = World::new(kind).await;
    assert!(world.secret.starts_with("coffer_webhook_") && world.secret.len() == 79);
    let page = world.browser.get(PAGE).await;
    assert!(!page.body.contains(&world.secret));
    let page = world.browser.submit("/do/test-webhook", &[]).await;
    assert_eq!(page.one("[role=status]"), "The test arrived: Status 204.");
    let test = world.receiver.received().remove(0);
    assert!(is_signed(&test, &world.secret));
    let json = test.json();
    assert_eq!(
        (&json["event"], &json["data"]),
        (&"test".into(), &serde_json::json!({}))
    );
    assert_eq!(page.all(".deliveries tbody code"), ["test"]);
    assert_eq!(page.all(".deliveries .badge"), ["Status 204"]);
    let host = world.receiver.url.split('/').nth(2).unwrap().to_owned();
    assert_eq!(page.all(".delivery-host"), [host]);
    // Saving the same again changes nothing; a new secret is of use at once, the old one is not.
    let page = save(&world.browser, &world.receiver.url).await;
    assert_eq!(page.one("[role=status]"), "Saved.");
    let page = world.browser.submit("/do/renew-webhook-secret", &[]).await;
    let renewed = page.one(".secret-text");
    world.happen().await;
    world.tried(2).await;
    let news = world.receiver.received().remove(1);
    assert!(is_signed(&news, &renewed) && !is_signed(&news, &world.secret));
    let json = news.json();
    assert_eq!(json["event"], "key_needs_attention");
    assert_eq!(json["data"]["connection"]["label"], "Main");
    assert_eq!(json["data"]["reason"], "invalid_credentials");
    let told = telling::list(&world.app.state, &world.user).await.unwrap();
    assert_eq!(json["id"], told[0].id);
    assert_eq!(json["at"], told[0].at.rfc3339());
    assert_eq!(json["sentence"], told[0].event.sentence());
}

async fn what_does_not_arrive_is_sent_again_later_under_the_same_id(kind: Kind) {
    let world = World::new(kind).await;
    world.receiver.answer(500);
    world.happen().await;
    let mut minutes = Vec::new();
    for attempt in 1..=6 {
        let one = world.tried(attempt).await.remove(0);
        assert_eq!(one.outcome.unwrap().to_string(), "Status 500");
        let wait = one
            .next_try_at
            .map(|at| (at.0 - one.tried_at.unwrap().0) / 60_000);
        minutes.push(wait);
        if attempt == 1 {
            let page = world.browser.get(PAGE).await;
            assert!(
                page.one(".delivery-next").starts_with("Next try"),
                "{}",
                page.text()
            );
        }
        world
            .app
            .setup
            .clock
            .advance_minutes(wait.unwrap_or_default() + 1);
    }
    let expected = [Some(1), Some(5), Some(30), Some(120), Some(360), None];
    assert_eq!(minutes, expected);
    let received = world.receiver.received();
    assert_eq!(received.len(), 6);
    let bodies: BTreeSet<_> = received.iter().map(|one| one.body.clone()).collect();
    assert_eq!(bodies.len(), 1);
    // Each try is signed for its own time.
    let times: BTreeSet<_> = received
        .iter()
        .map(|one| one.header("coffer-timestamp"))
        .collect();
    assert_eq!(times.len(), 6);
    assert!(received.iter().all(|one| is_signed(one, &world.secret)));
}

async fn what_is_refused_is_not_sent_again(kind: Kind) {
    let world = World::new(kind).await;
    for (tries, status) in [(1, 400), (2, 302)] {
        world.receiver.answer(status);
        world.app.setup.clock.advance_minutes(1);
        world.happen().await;
        let newest = world.tried(tries).await.remove(0);
        assert_eq!(newest.next_try_at, None, "{status}");
    }
    world.app.setup.clock.advance_minutes(3 * 24 * 60);
    // Whatever is due is sent before what comes now.
    world.receiver.answer(204);
    world.happen().await;
    world.tried(3).await;
    assert_eq!(world.receiver.received().len(), 3);
}

async fn a_receiver_that_is_gone_is_switched_off_and_that_is_told(kind: Kind) {
    let world = World::new(kind).await;
    world.receiver.answer(410);
    world.happen().await;
    world.tried(1).await;
    let page = world.browser.get(PAGE).await;
    assert!(page.text().contains("Switched off"), "{}", page.text());
    let told = world.browser.get("/notices").await.one(".told-sentence");
    assert!(
        told.ends_with("said that your webhook is gone, so it is switched off."),
        "{told}"
    );
    world.app.setup.clock.advance_minutes(1);
    world.happen().await;
    assert_eq!(world.receiver.received().len(), 1);
    let page = world.browser.submit("/do/test-webhook", &[]).await;
    assert_eq!(page.status, 409);
    assert!(
        page.one("[role=alert]")
            .contains("no webhook that is switched on")
    );
    // It can be switched on again, under the same secret.
    world.receiver.answer(204);
    let page = world
        .browser
        .submit("/do/switch-webhook", &[("on", "yes")])
        .await;
    assert!(page.text().contains("Switched on"));
    world.browser.post("/do/test-webhook", &[]).await;
    let received = world.receiver.received();
    assert!(received.len() == 2 && is_signed(&received[1], &world.secret));
}

async fn a_queue_outlives_the_process(kind: Kind) {
    let setup = at_once(Setup::new(kind).await);
    // Nobody works in this process.
    let state = setup.state().await;
    let person =
        coffer::services::accounts::add(&state, "a@example.org", "correct horse battery".into());
    let user = person.await.unwrap().id;
    let receiver = Receiver::start().await;
    let usual = coffer::domain::preferences::PreferencesForm {
        failing_hours: "6",
        balance_percent: "10",
        value_percent: "10",
        exchange_news: "yes",
    };
    let made = telling::save(&state, &user, &usual, &receiver.url).await;
    assert!(made.unwrap());
    assert_eq!(telling::send_test(&state, &user).await.unwrap(), None);
    assert_eq!(receiver.received().len(), 0);
    // As if it had been killed in the middle of sending.
    let app = {
        let far = i64::MAX;
        let sql = format!(
            "UPDATE deliveries SET lease_holder = 'dead', lease_until = {}",
            if kind == Kind::Sqlite { far } else { 1 }
        );
        let work = state
            .db
            .write::<_, coffer::storage::StorageError, _>(move |db| {
                let sql = sqlx::AssertSqlSafe(sql);
                Box::pin(async move { Ok(sqlx::query(sql).execute(db).await.map(|_| ())?) })
            });
        work.await.unwrap();
        setup.start().await
    };
    until("it arrives", async || receiver.received().len() == 1).await;
    assert_eq!(count(&app, "deliveries").await, 1);
}

async fn of_several_processes_one_sends_each_message(kind: Kind) {
    let world = World::new(kind).await;
    let (second, third) = (world.app.setup.state().await, world.app.setup.state().await);
    let workers = [
        Workers::start(second.clone()).await,
        Workers::start(third.clone()).await,
    ];
    for times in 1..=6 {
        world.app.setup.clock.advance_minutes(1);
        world.happen().await;
        // While one is being sent, the clock must not run away from its lease.
        world.tried(times).await;
    }
    let received = world.receiver.received();
    let ids: BTreeSet<_> = received
        .iter()
        .map(|one| one.json()["id"].to_string())
        .collect();
    assert_eq!((received.len(), ids.len()), (6, 6));
    for worker in workers {
        worker.stop(Duration::from_secs(5)).await;
    }
}

async fn a_webhook_that_is_switched_off_or_replaced_gets_nothing(kind: Kind) {
    let world = World::new(kind).await;
    world.receiver.answer(500);
    world.happen().await;
    world.tried(1).await;
    let other = Receiver::start().await;
    let page = save(&world.browser, &other.url).await;
    let secret = page.one(".secret-text");
    assert!(!secret.is_empty() && secret != world.secret);
    // What waited for the old one is neither sent there nor elsewhere.
    assert_eq!(page.all(".deliveries .badge"), ["Switched off"]);
    world.app.setup.clock.advance_minutes(2);
    world
        .browser
        .post("/do/switch-webhook", &[("on", "no")])
        .await;
    world.happen().await;
    world
        .browser
        .post("/do/switch-webhook", &[("on", "yes")])
        .await;
    let page = world.browser.submit("/do/test-webhook", &[]).await;
    assert!(page.one("[role=status]").starts_with("The test arrived"));
    assert_eq!(
        (world.receiver.received().len(), other.received().len()),
        (1, 1)
    );
    let page = save(&world.browser, "").await;
    assert_eq!(page.one("[role=status]"), "Saved.");
    assert!(!page.text().contains("Send a test"));
    assert_eq!(count(&world.app, "webhooks").await, 0);
}

async fn a_secret_that_was_moved_or_changed_signs_nothing(kind: Kind) {
    let world = World::new(kind).await;
    let other = world.app.signed_in("b@example.org").await;
    let receiver = Receiver::start().await;
    save(&other, &receiver.url).await;
    let moved = format!(
        "UPDATE webhooks SET secret = (SELECT secret FROM webhooks w WHERE w.user_id = '{}') \
         WHERE user_id <> '{}'",
        world.user, world.user
    );
    execute(&world.app, &moved).await;
    let page = other.submit("/do/test-webhook", &[]).await;
    assert_eq!(
        page.one("[role=status]"),
        "The test did not arrive: Secret unreadable."
    );
    assert_eq!(receiver.received().len(), 0);
    let page = other.submit("/do/renew-webhook-secret", &[]).await;
    assert!(!page.one(".secret-text").is_empty());
    let page = other.submit("/do/test-webhook", &[]).await;
    assert!(page.one("[role=status]").starts_with("The test arrived"));
}

async fn an_address_that_may_not_be_reached_is_refused_beside_its_field(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    for (url, sentence) in [
        ("https://10.0.0.1/in", "Use a public address"),
        ("https://[fd00::1]/in", "Use a public address"),
        ("http://example.org/in", "begins with https://"),
        ("https://me@example.org/in", "Leave out the name"),
        ("https://example.org:22/in", "Use port 443"),
        ("\"><script>", "begins with https://"),
    ] {
        let page = browser.post("/do/save-telling", &form(url)).await;
        assert_eq!(page.status, 422, "{url}");
        let error = page.one("#webhook_url-error");
        assert!(error.contains(sentence), "{url}: {error}");
        assert_eq!(page.attributes("#webhook_url", "value"), [url]);
    }
    let page = browser
        .post(
            "/do/save-telling",
            &[("failing_hours", "x"), ("webhook_url", "x")],
        )
        .await;
    for field in [
        "failing_hours",
        "balance_percent",
        "value_percent",
        "webhook_url",
    ] {
        assert!(!page.one(&format!("#{field}-error")).is_empty(), "{field}");
    }
    for table in ["webhooks", "telling_preferences"] {
        assert_eq!(count(&app, table).await, 0, "{table}");
    }
    for deed in ["test-webhook", "renew-webhook-secret", "switch-webhook"] {
        assert_eq!(browser.post(&format!("/do/{deed}"), &[]).await.status, 409);
    }
}
