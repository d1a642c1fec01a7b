//! The sandbox exchanges in a process of their own, with as many accounts as are wanted.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use coffer::sandbox::{Control, Exchange, Holding, Options, Sandbox};

const FLAG: &str = "--as-exchange";

/// What the process is to play.
#[derive(Clone, Copy)]
pub struct Setup {
    /// Accounts of each exchange.
    pub accounts: u32,
    /// Assets in each account.
    pub assets: u32,
    /// How long every answer takes.
    pub latency: Duration,
}

impl Setup {
    /// Reads what [`Running::start`] has written.
    pub fn from_arguments(arguments: &[String]) -> Option<Self> {
        let at = arguments.iter().position(|a| a == FLAG)?;
        let number = |n: usize| arguments[at + n].parse::<u32>().unwrap();
        Some(Self {
            accounts: number(1),
            assets: number(2),
            latency: Duration::from_millis(number(3).into()),
        })
    }
}

/// Serves until standard input ends.
pub async fn serve(setup: Setup) {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let control = sandbox.control();
    println!("{}", sandbox.url());
    fill(control, setup);
    println!();
    control.delay("/", setup.latency);
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().lines().count());
    ended.await.unwrap();
}

fn fill(control: &Control, setup: Setup) {
    let holdings: Vec<Holding> = (0..setup.assets)
        .map(|n| Holding::new(&format!("A{n}"), &format!("{n}.12345678"), "0.5"))
        .collect();
    for number in 0..setup.accounts {
        let made = [
            control.add_binance_account(number, &holdings),
            control.add_okx_account(number, &holdings),
        ];
        for key in made {
            let passphrase = key.passphrase.unwrap_or_default();
            let exchange = name(key.exchange);
            println!("{exchange} {} {} {passphrase}", key.api_key, key.secret_key);
        }
    }
}

/// The process, ended when dropped.
pub struct Running {
    child: Child,
    /// Where it listens.
    pub url: String,
    /// Its accounts' keys: exchange, API key, secret key and passphrase.
    pub keys: Vec<[String; 4]>,
}

impl Running {
    /// Starts it and waits until it listens.
    pub fn start(setup: Setup) -> Self {
        let numbers = [
            setup.accounts,
            setup.assets,
            u32::try_from(setup.latency.as_millis()).unwrap(),
        ];
        #[expect(clippy::zombie_processes, reason = "whoever drops this waits for it")]
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg(FLAG)
            .args(numbers.map(|n| n.to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut line = || lines.next().unwrap().unwrap();
        let url = line();
        let mut keys = Vec::new();
        loop {
            let told = line();
            if told.is_empty() {
                return Self { child, url, keys };
            }
            let mut parts = told.split(' ').map(str::to_owned);
            keys.push(std::array::from_fn(|_| parts.next().unwrap_or_default()));
        }
    }
}

impl Running {
    /// How long one answer takes while nobody else asks: the shortest of some.
    pub async fn answer_time(&self) -> Duration {
        let client = reqwest::Client::new();
        let mut shortest = Duration::MAX;
        for _ in 0..10 {
            let asked = Instant::now();
            let path = format!("{}/api/v5/public/time", self.url);
            client.get(path).send().await.unwrap();
            shortest = shortest.min(asked.elapsed());
        }
        shortest
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The name people know it by.
pub fn name(exchange: Exchange) -> &'static str {
    match exchange {
        Exchange::Binance => "binance",
        Exchange::Okx => "okx",
    }
}
