//! What a hostile or broken receiver cannot make the client do.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use super::*;

const AT: Timestamp = Timestamp(1_767_225_600_999);
const SECRET: &str = "coffer_webhook_canary";

/// A receiver on loopback that answers every request by a script, and what it was sent.
fn receiver(
    script: impl Fn(&mut TcpStream) + Send + Sync + Clone + 'static,
) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/in?key=1", listener.local_addr().unwrap());
    let (heard, hears) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (script, heard) = (script.clone(), heard.clone());
            thread::spawn(move || {
                let mut stream = stream.unwrap();
                let request = read_request(&mut stream);
                // The test may be over.
                let _ = heard.send(request);
                script(&mut stream);
            });
        }
    });
    (url, hears)
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut byte = [0];
    let is_whole = |request: &[u8]| {
        let text = String::from_utf8_lossy(request);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let length = head.to_lowercase();
        let (_, length) = length.split_once("content-length: ")?;
        let length: usize = length.lines().next()?.parse().ok()?;
        (body.len() >= length).then_some(())
    };
    while is_whole(&request).is_none() {
        if stream.read(&mut byte).unwrap_or_default() == 0 {
            break;
        }
        request.push(byte[0]);
    }
    String::from_utf8(request).unwrap()
}

fn answering(reply: &'static str) -> (String, Receiver<String>) {
    receiver(move |stream| drop(stream.write_all(reply.as_bytes())))
}

fn webhooks() -> Webhooks {
    Webhooks::new(Reach::LoopbackToo, Duration::from_secs(20))
}

async fn send_by(webhooks: &Webhooks, url: &str) -> Outcome {
    let target = Target::parse(url, Reach::LoopbackToo).unwrap();
    let message = Message {
        target: &target,
        secret: &SecretString::from(SECRET),
        at: AT,
        body: r#"{"id":"1"}"#,
    };
    webhooks.send(message).await
}

async fn send(url: &str) -> Outcome {
    send_by(&webhooks(), url).await
}

#[tokio::test]
async fn a_message_is_posted_with_its_time_and_signature_and_nothing_else() {
    let (url, heard) = answering("HTTP/1.1 204 No\r\nSet-Cookie: a=b\r\n\r\n");
    let webhooks = webhooks();
    assert_eq!(send_by(&webhooks, &url).await, Outcome::Status(204));
    // The second one brings no cookie back, and makes a connection of its own.
    assert_eq!(send_by(&webhooks, &url).await, Outcome::Status(204));
    for _ in 0..2 {
        let request = heard.recv().unwrap();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert_eq!(body, r#"{"id":"1"}"#);
        assert!(head.starts_with("POST /in?key=1 HTTP/1.1"), "{head}");
        let mut names: Vec<_> = head
            .lines()
            .skip(1)
            .map(|line| line.split_once(": ").unwrap())
            .collect();
        names.sort_unstable();
        let names: Vec<_> = names.iter().map(|(name, _)| *name).collect();
        let expected = [
            "accept",
            "coffer-signature",
            "coffer-timestamp",
            "content-length",
            "content-type",
            "host",
            "user-agent",
        ];
        assert_eq!(names, expected);
        assert!(head.contains("coffer-timestamp: 1767225600\r\n"), "{head}");
        let signature = sign(&SecretString::from(SECRET), 1_767_225_600, body).unwrap();
        assert!(
            head.contains(&format!("coffer-signature: {signature}")),
            "{head}"
        );
        assert!(head.contains("user-agent: coffer-webhook/"), "{head}");
        assert!(!request.contains("canary"), "{request}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, heard) = answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let reply = format!("HTTP/1.1 307 Go\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n");
    let (url, _first) = receiver(move |stream| drop(stream.write_all(reply.as_bytes())));
    assert_eq!(send(&url).await, Outcome::Status(307));
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn a_long_or_endless_answer_is_left_after_its_first_part() {
    let (written, seen) = channel();
    let (url, _heard) = receiver(move |stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        let mut total = 0_usize;
        while stream.write_all(&[b' '; 4096]).is_ok() {
            total += 4096;
        }
        let _ = written.send(total);
    });
    assert_eq!(send(&url).await, Outcome::Status(200));
    let written = tokio::task::spawn_blocking(move || seen.recv().unwrap());
    // What lies in the system's buffers counts as written.
    assert!(written.await.unwrap() < 16 * 1024 * 1024);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_waited_for() {
    let silent = Webhooks::new(Reach::LoopbackToo, Duration::from_millis(200));
    let (url, _heard) = receiver(|stream| drop(stream.read(&mut [0])));
    assert_eq!(send_by(&silent, &url).await, Outcome::TimedOut);
    // The status counts, however slow what follows.
    let (url, _heard) = receiver(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 202 OK\r\nContent-Length: 9\r\n\r\n1");
        drop(stream.read(&mut [0]));
    });
    assert_eq!(send_by(&silent, &url).await, Outcome::Status(202));
}

#[tokio::test]
async fn an_answer_that_is_none_is_told_as_such() {
    for reply in ["", "nonsense\r\n\r\n", "HTTP/1.1 2"] {
        let (url, _heard) = answering(reply);
        assert_eq!(send(&url).await, Outcome::NoAnswer, "{reply:?}");
    }
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", closed.local_addr().unwrap());
    drop(closed);
    assert_eq!(send(&url).await, Outcome::NoAnswer);
}

#[tokio::test]
async fn a_receiver_without_tls_gets_no_message_by_https() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut greeting = [0; 4096];
        let length = stream.read(&mut greeting).unwrap();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        String::from_utf8_lossy(&greeting[..length]).into_owned()
    });
    assert_eq!(send(&url).await, Outcome::NotSecure);
    let heard = server.join().unwrap();
    assert!(!heard.contains("signature"), "{heard}");
}

#[tokio::test]
async fn what_may_not_be_reached_is_not_even_asked() {
    let public = Webhooks::new(Reach::Public, Duration::from_secs(20));
    let (url, heard) = answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    // An address that was stored when more was allowed.
    assert_eq!(send_by(&public, &url).await, Outcome::Forbidden);
    // A name of this machine, which only the look-up shows to be no public one.
    let port = url.split([':', '/']).nth(4).unwrap();
    let target = Target::parse(&format!("https://localhost:{port}/"), Reach::Public).unwrap();
    let message = Message {
        target: &target,
        secret: &SecretString::from(SECRET),
        at: AT,
        body: "{}",
    };
    assert_eq!(public.send(message).await, Outcome::Forbidden);
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn a_name_that_stands_for_nothing_is_told_as_such() {
    let target = Target::parse("https://no-such-host.invalid/", Reach::LoopbackToo).unwrap();
    let message = Message {
        target: &target,
        secret: &SecretString::from(SECRET),
        at: AT,
        body: "{}",
    };
    assert_eq!(webhooks().send(message).await, Outcome::UnknownHost);
}
