//! Changing a connection, and replacing its key, on its own page.

use coffer::sandbox::keys::{binance, okx};

use crate::scene::{connect, fact, told};
use crate::support::{App, Kind, PASSWORD, on_both_databases};

on_both_databases![
    a_connection_has_the_name_and_the_limit_that_were_typed,
    a_key_is_replaced_and_synced_with_at_once,
    what_is_wrong_with_a_key_stands_beside_it_and_the_old_one_stays,
];

const ANNA: &str = "anna@example.org";

async fn a_connection_has_the_name_and_the_limit_that_were_typed(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let form = [
        ("id", id.as_str()),
        ("label", "Mine"),
        ("ignore_below", "0.5"),
    ];
    let page = browser.submit("/do/change-connection", &form).await;
    assert_eq!(told(&page), "Saved Mine.");
    assert_eq!(page.one("h1"), "Mine");
    let value = |name: &str| page.attributes(&format!("input[name={name}]"), "value");
    assert_eq!(value("label"), ["Mine"]);
    assert_eq!(value("ignore_below"), ["0.5"]);
    let form = [("id", id.as_str()), ("label", ""), ("ignore_below", "much")];
    let page = browser.post("/do/change-connection", &form).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.one("h1"), "Mine");
    for field in ["label", "ignore_below"] {
        assert!(!page.one(&format!("#{field}-error")).is_empty(), "{field}");
    }
    let typed = page.attributes("input[name=ignore_below]", "value");
    assert_eq!(typed, ["much"]);
}

async fn a_key_is_replaced_and_synced_with_at_once(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[("label", "Mine")]).await;
    let key = binance::SAME_ACCOUNT;
    let form = [
        ("id", id.as_str()),
        ("api_key", key.api_key),
        ("secret_key", key.secret_key),
        ("current_password", PASSWORD),
    ];
    let page = browser.submit("/do/replace-key", &form).await;
    let told = page.all("[role=status]");
    assert!(told[0].starts_with("Replaced the key of Mine."), "{told:?}");
    assert!(told[1].starts_with("Synced"), "{told:?}");
    let masked = format!("••••{}", &key.api_key[key.api_key.len() - 4..]);
    assert_eq!(fact(&page, "API key"), masked);
    assert!(page.all("input[name=passphrase]").is_empty());
}

async fn what_is_wrong_with_a_key_stands_beside_it_and_the_old_one_stays(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &okx::READ_ONLY, &[]).await;
    let before = fact(&browser.get(&format!("/connections/{id}")).await, "API key");
    let key = okx::READ_ONLY;
    let good = [
        ("api_key", key.api_key),
        ("secret_key", key.secret_key),
        ("passphrase", key.passphrase.unwrap()),
        ("current_password", PASSWORD),
    ];
    for (field, typed) in [
        ("api_key", ""),
        ("secret_key", "  "),
        ("passphrase", ""),
        ("current_password", "not mine"),
    ] {
        let mut form = vec![("id", id.as_str())];
        let wrong = |(name, value)| (name, if name == field { typed } else { value });
        form.extend(good.map(wrong));
        let page = browser.post("/do/replace-key", &form).await;
        assert_eq!(page.status, 422, "{field}");
        assert!(!page.one(&format!("#{field}-error")).is_empty(), "{field}");
        // Neither what was right nor what was wrong is shown again.
        for secret in good.map(|(_, value)| value) {
            assert!(!page.body.contains(secret), "{field}");
        }
    }
    let trading = okx::TRADING;
    let form = [
        ("id", id.as_str()),
        ("api_key", trading.api_key),
        ("secret_key", trading.secret_key),
        ("passphrase", trading.passphrase.unwrap()),
        ("current_password", PASSWORD),
    ];
    let page = browser.post("/do/replace-key", &form).await;
    assert_eq!(page.status, 422);
    assert!(
        page.one("[role=alert]").contains("can do more"),
        "{}",
        page.text()
    );
    let after = fact(&browser.get(&format!("/connections/{id}")).await, "API key");
    assert_eq!(after, before);
}
