//! What a hostile answer or environment cannot make the transport do.

use std::io::Write;
use std::process::Command;

use super::*;
use crate::domain::health::CallClass;
use crate::exchanges::allow::Endpoint;
use crate::exchanges::testing::{FREE, Fake, hosts, reply_with, secret};

const ANSWER_TIME: Duration = Duration::from_secs(20);
const LIST: &[Endpoint] = &[
    Endpoint::get("/read", FREE, CallClass::Account),
    Endpoint::post("/look", FREE, CallClass::Account),
];

fn site(url: &str) -> Site {
    Site {
        base: url.parse().unwrap(),
        allowed: LIST,
    }
}

fn transport(url: &str) -> Transport {
    Transport::new(&hosts(url), ANSWER_TIME).unwrap()
}

async fn send(url: &str, method: Method, path: &str) -> Result<Answer, ExchangeError> {
    let key = secret_header(&secret("canary-key")).unwrap();
    let call = Call {
        method,
        path,
        query: "signature=canary-signature",
        headers: HeaderMap::from_iter([(reqwest::header::HeaderName::from_static("x-key"), key)]),
    };
    let transport = transport(url);
    let ready = transport.ready(&site(url), call)?;
    transport.send(ready).await
}

async fn get(fake: &Fake) -> Result<Answer, ExchangeError> {
    send(&fake.url, Method::GET, "/read").await
}

fn is(result: &Result<Answer, ExchangeError>, problem: &ExchangeProblem) -> bool {
    matches!(result, Err(ExchangeError::Problem(p)) if p == problem)
}

fn is_transient(result: &Result<Answer, ExchangeError>) -> bool {
    result.as_ref().is_err_and(ExchangeError::is_transient)
}

/// A gzip of at least so many zeros, packed 158 to 1: one literal zero, then runs of 258.
fn gzip_of_zeros(at_least: usize) -> Vec<u8> {
    let runs = at_least / 258;
    let mut bits = vec![true, true, false];
    bits.extend([false, false, true, true, false, false, false, false]);
    for _ in 0..runs {
        bits.extend([true, true, false, false, false, true, false, true]);
        bits.extend([false; 5]);
    }
    bits.extend([false; 7]);
    let packed = bits.chunks(8).map(|byte| {
        let set = byte.iter().enumerate().filter(|(_, bit)| **bit);
        set.fold(0, |packed, (i, _)| packed | 1_u8 << i)
    });
    let length = u32::try_from(1 + 258 * runs).unwrap();
    let mut zip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    zip.extend(packed);
    zip.extend(crc_of_zeros(length).to_le_bytes());
    zip.extend(length.to_le_bytes());
    zip
}

fn crc_of_zeros(length: u32) -> u32 {
    let shift = |crc: u32, _| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
    !(0..length).fold(u32::MAX, |crc, _| (0..8).fold(crc, shift))
}

#[tokio::test]
async fn an_answer_of_the_largest_size_is_read_and_a_larger_one_is_not() {
    for (length, fits) in [(MAX_BODY_BYTES, true), (MAX_BODY_BYTES + 1, false)] {
        let reply = reply_with(200, "", &vec![b' '; length]);
        let fake = Fake::start(move |_, stream| drop(stream.write_all(&reply)));
        assert_eq!(get(&fake).await.is_ok(), fits, "{length}");
    }
}

#[tokio::test]
async fn a_gzip_bomb_is_stopped_by_its_unpacked_size() {
    for (size, fits) in [(MAX_BODY_BYTES / 2, true), (MAX_BODY_BYTES + 1_000, false)] {
        let zip = gzip_of_zeros(size);
        assert!(zip.len() < size / 100);
        let reply = reply_with(200, "Content-Encoding: gzip\r\n", &zip);
        let fake = Fake::start(move |_, stream| drop(stream.write_all(&reply)));
        assert_eq!(get(&fake).await.is_ok(), fits, "{size}");
    }
}

#[tokio::test]
async fn an_endless_answer_is_stopped() {
    let fake = Fake::start(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b' '; 65_536]).is_ok() {}
    });
    assert!(is(&get(&fake).await, &ExchangeProblem::BadResponse));
}

/// Answers with a success of these headers and this body, then hangs up.
fn hanging_up(headers: &str, body: &[u8]) -> Fake {
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{headers}\r\n");
    let reply = [head.as_bytes(), body].concat();
    Fake::start(move |_, stream| drop(stream.write_all(&reply)))
}

#[tokio::test]
async fn an_answer_that_is_badly_packed_is_a_bad_response() {
    let zip = gzip_of_zeros(1_000);
    for body in [&b"no zip"[..], &zip[..zip.len() - 9]] {
        let length = body.len();
        let headers = format!("Content-Encoding: gzip\r\nContent-Length: {length}\r\n");
        let result = get(&hanging_up(&headers, body)).await;
        assert!(is(&result, &ExchangeProblem::BadResponse));
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_transient() {
    let zip = gzip_of_zeros(1_000);
    let length = zip.len();
    let packed = format!("Content-Encoding: gzip\r\nContent-Length: {length}\r\n");
    for (headers, body) in [
        ("Content-Length: 100\r\n", &b"{\"serv"[..]),
        ("Transfer-Encoding: chunked\r\n", b"5\r\n{\"a\":\r\n"),
        (&packed, &zip[..zip.len() - 9]),
    ] {
        let result = get(&hanging_up(headers, body)).await;
        assert!(is_transient(&result), "{headers}");
    }
}

#[tokio::test]
async fn numbers_are_read_from_headers_of_any_case() {
    let headers = "X-Mbx-USED-weight-1M: 17\r\nX-Odd: -1\r\nX-Big: 99999999999\r\n";
    let reply = reply_with(200, headers, b"{}");
    let fake = Fake::start(move |_, stream| drop(stream.write_all(&reply)));
    let answer = get(&fake).await.unwrap();
    assert_eq!(answer.number("x-mbx-used-weight-1m"), Some(17));
    for name in ["x-odd", "x-big", "x-none"] {
        assert_eq!(answer.number(name), None, "{name}");
    }
}

#[tokio::test]
async fn a_refusal_counts_though_its_body_is_broken() {
    let head = b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 100\r\n\r\n{";
    let fake = Fake::start(move |_, stream| drop(stream.write_all(head)));
    let answer = get(&fake).await.unwrap();
    assert_eq!((answer.status, answer.retry_after), (429, Some(7)));
    assert!(answer.body.is_empty());
}

#[tokio::test]
async fn a_server_that_hangs_up_or_is_not_there_is_transient() {
    let fake = Fake::start(|_, _| {});
    assert!(is_transient(&get(&fake).await));
    let nobody = send("http://127.0.0.1:1", Method::GET, "/read").await;
    assert!(is_transient(&nobody));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let other = Fake::start(|_, stream| drop(stream.write_all(&reply_with(200, "", b"{}"))));
    for status in [301, 302, 303, 307, 308] {
        let place = format!("Location: {}/read\r\n", other.url);
        let fake = Fake::start(move |_, stream| {
            let _ = stream.write_all(&reply_with(status, &place, b""));
        });
        assert_eq!(get(&fake).await.unwrap().status, status);
    }
    assert_eq!(other.heads(), [""; 0]);
}

#[tokio::test]
async fn what_is_not_on_the_list_is_not_sent() {
    let fake = Fake::start(|_, stream| drop(stream.write_all(&reply_with(200, "", b"{}"))));
    for (method, path) in [
        (Method::POST, "/read"),
        (Method::DELETE, "/read"),
        (Method::GET, "/look"),
        (Method::GET, "/withdraw"),
        (Method::GET, "/x/../read"),
        (Method::GET, "//read"),
        (Method::GET, "/read%2f"),
        (Method::GET, "/read?x=1"),
        (Method::GET, "@evil.example/read"),
    ] {
        let result = send(&fake.url, method, path).await;
        assert!(matches!(result, Err(ExchangeError::NotAllowed)), "{path}");
    }
    assert_eq!(fake.heads(), [""; 0]);
    assert!(send(&fake.url, Method::GET, "/read").await.is_ok());
}

#[tokio::test]
async fn a_post_without_a_body_says_so() {
    let fake = Fake::start(|_, stream| drop(stream.write_all(&reply_with(200, "", b"{}"))));
    assert!(send(&fake.url, Method::POST, "/look").await.is_ok());
    assert!(
        fake.heads()[0]
            .to_lowercase()
            .contains("content-length: 0\r\n")
    );
}

#[tokio::test]
async fn no_referer_and_no_cookie_leave_and_gzip_is_asked_for() {
    let fake = Fake::start(|_, stream| drop(stream.write_all(&reply_with(200, "", b"{}"))));
    get(&fake).await.unwrap();
    let head = fake.heads()[0].to_lowercase();
    assert!(
        !head.contains("referer") && !head.contains("cookie"),
        "{head}"
    );
    assert!(head.contains("accept-encoding: gzip"), "{head}");
}

#[tokio::test]
async fn clients_of_real_hosts_never_speak_without_tls() {
    let fake = Fake::start(|_, stream| drop(stream.write_all(&reply_with(200, "", b"{}"))));
    let transport = Transport::new(&Hosts::live(), ANSWER_TIME).unwrap();
    let call = Call {
        method: Method::GET,
        path: "/read",
        query: "",
        headers: HeaderMap::new(),
    };
    let ready = transport.ready(&site(&fake.url), call).unwrap();
    assert!(transport.send(ready).await.is_err());
    assert_eq!(fake.heads(), [""; 0]);
}

#[tokio::test]
async fn errors_tell_neither_the_url_nor_the_key() {
    let fake = Fake::start(|_, _| {});
    for result in [
        get(&fake).await,
        send("http://127.0.0.1:1", Method::GET, "/read").await,
        send(&fake.url, Method::GET, "/withdraw").await,
    ] {
        let error = result.err().unwrap();
        let told = format!("{error} {error:?} {error:#?}");
        for secret in ["canary", "127.0.0.1", "/read", "signature"] {
            assert!(!told.contains(secret), "{told}");
        }
    }
    let header = secret_header(&secret("canary")).unwrap();
    assert!(!format!("{header:?}").contains("canary"));
}

#[test]
fn texts_that_cannot_stand_in_a_header_are_no_header() {
    for text in ["", "a\r\nX-Evil: 1", "a\nb", "a\0b", "Schlüssel"] {
        assert!(secret_header(&secret(text)).is_none(), "{text:?}");
    }
}

/// Set for the child process in which the test below looks at the environment.
const PROXIED: &str = "COFFER_TEST_WITH_PROXY";

/// The environment of a running process cannot be changed safely, so the test starts itself anew.
#[test]
fn the_proxy_of_the_environment_is_ignored() {
    if std::env::var_os(PROXIED).is_some() {
        return ask_with_a_proxy_in_the_environment();
    }
    let proxy = Fake::start(|_, _| {});
    let mut again = Command::new(std::env::current_exe().unwrap());
    again
        .args([
            "the_proxy_of_the_environment_is_ignored",
            "--test-threads=1",
        ])
        .env(PROXIED, "1");
    for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"] {
        again.env(name, &proxy.url);
    }
    let output = again.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}"
    );
    assert_eq!(proxy.heads(), [""; 0]);
}

fn ask_with_a_proxy_in_the_environment() {
    let fake = Fake::start(|_, stream| drop(stream.write_all(&reply_with(200, "", b"{}"))));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    assert!(runtime.block_on(get(&fake)).is_ok());
    assert_eq!(fake.heads().len(), 1);
}
