//! How many messages one core carries.

use super::world::{EXCHANGE, World};

/// How many messages are sent.
const MESSAGES: usize = 200_000;
/// After how many the sender waits for the others to be read.
const BATCH: usize = 20_000;

/// Sends prices as fast as they are read, and tells how many were read in a second: taken off the wire,
/// parsed to the last digit, judged and kept.
pub async fn measure(world: &World) {
    let _watching = world.watch(&["BTC-USDT"]).await;
    let (mut read, mut number) = (std::time::Duration::ZERO, 0);
    let first = world.state.clock.now().0;
    while number < MESSAGES {
        let (mut price, mut messages) = (String::new(), Vec::with_capacity(BATCH));
        for _ in 0..BATCH {
            number += 1;
            price = format!("{number}.12345678");
            // Every one is newer than the one before.
            let at = first + i64::try_from(number / 10).unwrap();
            messages.push(message(&price, at + 1));
        }
        for message in &messages {
            world.control.send_over_streams(EXCHANGE, message);
        }
        read += world.until(|| world.knows(&price)).await;
    }
    let a_second = u128::try_from(MESSAGES).unwrap() * 1_000_000 / read.as_micros().max(1);
    println!("one core carries {a_second} messages a second ({MESSAGES} in {read:?})");
}

fn message(price: &str, at: i64) -> String {
    format!(
        r#"{{"stream":"btcusdt@miniTicker","data":{{"e":"24hrMiniTicker","E":{at},"s":"BTCUSDT","c":"{price}","o":"60000.00000000","h":"900000.00000000","l":"1.00000000","v":"12345.67800000","q":"740740680.00000000"}}}}"#
    )
}
