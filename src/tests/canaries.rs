//! Keys, secrets, passwords and cookies are looked for everywhere after a whole day's work: in the
//! files, the log at its most talkative, and every answer.

mod following;
mod looking;
mod replacing;

use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{DemoKey, Effect, Fault, Options, Sandbox};

use looking::{assert_whole, look, look_in_files};

use crate::program::Program;
use crate::support::{Browser, PASSWORD, Page};

/// Secrets that no exchange knows, to be refused.
const WRONG_SECRET: &str = "CanaryOfAWrongSecretKey0123456789abcdefghijklmnopqrstuvwxyzABCDE";
const WRONG_PASSPHRASE: &str = "Canary-Of-A-Wrong-Passphrase-77";
const WRONG_PASSWORD: &str = "canary of a wrong password";
/// A webhook's address is often a secret.
const WEBHOOK: &str = "https://no-such-host.invalid/CanaryOfAWebhooksPath0123456789";
const NEW_PASSWORD: &str = "plum tree river stone";

/// Everything a browser was told.
struct Reader {
    browser: Browser,
    told: String,
}

impl Reader {
    fn read(&mut self, page: Page) -> Page {
        self.told += &format!("{} {:?}\n{}\n", page.status, page.headers, page.body);
        page
    }

    async fn get(&mut self, path: &str) -> Page {
        let page = self.browser.get(path).await;
        self.read(page)
    }

    async fn send(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let page = self.browser.post(path, form).await;
        let page = self.read(page);
        match page.location() {
            Some(next) => self.get(&next).await,
            None => page,
        }
    }

    async fn connect(&mut self, key: DemoKey, label: &str) -> Page {
        let exchange = key.exchange.to_string().to_lowercase();
        let mut form = vec![
            ("exchange", exchange.as_str()),
            ("label", label),
            ("api_key", key.api_key),
            ("secret_key", key.secret_key),
        ];
        form.extend(key.passphrase.map(|passphrase| ("passphrase", passphrase)));
        self.send("/do/connect", &form).await
    }
}

/// Connects in every way that works or fails, replaces a key, and has accounts followed.
async fn work(reader: &mut Reader, sandbox: &Sandbox) {
    let wrong_secret = DemoKey {
        secret_key: WRONG_SECRET,
        ..binance::SECOND
    };
    let wrong_passphrase = DemoKey {
        passphrase: Some(WRONG_PASSPHRASE),
        ..okx::SECOND
    };
    let unknown = DemoKey {
        api_key: WRONG_SECRET,
        ..binance::SECOND
    };
    for (key, label, status) in [
        (binance::READ_ONLY, "Binance", 200),
        (okx::READ_ONLY, "OKX", 200),
        (binance::SAME_ACCOUNT, "again", 409),
        (binance::TRADING, "trades", 422),
        (okx::WITHDRAWING, "withdraws", 422),
        (okx::NO_READING, "reads nothing", 422),
        (binance::IP_BOUND, "elsewhere", 422),
        (binance::RIGHTS_HIDDEN, "hidden", 422),
        (wrong_secret, "wrong", 422),
        (wrong_passphrase, "wrong", 422),
        (unknown, "unknown", 422),
        (binance::EMPTY, &"l".repeat(61), 422),
    ] {
        let page = reader.connect(key, label).await;
        assert_eq!(page.status, status, "{label}: {}", page.text());
    }
    replacing::replace(reader).await;
    following::follow(reader, sandbox).await;
}

/// Syncs what is connected in every way that fails, and looks at every page.
async fn work_in_trouble(reader: &mut Reader, sandbox: &Sandbox) {
    let control = sandbox.control();
    let sync = [("id", "none")];
    reader.send("/do/sync", &sync).await;
    let faults = [
        Effect::Drop,
        Effect::Truncate,
        Effect::firewall(),
        Effect::gateway(),
        Effect::redirect("http://127.0.0.1:1/"),
        Effect::binance(
            400,
            -1021,
            "Timestamp for this request is outside of the recvWindow.",
        ),
        Effect::binance(400, -9999, "Something new."),
        Effect::okx(200, "50113", "Invalid Sign"),
    ];
    for fault in faults {
        control.inject(Fault::on("/", fault));
        reader.send("/do/sync-all", &[]).await;
        control.clear_faults();
    }
    for key in [binance::READ_ONLY, okx::READ_ONLY] {
        control.revoke_key(key.api_key).unwrap();
    }
    reader.send("/do/sync-all", &[]).await;
    for path in [
        "/",
        "/settings/telling",
        "/settings/data",
        "/settings/tokens",
        "/settings",
        "/export/everything.json",
        "/export/holdings.csv",
        "/export/history.json",
        "/export/runs.csv",
        "/assets/coffer.css",
        "/pkg/coffer.js",
        "/public/icon.svg",
        "/no-such",
    ] {
        reader.get(path).await;
    }
    let list = reader.get("/connections").await;
    for path in list.attributes(".card h3 a", "href") {
        reader.get(&path).await;
        reader.get(&format!("{path}/delete")).await;
    }
}

/// Has a dead key told to a webhook that nobody hears; gives its secret, which is shown for once.
async fn be_told(reader: &mut Reader, sandbox: &Sandbox) -> String {
    let form = [
        ("failing_hours", "6"),
        ("balance_percent", "10"),
        ("value_percent", "10"),
        ("webhook_url", WEBHOOK),
    ];
    // Not among the answers that are looked through.
    let page = reader.browser.submit("/do/save-telling", &form).await;
    let secret = page.one(".secret-text");
    assert!(secret.starts_with("coffer_webhook_"), "{}", page.text());
    let page = reader.send("/do/test-webhook", &[]).await;
    assert_eq!(page.all(".deliveries tbody code"), ["test"]);
    let control = sandbox.control();
    let unknown = Effect::binance(400, -2008, "Invalid Api-Key ID.");
    control.inject(Fault::on("/sapi/v1/account/apiRestrictions", unknown));
    reader.send("/do/sync-all", &[]).await;
    control.clear_faults();
    let page = reader.get("/notices").await;
    assert_eq!(page.all(".told-item").len(), 1, "{}", page.text());
    let page = reader.get("/settings/telling").await;
    assert_eq!(page.all(".deliveries tbody code").len(), 2);
    secret
}

/// Calls as a program does, with keys too; gives the token, which is shown for once.
async fn call(reader: &mut Reader) -> String {
    let form = [
        ("name", "Program"),
        ("scope", "manage"),
        ("expires", "never"),
        ("current_password", PASSWORD),
    ];
    // Not among the answers that are looked through.
    let page = reader.browser.post("/do/make-token", &form).await;
    let token = page.one(".secret-text");
    let url = format!("{}/api/v1", reader.browser.base);
    let wrong = serde_json::json!({
        "api_key": binance::SECOND.api_key,
        "secret_key": WRONG_SECRET,
        "passphrase": WRONG_PASSPHRASE,
    });
    let client = reader.browser.client.clone();
    for (call, status) in [
        (client.get(format!("{url}/portfolio")), 200),
        (client.get(format!("{url}/connections")), 200),
        (client.post(format!("{url}/connections/binance")), 422),
        (client.post(format!("{url}/connections/okx")), 422),
    ] {
        let call = call.bearer_auth(&token).header("Idempotency-Key", "k");
        let page = reader
            .browser
            .send(
                call.header("Content-Type", "application/json")
                    .body(wrong.to_string()),
            )
            .await;
        assert_eq!(reader.read(page).status, status);
    }
    reader.get("/settings/tokens").await;
    token
}

/// Every key of the sandbox, and all that was typed.
fn secrets() -> Vec<&'static str> {
    let mut secrets = vec![
        WRONG_SECRET,
        WRONG_PASSPHRASE,
        WRONG_PASSWORD,
        PASSWORD,
        NEW_PASSWORD,
    ];
    for key in [binance::ALL, okx::ALL].concat() {
        secrets.extend([key.api_key, key.secret_key]);
        secrets.extend(key.passphrase);
    }
    secrets
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_stands_in_a_file_a_log_or_an_answer() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    sandbox.control().set_okx_limits(false);
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(folder.path())
        .with("BINANCE_API_URL", &sandbox.url())
        .with("OKX_API_URL", &sandbox.url())
        .with("RUST_LOG", "trace");
    let server = program.serve(&["serve"]);
    let browser = Browser::new(&server.url);
    let mut reader = Reader {
        browser,
        told: String::new(),
    };
    let account = [("email", "anna@example.org"), ("password", PASSWORD)];
    assert_eq!(
        reader.send("/do/sign-up", &account).await.one("h1"),
        "Portfolio"
    );
    let first_cookie = reader.browser.cookie_header();
    let wrong = [("email", "anna@example.org"), ("password", WRONG_PASSWORD)];
    assert_eq!(reader.send("/do/sign-in", &wrong).await.status, 401);
    work(&mut reader, &sandbox).await;
    let webhook = be_told(&mut reader, &sandbox).await;
    let token = call(&mut reader).await;
    work_in_trouble(&mut reader, &sandbox).await;
    let change = [
        ("current_password", PASSWORD),
        ("new_password", NEW_PASSWORD),
    ];
    assert_eq!(
        reader.send("/do/change-password", &change).await.status,
        200
    );
    let last_cookie = reader.browser.cookie_header();

    let cookies: Vec<_> = [&first_cookie, &last_cookie]
        .map(|cookie| cookie.split_once('=').unwrap().1)
        .to_vec();
    let data = folder.path().join("data");
    let (secrets, mut found) = (secrets(), Vec::new());
    found.extend(look_in_files(&data, &secrets));
    found.extend(look_in_files(&data, &cookies));
    let shown_once = [webhook.as_str(), token.strip_prefix("coffer_").unwrap()];
    found.extend(look_in_files(&data, &shown_once));
    let (code, log) = tokio::task::spawn_blocking(move || server.stop("-TERM"))
        .await
        .unwrap();
    assert_eq!(code, Some(0));
    let log = String::from_utf8_lossy(&log);
    assert_whole(&log);
    let key = std::fs::read_to_string(data.join("master.key")).unwrap();
    for (place, text) in [("the log", &*log), ("an answer", &reader.told)] {
        found.extend(look(place, text, &secrets));
        found.extend(look(place, text, &[key.trim()]));
    }
    found.extend(look("the log", &log, &cookies));
    let (_, path) = WEBHOOK.rsplit_once('/').unwrap();
    found.extend(look("the log", &log, &[path]));
    found.extend(look("the log", &log, &shown_once));
    found.extend(look("an answer", &reader.told, &shown_once));
    assert!(found.is_empty(), "{found:#?}");
}
