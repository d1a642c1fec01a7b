//! How soon a stream that was cut off tells prices again.

use coffer::sandbox::Sandbox;

use super::world::{BITCOIN, EXCHANGE, World};

/// How often it is cut off.
const TIMES: usize = 20;

/// Cuts a stream off, and tells how long it took until the next price came over a new one: of a program
/// that has just begun each time, as one whose streams are cut off again and again waits ever longer. The
/// first try is made by chance within a second, so that not all come back at once.
pub async fn measure(sandbox: &Sandbox) {
    let mut took = Vec::new();
    for number in 0..TIMES {
        let world = World::new(sandbox).await;
        let _watching = world.watch(&["BTC-USDT"]).await;
        let price = format!("{}.5", 60_000 + number);
        let before = world.control.streams_opened(EXCHANGE);
        world.control.drop_streams(EXCHANGE);
        let opened = || world.control.streams_opened(EXCHANGE) > before && world.is_streamed();
        let gone = world.until(opened).await;
        world.control.set_price(EXCHANGE, BITCOIN, &price);
        took.push(gone + world.until(|| world.knows(&price)).await);
        world.end().await;
    }
    took.sort_unstable();
    println!(
        "a stream that was cut off tells prices again after {:?} (median of {TIMES}), {:?} at most",
        took[TIMES / 2],
        took[TIMES - 1]
    );
}
