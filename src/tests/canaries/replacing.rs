//! Replacing a key in every way that works or fails.

use coffer::sandbox::DemoKey;
use coffer::sandbox::keys::binance;

use super::{Reader, WRONG_PASSWORD, WRONG_SECRET};
use crate::scene::ids;
use crate::support::PASSWORD;

/// Replaces the key of the first connection, and puts it back.
pub async fn replace(reader: &mut Reader) {
    let id = ids(&reader.get("/connections").await).remove(0);
    let wrong = DemoKey {
        secret_key: WRONG_SECRET,
        ..binance::SAME_ACCOUNT
    };
    for (key, password, status) in [
        (wrong, PASSWORD, 422),
        (binance::SAME_ACCOUNT, WRONG_PASSWORD, 422),
        (binance::WITHDRAWING, PASSWORD, 422),
        (binance::SAME_ACCOUNT, PASSWORD, 200),
        (binance::READ_ONLY, PASSWORD, 200),
    ] {
        let form = [
            ("id", id.as_str()),
            ("api_key", key.api_key),
            ("secret_key", key.secret_key),
            ("current_password", password),
        ];
        let page = reader.send("/do/replace-key", &form).await;
        assert_eq!(page.status, status, "{}", page.text());
    }
}
