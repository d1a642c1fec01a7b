//! Changing keys and what lies in the accounts behind them.

use std::sync::Arc;

use super::{Control, UnknownKey};
use crate::sandbox::{Holding, Wallet, wallet::Row};

/// Keys and accounts.
impl Control {
    /// Sets one right of a Binance key as `apiRestrictions` tells it, new names included.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn set_binance_right(&self, api_key: &str, name: &str, on: bool) -> Result<(), UnknownKey> {
        let mut state = self.state();
        let key = state.binance.key_mut(api_key).ok_or(UnknownKey)?;
        key.rights.insert(name.to_owned(), on);
        Ok(())
    }

    /// Leaves one right of a Binance key out of what `apiRestrictions` tells.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn remove_binance_right(&self, api_key: &str, name: &str) -> Result<(), UnknownKey> {
        let mut state = self.state();
        let key = state.binance.key_mut(api_key).ok_or(UnknownKey)?;
        key.rights.remove(name);
        Ok(())
    }

    /// Makes `apiRestrictions` refuse a Binance key, or answer it again.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn hide_binance_rights(&self, api_key: &str, hidden: bool) -> Result<(), UnknownKey> {
        self.state()
            .binance
            .key_mut(api_key)
            .ok_or(UnknownKey)?
            .rights_hidden = hidden;
        Ok(())
    }

    /// Sets the rights of an OKX key as its configuration tells them, such as `read_only,trade`;
    /// `None` leaves the field out.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn set_okx_perm(&self, api_key: &str, perm: Option<&str>) -> Result<(), UnknownKey> {
        self.state().okx.key_mut(api_key).ok_or(UnknownKey)?.perm = perm.map(str::to_owned);
        Ok(())
    }

    /// Takes a key back, as its owner or the exchange would.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn revoke_key(&self, api_key: &str) -> Result<(), UnknownKey> {
        let mut state = self.state();
        let gone = state.binance.remove_key(api_key) || state.okx.remove_key(api_key);
        if gone { Ok(()) } else { Err(UnknownKey) }
    }

    /// Sets what the account behind a key holds of an asset.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn set_asset(
        &self,
        api_key: &str,
        wallet: Wallet,
        holding: Holding,
    ) -> Result<(), UnknownKey> {
        self.with_rows(api_key, wallet, |rows| {
            let place = rows
                .iter_mut()
                .find(|row| row.asset() == Some(holding.asset.as_str()));
            let row = Row::Holding(holding.clone());
            match place {
                Some(place) => *place = row,
                None => rows.push(row),
            }
        })
    }

    /// Adds a holding beside others of the same asset: a further position or order, or a row that
    /// comes twice.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn add_asset(
        &self,
        api_key: &str,
        wallet: Wallet,
        holding: Holding,
    ) -> Result<(), UnknownKey> {
        self.with_rows(api_key, wallet, |rows| rows.push(Row::Holding(holding)))
    }

    /// Takes an asset out of the account behind a key.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn remove_asset(
        &self,
        api_key: &str,
        wallet: Wallet,
        asset: &str,
    ) -> Result<(), UnknownKey> {
        self.with_rows(api_key, wallet, |rows| {
            rows.retain(|row| row.asset() != Some(asset))
        })
    }

    /// Empties a wallet of the account behind a key, raw rows included.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn clear_wallet(&self, api_key: &str, wallet: Wallet) -> Result<(), UnknownKey> {
        self.with_rows(api_key, wallet, Vec::clear)
    }

    /// Adds a row to a wallet's answer, sent as it stands, well formed or not.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn add_raw_row(&self, api_key: &str, wallet: Wallet, row: &str) -> Result<(), UnknownKey> {
        self.with_rows(api_key, wallet, |rows| rows.push(Row::Raw(row.to_owned())))
    }

    /// Closes a wallet of the account behind a key, as if it was never used: without a margin
    /// account Binance answers -3003.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn close_wallet(&self, api_key: &str, wallet: Wallet) -> Result<(), UnknownKey> {
        let mut state = self.state();
        let account = state.account_of_mut(api_key).ok_or(UnknownKey)?;
        account.wallets.remove(&wallet);
        Ok(())
    }

    /// Closes OKX's savings of the account behind a key, so that asking for them is answered with
    /// 58002, or opens them again.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn close_okx_savings(&self, api_key: &str, closed: bool) -> Result<(), UnknownKey> {
        let mut state = self.state();
        let account = state.account_of_mut(api_key).ok_or(UnknownKey)?;
        account.savings_closed = closed;
        Ok(())
    }

    /// Puts an amount of USDT into a part of the exchange's own overview, on top of what the
    /// wallets hold: `Trading Bots` at Binance, `classic` at OKX.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn set_elsewhere(&self, api_key: &str, part: &str, usdt: &str) -> Result<(), UnknownKey> {
        let mut state = self.state();
        let account = state.account_of_mut(api_key).ok_or(UnknownKey)?;
        account.elsewhere.insert(part.to_owned(), usdt.to_owned());
        Ok(())
    }

    fn with_rows(
        &self,
        api_key: &str,
        wallet: Wallet,
        change: impl FnOnce(&mut Vec<Row>),
    ) -> Result<(), UnknownKey> {
        let mut state = self.state();
        let account = state.account_of_mut(api_key).ok_or(UnknownKey)?;
        change(account.wallets.entry(wallet).or_default());
        // Streams tell of no other wallet.
        if matches!(wallet, Wallet::Spot | Wallet::Trading) {
            let (exchange, uid) = (account.exchange, Arc::clone(&account.uid));
            state.push_account(exchange, &uid);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::keys::{binance, okx};

    fn rows(control: &Control, api_key: &str, wallet: Wallet) -> Vec<String> {
        let mut state = control.state();
        let account = state.account_of_mut(api_key).unwrap();
        let text = |row: &Row| row.text(|holding| Some(format!("{holding:?}")));
        account.rows(wallet).iter().filter_map(text).collect()
    }

    #[test]
    fn what_an_account_holds_changes_at_once_for_all_its_keys() {
        let control = Control::new(None);
        let (first, second) = (okx::READ_ONLY.api_key, okx::SAME_ACCOUNT.api_key);
        control.clear_wallet(first, Wallet::Trading).unwrap();
        control
            .set_asset(first, Wallet::Trading, Holding::new("BTC", "1", "0"))
            .unwrap();
        control
            .set_asset(first, Wallet::Trading, Holding::new("BTC", "2", "0.5"))
            .unwrap();
        control
            .set_asset(first, Wallet::Trading, Holding::new("ETH", "3", "0"))
            .unwrap();
        control
            .add_raw_row(first, Wallet::Trading, "{not json")
            .unwrap();
        control.remove_asset(first, Wallet::Trading, "ETH").unwrap();
        let bitcoin = format!("{:?}", Holding::new("BTC", "2", "0.5"));
        assert_eq!(
            rows(&control, second, Wallet::Trading),
            [bitcoin.as_str(), "{not json"]
        );
    }

    #[test]
    fn a_revoked_key_is_unknown() {
        let control = Control::new(None);
        for key in [binance::READ_ONLY, okx::READ_ONLY] {
            assert_eq!(control.revoke_key(key.api_key), Ok(()));
            assert_eq!(control.revoke_key(key.api_key), Err(UnknownKey));
        }
    }
}
