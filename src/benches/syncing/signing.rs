//! Signing one request, as both exchanges want it.

use std::hint::black_box;
use std::time::{Duration, Instant};

use coffer::exchanges::{binance_signature, okx_signature};
use secrecy::SecretString;

const TIMES: u32 = 100_000;
const TIME: &str = "2020-12-08T09:08:57.715Z";
const QUERY: &str = "omitZeroBalances=true&recvWindow=5000&timestamp=1499827319559";

/// Signs over and over.
pub fn run() {
    let secret =
        SecretString::from("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j");
    let binance = timed(|| binance_signature(&secret, QUERY, "").unwrap());
    let okx = timed(|| okx_signature(&secret, TIME, "GET", "/api/v5/account/balance", "").unwrap());
    println!("\nSigning one request");
    println!("binance   {} ns", binance.as_nanos());
    println!("okx       {} ns", okx.as_nanos());
}

fn timed(sign: impl Fn() -> String) -> Duration {
    let started = Instant::now();
    for _ in 0..TIMES {
        black_box(sign());
    }
    started.elapsed() / TIMES
}
