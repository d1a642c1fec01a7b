//! Syncing many connections at once, beside the time that budget and latency leave no way around.

use std::time::{Duration, Instant};

use coffer::services::sync;

use super::exchange::Setup;
use super::process::{memory_kb, processor_time};
use super::world::World;

const ASSETS: u32 = 20;
/// How many connections of one exchange are synced at once.
const AT_ONCE: u32 = 32;
/// Calls of one sync that wait for one another: the rights first, then the wallets together.
const ROUNDS: u32 = 2;

/// How often a sync of few connections is measured: one time alone says little of a tenth of a second.
const TIMES: usize = 9;
/// More connections than this are measured once.
const FEW: u32 = 100;

/// Syncs 1, 10, 100 and 1,000 connections of each exchange; only some, where the arguments name an
/// exchange or a number.
pub async fn run(latency: Duration, arguments: &[String]) {
    println!("\nSync all, answers after {} ms", latency.as_millis());
    println!("Median of {TIMES}, but for 1,000 connections");
    println!("exchange  connections  wall s  bound s  over  weight  cpu ms each  memory MB");
    let named = |all: &[&str], one: &str| {
        let given = |name: &str| arguments.iter().any(|argument| argument == name);
        given(one) || !all.iter().any(|name| given(name))
    };
    let (exchanges, numbers) = (["okx", "binance"], ["1", "10", "100", "1000"]);
    for exchange in exchanges.into_iter().filter(|one| named(&exchanges, one)) {
        for number in numbers.into_iter().filter(|one| named(&numbers, one)) {
            let accounts = number.parse().unwrap();
            some(exchange, accounts, latency).await;
        }
    }
}

/// One sync of all connections.
#[derive(Clone, Copy)]
struct Measured {
    wall: Duration,
    cpu: Duration,
    weight: u32,
    successful: usize,
    total: usize,
}

async fn some(exchange: &str, accounts: u32, latency: Duration) {
    let setup = Setup {
        accounts,
        assets: ASSETS,
        latency,
    };
    let world = World::new(setup).await;
    world.connect_all(exchange).await;
    // What the budget left out while so many were connected is read now.
    world.settle().await;
    if exchange == "binance" {
        // Connecting shall have spent nothing of the budget measured.
        next_minute().await;
    }
    let answer = world.exchange.answer_time().await;
    let times = if accounts > FEW { 1 } else { TIMES };
    let mut all = Vec::new();
    for _ in 0..times {
        all.push(one(&world).await);
        // What may be spent in a second is there again.
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    all.sort_by_key(|one| one.wall);
    let Measured {
        wall,
        cpu,
        weight,
        successful,
        total,
    } = all[times / 2];
    let bound = bound(exchange, accounts, answer);
    println!(
        "{exchange:<9} {accounts:>11}  {:>6}  {:>7}  {:>3}%  {:>6}  {:>11}  {:>9}   {successful} of {total} read",
        seconds(wall),
        seconds(bound),
        percent_over(wall, bound),
        weight / accounts,
        tenths(cpu / accounts),
        memory_kb() / 1_024,
    );
    world.end().await;
}

async fn one(world: &World) -> Measured {
    let (state, user_id) = (&world.state, &world.user_id);
    let cpu_before = processor_time();
    let started = Instant::now();
    let batch = sync::start_all(state, user_id).await.unwrap();
    let long = Duration::from_secs(900);
    let done = sync::wait_for_all(state, user_id, &batch.batch_id, long);
    let done = done.await.unwrap();
    let wall = started.elapsed();
    let cpu = processor_time().saturating_sub(cpu_before);
    let reports = sync::reports_of(state, user_id, &batch.batch_id);
    let reports = reports.await.unwrap();
    Measured {
        wall,
        cpu,
        weight: reports.iter().map(|report| report.weight).sum(),
        successful: done.successful(),
        total: done.total(),
    }
}

/// What cannot be undercut: the rounds of calls of every connection, so many at once; and the budget
/// of the path that is scarcest.
fn bound(exchange: &str, accounts: u32, answer: Duration) -> Duration {
    let turns = accounts.div_ceil(AT_ONCE);
    let by_latency = answer * ROUNDS * turns;
    by_latency.max(by_budget(exchange, accounts))
}

/// The whole seconds that have to pass before the last call may be made.
fn by_budget(exchange: &str, accounts: u32) -> Duration {
    if exchange == "okx" {
        // Counted by account: one call of each path never waits.
        return Duration::ZERO;
    }
    // The dearest call of such a sync is getUserAsset: 5 of 12,000 a minute. Nine tenths of that are
    // spent, a tenth of them at most in one second.
    let calls_per_minute = 12_000 * 9 / 10 / 5;
    let calls_per_second = calls_per_minute / 10;
    let minutes = (accounts - 1) / calls_per_minute;
    let left = accounts - minutes * calls_per_minute;
    let seconds = (left - 1) / calls_per_second;
    Duration::from_secs((minutes * 60 + seconds).into())
}

async fn next_minute() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the exchange's minute is the clock's"
    )]
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    let left = 60_000 - since.as_millis() % 60_000;
    tokio::time::sleep(Duration::from_millis(u64::try_from(left).unwrap() + 5)).await;
}

fn seconds(time: Duration) -> String {
    format!("{}.{:02}", time.as_secs(), time.subsec_millis() / 10)
}

/// Milliseconds with one decimal.
fn tenths(time: Duration) -> String {
    let tenths = time.as_micros() / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn percent_over(wall: Duration, bound: Duration) -> i128 {
    let (wall, bound) = (wall.as_millis(), bound.as_millis().max(1));
    let over = i128::try_from(wall).unwrap() - i128::try_from(bound).unwrap();
    over * 100 / i128::try_from(bound).unwrap()
}
