//! What people are told of their history: what came and went, once, and never what it is not.

use coffer::sandbox::keys::binance;

use super::scene::Scene;
use crate::scene::{connect, sync};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    what_changes_much_is_told_once_and_little_is_not,
    a_first_deposit_is_told_and_what_a_new_connection_brings_is_not,
    what_came_and_went_is_told_though_nothing_has_a_price,
];

async fn what_changes_much_is_told_once_and_little_is_not(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1"), ("ETH", "10")]).await;
    scene.record(0, &[("BTC", "100"), ("ETH", "10")]).await;
    scene.hold("BTC", "1.05").await;
    scene.record(60, &[("BTC", "100"), ("ETH", "10")]).await;
    assert_eq!(scene.notices().await, [""; 0]);
    scene.hold("BTC", "1.5").await;
    scene.record(120, &[("BTC", "100"), ("ETH", "10")]).await;
    let news = scene.notices().await;
    assert_eq!(news.len(), 2, "{news:?}");
    assert!(
        news.iter()
            .any(|line| line.contains("BTC") && line.contains("+42.9 %")),
        "{news:?}"
    );
    assert!(
        news.iter()
            .any(|line| line.contains("250") && line.contains("+22 %")),
        "{news:?}"
    );
    // Nothing new, nothing told.
    scene.record(180, &[("BTC", "100"), ("ETH", "10")]).await;
    assert_eq!(scene.notices().await.len(), 2);
}

async fn a_first_deposit_is_told_and_what_a_new_connection_brings_is_not(kind: Kind) {
    let scene = Scene::new(kind, &[]).await;
    let prices = [("BTC", "100")];
    assert_eq!(scene.record(0, &prices).await.points, 2);
    scene.hold("BTC", "1").await;
    scene.record(60, &prices).await;
    assert_eq!(scene.notices().await, [""; 0]);
    sync(&scene.browser, &scene.connection).await;
    assert_eq!(scene.record(120, &prices).await.points, 4);
    let news = scene.notices().await;
    assert_eq!(news.len(), 2, "{news:?}");
    assert!(news.iter().any(|line| line.contains("BTC")), "{news:?}");
    connect(&scene.browser, &binance::READ_ONLY, &[]).await;
    assert!(scene.record(180, &prices).await.points > 0);
    assert_eq!(scene.notices().await, news);
}

async fn what_came_and_went_is_told_though_nothing_has_a_price(kind: Kind) {
    let scene = Scene::new(kind, &[("OBSCURE", "7")]).await;
    let prices = [("BTC", "100")];
    scene.record(0, &prices).await;
    scene.hold("OBSCURE", "9").await;
    assert_eq!(scene.record(60, &prices).await.points, 0);
    let news = scene.notices().await;
    assert_eq!(news.len(), 1, "{news:?}");
    assert!(news[0].contains("OBSCURE"), "{news:?}");
    // Once it has a price, it is not told again.
    let priced = [("BTC", "100"), ("OBSCURE", "3")];
    assert_eq!(scene.record(120, &priced).await.points, 2);
    assert_eq!(scene.notices().await, news);
}
