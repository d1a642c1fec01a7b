//! Who may make an account.

use coffer::services::accounts;

use crate::accounts::{SIGN_UP, open_app, sign_in, sign_up};
use crate::support::{App, Kind, PASSWORD, Setup, on_both_databases};

on_both_databases![
    only_one_of_two_first_people_gets_the_account,
    one_email_has_one_account,
];

#[tokio::test(flavor = "multi_thread")]
async fn only_the_first_person_can_sign_up_unless_it_is_opened() {
    let app = App::start(Kind::Sqlite).await;
    let offer = app.browser().get("/sign-in").await;
    assert_eq!(offer.attributes("main a", "href"), ["/sign-up"]);
    assert_eq!(
        sign_up(&app, "first@example.org", PASSWORD).await.status,
        303
    );
    let page = sign_up(&app, "second@example.org", PASSWORD).await;
    assert_eq!(page.status, 403);
    assert_eq!(
        page.one("[role=alert] p"),
        "This server takes no new accounts."
    );
    assert!(app.browser().get("/sign-up").await.all("form").is_empty());
    let closed = Setup::new(Kind::Sqlite)
        .await
        .with("SIGN_UP", "closed")
        .start()
        .await;
    assert_eq!(
        sign_up(&closed, "first@example.org", PASSWORD).await.status,
        403
    );
    let open = open_app().await;
    for email in ["first@example.org", "second@example.org"] {
        assert_eq!(sign_up(&open, email, PASSWORD).await.status, 303, "{email}");
    }
}

async fn only_one_of_two_first_people_gets_the_account(kind: Kind) {
    let app = App::start(kind).await;
    let tries = ["a", "b", "c", "d"].map(|name| {
        let browser = app.browser();
        tokio::spawn(async move {
            let email = format!("{name}@example.org");
            let form = [("email", email.as_str()), ("password", PASSWORD)];
            browser.post(SIGN_UP, &form).await.status
        })
    });
    let mut statuses = Vec::new();
    for one in tries {
        statuses.push(one.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 403, 403, 403]);
    assert_eq!(accounts::list(&app.state).await.unwrap().len(), 1);
}

async fn one_email_has_one_account(kind: Kind) {
    let app = Setup::new(kind).await.with("SIGN_UP", "open").start().await;
    assert_eq!(
        sign_up(&app, "anna@example.org", PASSWORD).await.status,
        303
    );
    for spelling in ["anna@example.org", "ANNA@example.org", " Anna@Example.ORG "] {
        let page = sign_up(&app, spelling, "another fine password").await;
        assert_eq!(page.status, 422, "{spelling}");
        assert!(page.one("#email-error").contains("has an account already"));
    }
    assert_eq!(
        sign_in(&app, " ANNA@example.org", PASSWORD).await.status,
        303
    );
    for wrong in [
        "",
        "anna",
        "anna@",
        "an na@example.org",
        "anna\u{202e}@example.org",
        &format!("{}@example.org", "a".repeat(300)),
    ] {
        assert_eq!(sign_up(&app, wrong, PASSWORD).await.status, 422, "{wrong}");
    }
    assert_eq!(accounts::list(&app.state).await.unwrap().len(), 1);
}
