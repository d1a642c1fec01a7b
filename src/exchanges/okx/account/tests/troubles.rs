//! Accounts of OKX that are not read whole.

use super::*;
use crate::domain::problem::ExchangeProblem;

#[tokio::test]
async fn one_wallets_trouble_leaves_the_others_alone() {
    use ExchangeProblem::{BadResponse, RegionBlocked, Unavailable};
    use WalletRead::{Failed, NoPermission, NotAvailable};
    for (name, everywhere, elsewhere) in [
        ("50120_no_permission", NoPermission, NoPermission),
        (
            "50030_endpoint_permission",
            Failed(BadResponse),
            NotAvailable,
        ),
        ("50038_demo", Failed(BadResponse), NotAvailable),
        ("50051_region", Failed(RegionBlocked), NotAvailable),
        ("51735_subaccount_earn", Failed(BadResponse), NotAvailable),
        ("58002_activate_savings", Failed(BadResponse), NotAvailable),
        (
            "58007_assets_unavailable",
            Failed(Unavailable),
            Failed(Unavailable),
        ),
    ] {
        let name = format!("okx_error_{name}.json");
        for (i, path) in WALLETS.into_iter().enumerate() {
            let account = read_hurriedly(&account_but(path, reply(200, &name))).await;
            let wanted = if i < 2 { &everywhere } else { &elsewhere };
            assert_eq!(account.wallets[i].read, *wanted, "{path} {name}");
            let mut others = outcomes(&account);
            others.remove(i);
            assert_eq!(others, [Outcome::Read; 4], "{path} {name}");
        }
    }
}

#[tokio::test]
async fn a_path_that_a_site_does_not_have_is_a_failure_only_where_every_site_has_it() {
    for (i, path) in WALLETS.into_iter().enumerate() {
        let missing = reply(404, "binance_error_403_waf.html");
        let account = read_live(&account_but(path, missing)).await;
        let wanted = if i < 2 {
            WalletRead::Failed(ExchangeProblem::BadResponse)
        } else {
            WalletRead::NotAvailable
        };
        assert_eq!(account.wallets[i].read, wanted, "{path}");
    }
}

#[tokio::test]
async fn a_wallet_that_is_asked_too_often_fails_with_the_wait() {
    for (i, path) in WALLETS.into_iter().enumerate() {
        for (name, status) in [
            ("okx_error_50011_rate_200.json", 200),
            ("okx_error_50011_rate_429.json", 429),
            ("okx_error_58102_rate_429.json", 429),
        ] {
            let account = read_live(&account_but(path, reply(status, name))).await;
            let wait = WalletRead::Failed(ExchangeProblem::RateLimited { seconds: 2 });
            assert_eq!(account.wallets[i].read, wait, "{path} {name}");
        }
    }
}

#[tokio::test]
async fn a_demo_account_may_lack_any_wallet() {
    for (i, path) in WALLETS.into_iter().enumerate() {
        let fake = account_but(path, reply(200, "okx_error_50038_demo.json"));
        let account = read(&fake, testnet(&credentials())).await;
        assert_eq!(account.wallets[i].read, WalletRead::NotAvailable, "{path}");
    }
}

#[tokio::test]
async fn a_broken_answer_fails_its_wallet() {
    for path in WALLETS {
        for body in [
            "<html></html>",
            "",
            r#"{"code":"0","msg":""}"#,
            r#"{"data":[]}"#,
        ] {
            let account = read_live(&account_but(path, ok(body))).await;
            let failed = |w: &&_| matches!(w, WalletRead::Failed(ExchangeProblem::BadResponse));
            let reads: Vec<_> = account.wallets.iter().map(|w| &w.read).collect();
            assert_eq!(
                reads.iter().copied().filter(failed).count(),
                1,
                "{path} {body}"
            );
        }
    }
}

#[tokio::test]
async fn an_overview_that_fails_is_nobodys_failure() {
    for answer in [
        reply(200, "okx_error_58007_assets_unavailable.json"),
        reply(200, "okx_error_50030_endpoint_permission.json"),
        ok(r#"{"code":"0","data":[{"details":{}}]}"#),
        ok("<html>"),
    ] {
        let account = read_live(&account_but(VALUATION, answer)).await;
        assert_eq!(account.overview, None);
        assert_eq!(outcomes(&account), [Outcome::Read; 5]);
    }
}

#[tokio::test]
async fn an_unheard_of_region_fails_every_wallet_and_asks_nobody() {
    let credentials = credentials();
    let access = Access {
        region: Some("mars"),
        ..live(&credentials)
    };
    let fake = account();
    let account = read(&fake, access).await;
    let wrong = WalletRead::Failed(ExchangeProblem::WrongRegion);
    assert!(account.wallets.iter().all(|wallet| wallet.read == wrong));
    assert_eq!(account.overview, None);
    assert_eq!(fake.heads(), [""; 0]);
}
