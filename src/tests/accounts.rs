//! Passwords: which are taken, how they are kept, and what a wrong one is told.

use coffer::services::accounts;
use coffer::storage::{StorageError, users};

use crate::functions::lasting;
use crate::support::{App, Kind, PASSWORD, Page, Setup, on_both_databases};

on_both_databases![a_weak_hash_is_made_strong_by_the_next_good_sign_in,];

pub const SIGN_UP: &str = "/do/sign-up";
const SIGN_IN: &str = "/do/sign-in";

pub async fn sign_up(app: &App, email: &str, password: &str) -> Page {
    let form = [("email", email), ("password", password)];
    app.browser().post(SIGN_UP, &form).await
}

pub async fn sign_in(app: &App, email: &str, password: &str) -> Page {
    let form = [("email", email), ("password", password)];
    app.browser().post(SIGN_IN, &form).await
}

async fn hash_of(app: &App, email: &str) -> String {
    let mut db = app.state.db.reader().await.unwrap();
    let row = users::find_by_email(&mut db, email).await.unwrap();
    row.unwrap().password_hash
}

pub async fn open_app() -> App {
    Setup::new(Kind::Sqlite)
        .await
        .with("SIGN_UP", "open")
        .start()
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn weak_passwords_are_refused_beside_their_field() {
    let app = open_app().await;
    let weak = [
        "",
        "k7#Vq9!",
        "password1",
        "12345678",
        "iloveyou",
        "Coffer2026",
        "anna.smith1",
    ];
    for password in weak {
        let page = sign_up(&app, "anna.smith@example.org", password).await;
        assert_eq!(page.status, 422, "{password}");
        assert!(page.one("#password-error").contains("Choose"), "{password}");
        assert_eq!(
            page.attributes("#email", "value"),
            ["anna.smith@example.org"]
        );
        let shown = page.attributes("#password", "value").concat();
        assert_eq!(shown, "", "a password comes back");
        assert!(page.headers.get("set-cookie").is_none());
    }
    assert!(accounts::list(&app.state).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_taken_exactly_as_typed() {
    let app = open_app().await;
    let fine = [
        "t".repeat(64),
        "b ".repeat(64),
        "  blanks around  ".to_owned(),
        "\u{1f511}\u{1f9f1}\u{1f30a}\u{1f334}\u{1f680}\u{1f353}\u{1f3b2}\u{1f98a}".to_owned(),
        "x".repeat(1024),
    ];
    for (at, password) in fine.iter().enumerate() {
        let email = format!("person{at}@example.org");
        assert_eq!(
            sign_up(&app, &email, password).await.status,
            303,
            "{password}"
        );
        assert_eq!(
            sign_in(&app, &email, password).await.status,
            303,
            "{password}"
        );
        let mut shorter = password.clone();
        shorter.pop();
        let near = [
            shorter,
            format!("{password} "),
            format!(" {password}"),
            password.to_uppercase(),
        ];
        for other in near.iter().filter(|other| *other != password) {
            assert_eq!(sign_in(&app, &email, other).await.status, 401, "{other}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn overlong_passwords_are_refused_before_any_work() {
    let app = open_app().await;
    let page = sign_up(&app, "anna@example.org", &"x".repeat(1025)).await;
    assert_eq!(page.status, 422);
    assert_eq!(
        sign_up(&app, "anna@example.org", PASSWORD).await.status,
        303
    );
    for email in ["anna@example.org", "nobody@example.org"] {
        assert_eq!(
            sign_in(&app, email, &"x".repeat(1025)).await.status,
            401,
            "{email}"
        );
        assert_eq!(
            sign_in(&app, email, &"x".repeat(1 << 20)).await.status,
            413,
            "{email}"
        );
    }
    let browser = app.browser();
    let form = [("email", "anna@example.org"), ("password", PASSWORD)];
    browser.post(SIGN_IN, &form).await;
    let long = "x".repeat(1025);
    for form in [
        [
            ("current_password", long.as_str()),
            ("new_password", "plum tree river stone"),
        ],
        [
            ("current_password", PASSWORD),
            ("new_password", long.as_str()),
        ],
    ] {
        let page = browser.post("/do/change-password", &form).await;
        assert_eq!(page.status, 422, "{}", page.text());
    }
    assert_eq!(
        sign_in(&app, "anna@example.org", PASSWORD).await.status,
        303
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_kept_as_a_strong_hash_only() {
    let app = open_app().await;
    sign_up(&app, "Anna@Example.org ", PASSWORD).await;
    let hash = hash_of(&app, "anna@example.org").await;
    assert!(
        hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{hash}"
    );
    sign_up(&app, "bob@example.org", PASSWORD).await;
    assert_ne!(hash, hash_of(&app, "bob@example.org").await);
    let sessions: Vec<(String, String)> = {
        let mut db = app.state.db.reader().await.unwrap();
        sqlx::query_as("SELECT id_hash, data FROM sessions")
            .fetch_all(&mut *db)
            .await
            .unwrap()
    };
    assert_eq!(sessions.len(), 2);
    let tail = hash.rsplit('$').next().unwrap();
    for (_, data) in sessions {
        assert!(!data.contains("argon2") && !data.contains(tail), "{data}");
    }
}

async fn a_weak_hash_is_made_strong_by_the_next_good_sign_in(kind: Kind) {
    use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, Version};
    let app = App::start(kind).await;
    app.signed_in("anna@example.org").await;
    let params = Params::new(8, 1, 1, None).unwrap();
    let weak: PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password(PASSWORD.as_bytes())
        .unwrap();
    let weak = weak.to_string();
    let user = accounts::list(&app.state).await.unwrap().remove(0).id;
    let planted = weak.clone();
    let plant = app.state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move { users::update_password_hash(db, &user, &planted).await })
    });
    plant.await.unwrap();
    assert_eq!(
        sign_in(&app, "anna@example.org", "not the password")
            .await
            .status,
        401
    );
    assert_eq!(hash_of(&app, "anna@example.org").await, weak);
    assert_eq!(
        sign_in(&app, "anna@example.org", PASSWORD).await.status,
        303
    );
    let strong = hash_of(&app, "anna@example.org").await;
    assert!(
        strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{strong}"
    );
    assert_eq!(
        sign_in(&app, "anna@example.org", PASSWORD).await.status,
        303
    );
    assert_eq!(hash_of(&app, "anna@example.org").await, strong);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_email_and_a_wrong_password_look_the_same() {
    let app = App::start(Kind::Sqlite).await;
    app.signed_in("anna@example.org").await;
    let mut wrong = sign_in(&app, "anna@example.org", "wrong but long").await;
    let mut unknown = sign_in(&app, "emma@example.org", "wrong but long").await;
    assert_eq!((wrong.status, unknown.status), (401, 401));
    assert_eq!(wrong.one("[role=alert] p"), "Email or password is wrong.");
    let wrong_body = lasting(&wrong.body).replace("anna@", "emma@");
    assert_eq!(wrong_body, lasting(&unknown.body));
    for page in [&mut wrong, &mut unknown] {
        for (differs, length) in [
            ("date", None),
            ("x-request-id", Some(32)),
            ("content-security-policy", None),
        ] {
            let value = page.headers.remove(differs).unwrap();
            assert!(
                length.is_none_or(|length| value.len() == length),
                "{differs}"
            );
        }
    }
    assert_eq!(wrong.headers, unknown.headers);
}
