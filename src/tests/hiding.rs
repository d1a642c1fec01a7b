//! Hiding amounts: a cookie of one browser, and nobody else's.

use coffer::sandbox::keys::binance;

use crate::scene::connect;
use crate::support::{App, Browser, Kind, Setup, on_both_databases};

on_both_databases![
    hiding_amounts_is_kept_by_the_browser_alone,
    over_https_hiding_amounts_is_bound_to_the_host,
];

async fn hiding_amounts_is_kept_by_the_browser_alone(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &binance::READ_ONLY, &[]).await;
    assert_eq!(browser.get("/").await.all("body.amounts-hidden").len(), 0);
    let page = browser.submit("/do/hide-amounts", &[("hide", "1")]).await;
    assert_eq!(page.all("body.amounts-hidden").len(), 1);
    assert_eq!(page.one(".hide-amounts button"), "Show amounts");
    let id = &browser
        .get("/connections")
        .await
        .attributes("select[name=portfolio] option", "value")[1];
    let page = browser
        .post("/do/hide-amounts", &[("hide", "0"), ("id", id)])
        .await;
    assert_eq!(page.location().unwrap(), format!("/portfolios/{id}"));
    assert_eq!(browser.get("/").await.all("body.amounts-hidden").len(), 0);
    // It leads nowhere else, whatever it is told.
    for other in ["//evil.example", "https://evil.example", "../x"] {
        let page = browser
            .post("/do/hide-amounts", &[("hide", "0"), ("id", other)])
            .await;
        assert_eq!(page.location().unwrap(), "/");
    }
}

async fn over_https_hiding_amounts_is_bound_to_the_host(kind: Kind) {
    let setup = Setup::new(kind).await;
    let app = setup
        .with("PUBLIC_URL", "https://coffer.example")
        .start()
        .await;
    let browser = app.signed_in("a@example.org").await;
    let page = browser.post("/do/hide-amounts", &[("hide", "1")]).await;
    let told = page.headers.get_all("set-cookie").iter();
    let mut told = told.map(|cookie| cookie.to_str().unwrap());
    let cookie = told.find(|cookie| cookie.contains("amounts")).unwrap();
    let bound =
        "__Host-coffer-amounts=hidden; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure";
    assert_eq!(cookie, bound);
    let hides = async |browser: &Browser| {
        let page = browser.get("/").await;
        page.all("body.amounts-hidden").len() == 1
    };
    assert!(hides(&browser).await);
    browser.post("/do/hide-amounts", &[("hide", "0")]).await;
    assert!(!hides(&browser).await);
    // A cookie that another host of the domain may have set says nothing.
    browser.set_cookies("coffer-amounts=hidden");
    assert!(!hides(&browser).await);
}
