//! The page over the wire: how many a second, how long each takes, and what it weighs.

use super::bare::Bare;
use super::clients::{CLIENTS, once, speed};
use super::database::Kind;
use super::statements;
use super::world::World;

/// What the columns are.
pub fn head(kind: Kind) {
    println!(
        "\nThe portfolio page (the first 200 rows), {}, {CLIENTS} clients in this process",
        kind.name()
    );
    println!(
        "holdings  pages/s  p50 ms  p99 ms  bare/s  p50 ms  p99 ms   bytes  gzipped  statements"
    );
}

/// Asks for the page, and for the same bytes from a handler that does nothing else.
pub async fn measure(world: &World) {
    let (url, cookie) = (format!("{}/", world.url), world.cookie.as_str());
    let (headers, body) = once(&url, cookie, "identity").await;
    let rows = String::from_utf8_lossy(&body).matches("<tr>").count();
    assert!(rows > usize::try_from(world.holdings.min(200)).unwrap());
    let seen = statements::count(async {
        once(&url, cookie, "identity").await;
    });
    let (seen, bytes) = (seen.await, body.len());
    let bare = Bare::start(headers, body);
    let (_, gzipped) = once(&format!("{}/compressed", bare.url), cookie, "gzip").await;
    let beside = speed(&bare.url, cookie).await;
    bare.end();
    let own = speed(&url, cookie).await;
    println!(
        "{:>8}  {}  {}  {bytes:>6}  {:>7}  {seen:>10}",
        world.holdings,
        own.told(),
        beside.told(),
        gzipped.len()
    );
}
