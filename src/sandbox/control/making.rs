//! Making accounts by the number, each with a key of its own.

use super::Control;
use crate::sandbox::{
    Exchange, Holding, Wallet, account::Account, keys::MadeKey, state::State, wallet::Row,
};

/// Accounts made at run time.
impl Control {
    /// Makes the account of Binance with this number, or makes it anew, with these holdings in spot
    /// and a read-only key. The same number gives the same key in every sandbox.
    pub fn add_binance_account(&self, number: u32, spot: &[Holding]) -> MadeKey {
        let key = MadeKey::new(Exchange::Binance, number);
        let mut state = self.state();
        state
            .binance
            .add_key(&key.api_key, &key.secret_key, &key.uid);
        open(&mut state, &key, Wallet::Spot, spot);
        key
    }

    /// Makes the account of OKX with this number, or makes it anew, with these holdings in the
    /// trading account and a read-only key. The same number gives the same key in every sandbox.
    pub fn add_okx_account(&self, number: u32, trading: &[Holding]) -> MadeKey {
        let key = MadeKey::new(Exchange::Okx, number);
        let passphrase = key.passphrase.as_deref().unwrap_or_default();
        let parts = [key.api_key.as_str(), &key.secret_key, passphrase];
        let mut state = self.state();
        state.okx.add_key(parts, &key.uid);
        open(&mut state, &key, Wallet::Trading, trading);
        key
    }
}

fn open(state: &mut State, key: &MadeKey, wallet: Wallet, holdings: &[Holding]) {
    let rows = holdings.iter().cloned().map(Row::Holding).collect();
    let account = Account::new(key.exchange, &key.uid, [(wallet, rows)]);
    state.accounts.insert(account);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::keys::MadeKey;

    fn holds(control: &Control, key: &MadeKey) -> usize {
        let mut state = control.state();
        let account = state.account_of_mut(&key.api_key).unwrap();
        account.wallets.values().map(Vec::len).sum()
    }

    #[test]
    fn accounts_can_be_made_by_the_thousand() {
        let control = Control::new(None);
        let holdings = [Holding::new("BTC", "1", "0"), Holding::new("ETH", "2", "0")];
        let made: Vec<_> = (0..1000)
            .flat_map(|number| {
                [
                    control.add_binance_account(number, &holdings),
                    control.add_okx_account(number, &holdings),
                ]
            })
            .collect();
        let keys: std::collections::HashSet<_> = made.iter().map(|key| &key.api_key).collect();
        assert_eq!(keys.len(), 2000);
        assert!(made.iter().all(|key| holds(&control, key) == 2));
        control
            .set_asset(
                &made[0].api_key,
                Wallet::Spot,
                Holding::new("SOL", "1", "0"),
            )
            .unwrap();
        assert_eq!(
            (holds(&control, &made[0]), holds(&control, &made[2])),
            (3, 2)
        );
        assert_eq!(control.add_okx_account(0, &[]), made[1]);
        assert_eq!(holds(&control, &made[1]), 0);
    }
}
