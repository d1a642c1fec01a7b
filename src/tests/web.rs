//! Hostile input: malformed and endless forms, crafted addresses, slow sockets, a dead database.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use coffer::sandbox::Exchange;
use coffer::sandbox::keys::okx;
use coffer::server::{Server, prepare, system_clock};

use crate::functions::{FUNCTIONS, call, post};
use crate::support::{App, Browser, Kind, Setup, demo_key, on_both_databases};

on_both_databases![a_database_that_does_not_answer_is_told_calmly];

const FORM: &str = "application/x-www-form-urlencoded";

/// What exchanges tell of the market, to anybody.
const PUBLIC: [&str; 6] = [
    "/api/v3/exchangeInfo",
    "/api/v3/klines",
    "/api/v3/ticker/",
    "/api/v3/time",
    "/api/v5/market/",
    "/api/v5/public/",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_form_is_refused_with_its_page() {
    let app = App::start(Kind::Sqlite).await;
    let owner = app.signed_in("anna@example.org").await;
    let mut bodies: Vec<Vec<u8>> = [
        "",
        "&&&",
        "=",
        "email=a&email=b&id=1&id=2&label=a&label=b&password=a&password=b",
        "id=%ff%fe&label=%ff&email=%ff",
        "id=%zz&label=%&email=%4",
        "id[]=1&id[a]=2&label[x][y]=3&email[]=a",
        "id=%00&label=%00&email=%00",
        "__path=/x&__err=YWJj",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    bodies.push(b"id=\xff\xfe&label=\xc3\x28&email=\xff".to_vec());
    bodies.push("a=1&".repeat(10_000).into_bytes());
    bodies.push("[".repeat(60_000).into_bytes());
    bodies.push(format!("id{}=1", "[a]".repeat(10_000)).into_bytes());
    for function in FUNCTIONS
        .iter()
        .filter(|f| f.changes && f.name != "sign-out")
    {
        for body in &bodies {
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
            let page = post(&owner, &function.path(), body.clone()).await;
            let what = format!("{} {shown}: {}", function.name, page.status);
            let location = page.location().unwrap_or_default();
            assert!(page.status < 500 && !location.contains("__err"), "{what}");
            let needs_fields = !["sync-all", "take-notice"].contains(&function.name);
            assert!(!needs_fields || page.status >= 400, "{what}");
            assert!(
                page.status < 400 || !page.one("[role=alert] p").is_empty(),
                "{what}"
            );
        }
    }
    // Pages ask for what anybody may know of the market, and nothing else was asked for.
    for asked in app.setup.sandbox.control().records() {
        let public = PUBLIC.iter().any(|path| asked.path.starts_with(path));
        assert!(public && !asked.attempted_write, "{asked:?}");
    }
    assert_eq!(owner.get("/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_larger_than_any_of_ours_is_cut_off() {
    let app = App::start(Kind::Sqlite).await;
    let owner = app.signed_in("anna@example.org").await;
    let most = 64 * 1024;
    let fits = format!("id={}", "x".repeat(most - 3));
    assert_eq!(post(&owner, "/do/sync", fits.clone()).await.status, 404);
    let page = post(&owner, "/do/sync", fits + "x").await;
    assert_eq!(page.status, 413);
    assert_eq!(
        page.one("[role=alert] p"),
        "This form is larger than any of ours."
    );
    let sizes = call(&owner, "/do/sync", &[("id", &"x".repeat(most))]).await;
    assert_eq!(sizes.status, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_form_is_cut_off() {
    let app = App::start(Kind::Sqlite).await;
    let owner = app.signed_in("anna@example.org").await;
    let address = app.url.trim_start_matches("http://").to_owned();
    let head = format!(
        "POST /do/sync HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\nAccept: text/html\r\n\
         Content-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n",
        owner.cookie_header()
    );
    let sending = tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(address).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        socket.write_all(head.as_bytes()).unwrap();
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        let mut sent = 0_usize;
        // Until the server takes no more; it would take a gigabyte if nothing stopped it.
        while sent < 1 << 30 && socket.write_all(chunk.as_bytes()).is_ok() {
            sent += chunk.len();
        }
        let mut answer = Vec::new();
        // What was answered may be lost when the server closes on unread bytes.
        let _ = socket.read_to_end(&mut answer);
        (sent, String::from_utf8_lossy(&answer).into_owned())
    });
    let (sent, answer) = sending.await.unwrap();
    assert!(sent < 64 << 20, "{sent} bytes were taken");
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 413"),
        "{answer}"
    );
    assert_eq!(owner.get("/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_the_address_is_never_shown() {
    let app = App::start(Kind::Sqlite).await;
    let owner = app.signed_in("anna@example.org").await;
    // "ServerError|Your account is locked, call +1 555" and a problem of ours, in base64.
    let errors = [
        "U2VydmVyRXJyb3J8WW91ciBhY2NvdW50IGlzIGxvY2tlZCwgY2FsbCArMSA1NTU",
        "InNpZ25faW5fcmVmdXNlZCI",
        "not%20base64%3Cscript%3E",
    ];
    for page in ["/", "/connections", "/settings", "/sign-in", "/sign-up"] {
        let plain = owner.get(page).await;
        for error in errors {
            for path in ["/do/sign-in", "/do/connect", "%2Fdo%2Fchange-password"] {
                let crafted = format!("{page}?__path={path}&__err={error}");
                let shown = owner.get(&crafted).await;
                assert_eq!(shown.status, plain.status, "{crafted}");
                assert_eq!(
                    shown.all("[role=alert]"),
                    plain.all("[role=alert]"),
                    "{crafted}"
                );
                assert_eq!(shown.text(), plain.text(), "{crafted}");
                assert!(!shown.body.contains("locked") && !shown.body.contains("__err"));
            }
        }
    }
}

async fn a_database_that_does_not_answer_is_told_calmly(kind: Kind) {
    let app = App::start(kind).await;
    let owner = app.signed_in("anna@example.org").await;
    owner
        .connect(&demo_key(Exchange::Okx, okx::READ_ONLY.api_key), &[])
        .await;
    app.state.db.close().await;
    let stranger = app.browser();
    let form = [
        ("email", "anna@example.org"),
        ("password", "correct horse battery"),
        ("id", "1"),
    ];
    let mut pages = Vec::new();
    for path in ["/", "/connections", "/settings"] {
        pages.push(owner.get(path).await);
    }
    pages.push(stranger.post("/do/sign-in", &form).await);
    pages.push(stranger.post("/do/sign-up", &form).await);
    for function in FUNCTIONS.iter().filter(|function| !function.open) {
        pages.push(owner.post(&function.path(), &form).await);
        pages.push(call(&owner, &function.path(), &form).await);
    }
    pages.push(stranger.get("/readyz").await);
    for page in pages {
        assert!(
            [500, 503].contains(&page.status),
            "{}: {}",
            page.status,
            page.body
        );
        assert!(page.body.len() > 10, "an error without words");
        assert_eq!(page.headers["x-request-id"].len(), 32);
        let told = page.body.to_lowercase();
        for inside in [
            "sql",
            "pool",
            "select",
            "postgres",
            "/tmp",
            "coffer.db",
            "closed",
        ] {
            assert!(!told.contains(inside), "{inside}: {told}");
        }
    }
    assert_eq!(stranger.get("/healthz").await.status, 200);
    assert_eq!(stranger.get("/assets/coffer.css").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_that_send_no_request_are_closed() {
    let setup = Setup::new(Kind::Sqlite).await;
    let config = setup.config();
    let state = prepare(&config, system_clock()).await.unwrap();
    let mut server = Server::bind(&config, state).unwrap();
    server.head_time = Duration::from_millis(300);
    let address = server.addr;
    let running = tokio::spawn(server.run(std::future::pending()));
    let half: [&[u8]; 4] = [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: a",
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ];
    let waiting = half.map(|sent| {
        tokio::task::spawn_blocking(move || {
            let mut socket = TcpStream::connect(address).unwrap();
            socket
                .set_read_timeout(Some(Duration::from_secs(60)))
                .unwrap();
            socket.write_all(sent).unwrap();
            let mut answer = Vec::new();
            // A minute without an end would be an error here.
            socket.read_to_end(&mut answer).map(|_| answer)
        })
    });
    for (one, sent) in waiting.into_iter().zip(half) {
        let answer = one.await.unwrap();
        let shown = String::from_utf8_lossy(sent);
        assert!(answer.is_ok(), "{shown:?} was left open");
    }
    let browser = Browser::new(&format!("http://{address}"));
    assert_eq!(browser.get("/healthz").await.status, 200);
    running.abort();
}
