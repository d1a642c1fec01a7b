//! What the two wallets of an account hold, here and at the exchange: a number that goes up.

use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{Control, DemoKey, Exchange, Holding, Wallet};

use super::bodies::BEFORE;
use super::ledger::Held;
use super::meaning::{Holds, Then};

/// Everything that is emptied at first.
const WALLETS: [Wallet; 3] = [Wallet::Spot, Wallet::Trading, Wallet::Funding];
/// Assets of the wallet that is struck only when everything is.
const SOUND: [&str; 2] = ["BTC", "USDC"];
/// Assets of the wallet that is struck.
const STRUCK: [&str; 2] = ["BTC", "ETH"];
/// The name of the wallet that is struck.
const FUNDING: &str = "funding";

/// An account, in which there is the same number of everything.
pub struct Balances {
    pub key: DemoKey,
    exchange: Exchange,
    number: u32,
}

impl Balances {
    /// The account that is used of an exchange.
    pub fn new(exchange: Exchange, control: &Control) -> Self {
        let key = match exchange {
            Exchange::Binance => binance::SECOND,
            Exchange::Okx => okx::SECOND,
        };
        for wallet in WALLETS {
            control.clear_wallet(key.api_key, wallet).unwrap();
        }
        let mut balances = Self {
            key,
            exchange,
            number: 0,
        };
        balances.raise(control);
        balances
    }

    /// Gives everything at the exchange the next number as its amount.
    pub fn raise(&mut self, control: &Control) {
        self.number += 1;
        let amount = self.number.to_string();
        let sound = SOUND.map(|asset| (self.sound().0, asset));
        for (wallet, asset) in STRUCK
            .map(|asset| (Wallet::Funding, asset))
            .into_iter()
            .chain(sound)
        {
            let holding = Holding::new(asset, &amount, "0");
            control
                .set_asset(self.key.api_key, wallet, holding)
                .unwrap();
        }
    }

    /// What the exchange has, as it is to be stored.
    pub fn now(&self) -> Vec<Held> {
        let amount = self.number.to_string();
        let row = |wallet: &str, asset: &str| plain(wallet, asset, &amount);
        let struck = STRUCK.map(|asset| row(FUNDING, asset));
        let sound = SOUND.map(|asset| row(self.sound().1, asset));
        let mut rows = [struck, sound].concat();
        rows.sort();
        rows
    }

    /// Whether what is stored after a sync is right, by what was stored before it.
    pub fn fit(&self, held: &[Held], then: &Then, before: &[Held]) -> bool {
        let now = self.now();
        let part_fits = |holds: &Holds, is_struck: bool| {
            let (held, was) = (of(held, is_struck), of(before, is_struck));
            let is = of(&now, is_struck);
            match holds {
                Holds::AsBefore => held == was,
                Holds::AsNow => held == is,
                Holds::AsBeforeOrNow => held == was || held == is,
                Holds::These(rows) => {
                    let row = |(asset, total): &(String, String)| match total.as_str() {
                        BEFORE => one(&was, asset),
                        total => plain(FUNDING, asset, total),
                    };
                    let mut rows: Vec<_> = rows.iter().map(row).collect();
                    rows.sort();
                    held == rows
                }
            }
        };
        part_fits(&then.sound, false) && part_fits(&then.struck, true)
    }

    /// The wallet that is struck only when everything is, and its name.
    fn sound(&self) -> (Wallet, &'static str) {
        match self.exchange {
            Exchange::Binance => (Wallet::Spot, "spot"),
            Exchange::Okx => (Wallet::Trading, "trading"),
        }
    }
}

fn plain(wallet: &str, asset: &str, total: &str) -> Held {
    let [wallet, asset, total] = [wallet, asset, total].map(str::to_owned);
    (wallet, asset, total.clone(), "0".to_owned(), total)
}

/// The row of an asset.
fn one(rows: &[Held], asset: &str) -> Held {
    let mut rows = rows.iter();
    rows.find(|row| row.1 == asset).unwrap().clone()
}

fn of(rows: &[Held], is_struck: bool) -> Vec<Held> {
    let rows = rows.iter().filter(|row| (row.0 == FUNDING) == is_struck);
    rows.cloned().collect()
}
