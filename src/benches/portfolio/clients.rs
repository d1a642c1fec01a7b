//! Clients that ask for a page over and over, each on a connection that is kept.

use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use tokio::runtime::Builder;

/// How many clients ask at once.
pub const CLIENTS: usize = 4;
/// How often a measurement is made; the best counts, as others may use this machine.
const ROUNDS: usize = 3;
/// How long each of them takes.
const ROUND: Duration = Duration::from_secs(2);

/// What asking came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Speed {
    /// Answers in a second.
    pub per_second: u128,
    /// Half of the answers took no longer.
    pub median: Duration,
    /// All but one of a hundred took no longer.
    pub p99: Duration,
}

impl Speed {
    /// As columns: answers in a second, and two times in milliseconds.
    pub fn told(self) -> String {
        let (median, p99) = (hundredths(self.median), hundredths(self.p99));
        format!("{:>7}  {median:>6}  {p99:>6}", self.per_second)
    }
}

/// Milliseconds with two decimals.
fn hundredths(time: Duration) -> String {
    let hundredths = time.as_micros() / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// How fast an address answers. The clients have a thread of their own in this process.
pub async fn speed(url: &str, cookie: &str) -> Speed {
    let (url, cookie) = (url.to_owned(), cookie.to_owned());
    let asking = tokio::task::spawn_blocking(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let rounds = (0..ROUNDS).map(|_| runtime.block_on(round(&url, &cookie)));
        rounds.max_by_key(|speed| speed.per_second).unwrap()
    });
    asking.await.unwrap()
}

async fn round(url: &str, cookie: &str) -> Speed {
    let begun = Instant::now();
    let hands = (0..CLIENTS).map(|_| ask_until(url, cookie, begun + ROUND));
    let mut times: Vec<Duration> = futures::future::join_all(hands).await.concat();
    let took = begun.elapsed();
    times.sort_unstable();
    Speed {
        per_second: times.len() as u128 * 1_000 / took.as_millis(),
        median: times[times.len() / 2],
        p99: times[times.len() * 99 / 100],
    }
}

async fn ask_until(url: &str, cookie: &str, end: Instant) -> Vec<Duration> {
    let client = client();
    // The connection is made, and caches are warm.
    answer(&client, url, cookie).await;
    let mut times = Vec::new();
    while Instant::now() < end {
        let begun = Instant::now();
        answer(&client, url, cookie).await;
        times.push(begun.elapsed());
    }
    times
}

/// One answer, with its headers and its bytes as they were sent.
pub async fn once(url: &str, cookie: &str, encoding: &str) -> (HeaderMap, Vec<u8>) {
    let request = client().get(url).header("accept-encoding", encoding);
    let response = request.header(COOKIE, cookie).header(ACCEPT, "text/html");
    whole(response.send().await.unwrap()).await
}

async fn answer(client: &Client, url: &str, cookie: &str) {
    let request = client.get(url).header(COOKIE, cookie);
    let request = request.header(ACCEPT, "text/html");
    whole(request.send().await.unwrap()).await;
}

async fn whole(response: Response) -> (HeaderMap, Vec<u8>) {
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    (headers, response.bytes().await.unwrap().into())
}

/// Signs in as a browser does; answers with the session's cookie.
pub async fn session_of(url: &str, email: &str, password: &str) -> String {
    let body = serde_urlencoded::to_string([("email", email), ("password", password)]);
    let request = client().post(format!("{url}/do/sign-in"));
    let request = request
        .header(ACCEPT, "text/html")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("Sec-Fetch-Site", "same-origin");
    let response = request.body(body.unwrap()).send().await.unwrap();
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

fn client() -> Client {
    let client = Client::builder().redirect(Policy::none()).no_proxy();
    client.no_gzip().build().unwrap()
}
