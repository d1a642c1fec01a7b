//! A portfolio over the wire: how many a second, and how long each takes.

use super::bare::Bare;
use super::clients::{CLIENTS, once, speed};
use super::world::World;

/// Asks for the portfolio, and for the same bytes from a handler that does nothing else.
pub async fn measure(world: &World) {
    let url = format!("{}/api/v1/portfolio", world.url);
    let (headers, body) = once(&url, &world.cookie, "identity").await;
    let assets = String::from_utf8_lossy(&body).matches("\"asset\"").count();
    assert!(assets >= usize::try_from(world.holdings).unwrap());
    let bytes = body.len();
    let bare = Bare::start(headers, body);
    let beside = speed(&bare.url, &world.cookie).await;
    bare.end();
    let own = speed(&url, &world.cookie).await;
    println!(
        "\nGET /api/v1/portfolio, {} holdings, {}, {CLIENTS} clients in this process",
        world.holdings,
        world.kind.name()
    );
    println!("calls/s  p50 ms  p99 ms   bare/s  p50 ms  p99 ms   bytes");
    println!("{}  {}  {bytes:>6}", own.told(), beside.told());
}
