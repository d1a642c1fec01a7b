//! What is sent again, and what is noted of it.

use super::*;

#[tokio::test]
async fn only_what_is_transient_is_tried_again_and_no_more_than_twice() {
    for (status_code, problem, sent) in [
        (503, ExchangeProblem::Unavailable, 3),
        (401, ExchangeProblem::BadResponse, 1),
        (404, ExchangeProblem::BadResponse, 1),
        (429, ExchangeProblem::RateLimited { seconds: 1 }, 1),
        (307, ExchangeProblem::BadResponse, 1),
    ] {
        let fake = server(move |_| status(status_code));
        let process = Process::new(&fake.url, surroundings());
        assert_eq!(process.outcome().await, Err(problem), "{status_code}");
        assert_eq!(timestamps(&fake).len(), sent, "{status_code}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\"";
    for broken in [&b""[..], cut] {
        let fake = server(move |n| if n < 2 { broken.to_vec() } else { ok("{}") });
        let process = Process::new(&fake.url, surroundings());
        assert_eq!(process.outcome().await, Ok(()));
        assert_eq!(timestamps(&fake).len(), 3);
    }
}

#[tokio::test]
async fn an_answer_that_came_whole_is_never_asked_for_again() {
    for body in ["<html></html>", "Unauthorized", "{\"a\":", ""] {
        let fake = server(move |_| ok(body));
        let process = Process::new(&fake.url, surroundings());
        let answer = process.read(&credentials()).await.unwrap();
        assert_eq!(answer.text().unwrap(), body);
        assert_eq!(timestamps(&fake).len(), 1);
    }
    let fake = server(|_| reply_with(200, "", &vec![b' '; 9 * 1024 * 1024]));
    let process = Process::new(&fake.url, surroundings());
    assert_eq!(process.outcome().await, Err(ExchangeProblem::BadResponse));
    assert_eq!(timestamps(&fake).len(), 1);
}

#[tokio::test]
async fn every_try_is_signed_anew() {
    let (now, clock) = turning();
    let turn = Arc::clone(&now);
    let fake = server(move |n| {
        turn.fetch_add(700, Ordering::SeqCst);
        if n < 2 { status(503) } else { ok("{}") }
    });
    let process = Process::new(
        &fake.url,
        Surroundings {
            clock,
            ..surroundings()
        },
    );
    assert_eq!(process.outcome().await, Ok(()));
    let stamps = timestamps(&fake);
    let steps: Vec<_> = stamps.windows(2).map(|two| two[1] - two[0]).collect();
    assert_eq!(steps, [700, 700]);
}

#[tokio::test]
async fn every_request_that_is_sent_weighs() {
    let fake = server(|n| if n < 2 { status(503) } else { ok("{}") });
    let process = Process::new(&fake.url, surroundings());
    let (journal, credentials) = (Journal::default(), credentials());
    let access = Access {
        journal: &journal,
        ..live(&credentials)
    };
    let caller = process.caller(access);
    assert!(caller.call(&Simple, &READ, "a=1").await.is_ok());
    assert_eq!((journal.weight(), journal.calls()), (1 + 3 * 5, 4));
    let unlisted = Endpoint::get("/withdraw", weighing(5), CallClass::Account);
    let refused = caller.call(&Simple, &unlisted, "").await;
    assert!(matches!(refused, Err(ExchangeError::NotAllowed)));
    assert_eq!((journal.weight(), journal.calls()), (16, 4));
}

#[tokio::test]
async fn answers_are_kept_without_time_and_signature() {
    let fake = server(|n| match n {
        0 => reply_with(503, "", b"<html>"),
        1 => reply_with(200, "", &vec![b'x'; 300 * 1024]),
        _ => reply_with(200, "", b"\xff\xfe"),
    });
    let process = Process::new(&fake.url, surroundings());
    let (journal, credentials) = (Journal::default(), credentials());
    let access = Access {
        journal: &journal,
        ..live(&credentials)
    };
    let caller = process.caller(access);
    assert!(
        caller
            .call(&Simple, &LOOK, "current=1&size=100")
            .await
            .is_ok()
    );
    assert!(caller.call(&Simple, &READ, "").await.is_ok());
    let answer = |method: &str, path: &str, parameters: &str, status, body: &str| RawAnswer {
        method: method.into(),
        path: path.into(),
        parameters: parameters.into(),
        status,
        body: body.into(),
    };
    let wanted = [
        answer("GET", "/time", "", 200, &NOW_MS.to_string()),
        answer("POST", "/look", "current=1&size=100", 503, "<html>"),
        answer("POST", "/look", "current=1&size=100", 200, ""),
        answer("GET", "/read", "", 200, ""),
    ];
    assert_eq!(journal.take_answers(), wanted);
}
