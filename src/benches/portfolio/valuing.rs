//! What valuing costs, holding by holding, without a page around it.

use std::hint::black_box;
use std::time::{Duration, Instant};

use coffer::domain::portfolio::table::{Choice, table};
use coffer::domain::price::route::Market;
use coffer::services::{accounts, portfolio, prices, valuation};
use coffer::storage::holdings;

use super::world::World;

const TIMES: usize = 20;

/// Reads, values and tabulates everything that is held; the best of many times counts.
pub async fn run(world: &World) {
    let state = &world.state;
    let only = accounts::list(state).await.unwrap().remove(0);
    let user = accounts::find(state, &only.id).await.unwrap().unwrap();
    let market = prices::market(state).await;
    let nothing = Market::new(Vec::new(), state.clock.now());
    println!(
        "\nValuing {} holdings, {}: microseconds each",
        world.holdings,
        world.kind.name()
    );
    let mut times = [Duration::MAX; 5];
    for _ in 0..TIMES {
        let mut note = {
            let (mut begun, mut step) = (Instant::now(), 0);
            move |times: &mut [Duration; 5]| {
                times[step] = times[step].min(begun.elapsed());
                (begun, step) = (Instant::now(), step + 1);
            }
        };
        let mut db = state.db.reader().await.unwrap();
        black_box(holdings::list_of_user(&mut db, &user.id).await.unwrap());
        drop(db);
        note(&mut times);
        black_box(valuation::sheet(state, &user.id, &nothing).await.unwrap());
        note(&mut times);
        black_box(valuation::sheet(state, &user.id, &market).await.unwrap());
        note(&mut times);
        let seen = portfolio::view(state, &user, None).await.unwrap();
        note(&mut times);
        black_box(table(&seen, &Choice::default()));
        note(&mut times);
    }
    let names = [
        "read from the database",
        "and searched in vain for a price",
        "read and priced in USDT for history",
        "read, priced, multiplied, summed, shared out",
        "put in order for the page",
    ];
    for (name, time) in names.iter().zip(times) {
        println!("{name:<46}  {:>7}", each(time, world.holdings));
    }
}

/// Microseconds with two decimals.
fn each(time: Duration, holdings: u32) -> String {
    let hundredths = time.as_nanos() / u128::from(holdings) / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
