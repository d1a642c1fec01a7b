//! What the house rules must find, planted.

use super::{faults, trespasses};
use crate::sources::Source;

fn found(path: &str, text: &str) -> Vec<String> {
    trespasses(&Source::new(path, text))
}

#[test]
fn a_planted_trespass_is_found() {
    let planted = [
        ("domain/amount.rs", "use crate::storage::Database;"),
        ("domain/amount.rs", "use super::super::error::Problem;"),
        ("error.rs", "use super::config::Config;"),
        ("storage/users.rs", "use crate::security::KeyRing;"),
        (
            "exchanges/okx/mod.rs",
            "fn f() { super::super::storage::open() }",
        ),
        (
            "sandbox/mac.rs",
            "use crate::{\n  domain::text,\n  exchanges::sign,\n};",
        ),
        (
            "sandbox/mac.rs",
            "mod inner { use super::super::super::exchanges::sign; }",
        ),
        ("webhooks/client.rs", "use crate::exchanges::Hosts;"),
        ("services/sync.rs", "use crate::http::auth;"),
        ("http/auth.rs", "use crate::{domain::{a, b}, ui::app};"),
        ("services/sync.rs", "use crate::parlour::Chair;"),
        ("parlour.rs", "use crate::domain::amount;"),
        ("server.rs", "use crate::cli;"),
        (
            "ui/pages/delete.rs",
            "fn view() { crate::services::sync::now(); }",
        ),
        (
            "ui/pages/delete.rs",
            "#[server(prefix = \"/do\")]\nasync fn a() { crate::services::b() }\nfn view() { crate::storage::c(); }",
        ),
    ];
    for (path, text) in planted {
        assert_eq!(found(path, text).len(), 1, "{path}: {text}");
    }
    let told = found("domain/amount.rs", "\n\nuse crate::storage::Database;");
    assert_eq!(told, ["domain/amount.rs:3: storage is above"]);
}

#[test]
fn what_is_allowed_is_left_alone() {
    let fine = [
        (
            "storage/users.rs",
            "use super::Connection; use crate::domain::amount::Amount;",
        ),
        (
            "services/sync.rs",
            "use crate::{config::SignUp, storage::{self, users::*}};",
        ),
        (
            "services/sync.rs",
            "pub(super) fn f() {} pub(in crate::services) fn g() {}",
        ),
        (
            "domain/amount.rs",
            "//! Not crate::storage.\nconst A: &str = \"crate::http\";",
        ),
        (
            "domain/amount.rs",
            "#[cfg(test)]\nmod tests { use crate::sandbox::Sandbox; use super::*; }",
        ),
        (
            "sandbox/binance/key.rs",
            "mod tests { use super::super::super::mac; }",
        ),
        (
            "ui/pages/delete.rs",
            "#[server(prefix = \"/do\")]\nasync fn a() -> u8 { crate::services::b() }",
        ),
        (
            "ui/app.rs",
            "#[cfg(feature = \"ssr\")]\nmod server { use crate::http::auth; }",
        ),
        ("main.rs", "fn main() { coffer::cli::run() }"),
        ("lib.rs", "pub mod ui;"),
    ];
    for (path, text) in fine {
        assert_eq!(found(path, text), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn a_planted_fault_is_found() {
    let planted = [
        ("domain/a.rs", "fn f() {}"),
        ("domain/a.rs", "//! A.\n#[allow(dead_code)]\nfn f() {}"),
        ("http/a.rs", "//! A.\n#![allow(dead_code)]"),
        ("storage/a.rs", "//! A.\nfn f(x: f64) {}"),
        ("services/a.rs", "//! A.\nfn f() { println!(\"x\") }"),
        ("cli/a.rs", "//! A.\nfn f() { dbg!(1); }"),
        (
            "ui/a.rs",
            "//! A.\nview! { <Title text=format!(\"{label}\")/> }",
        ),
    ];
    for (path, text) in planted {
        let found = faults(&Source::new(path, text));
        assert_eq!(found.len(), 1, "{path}: {text}: {found:?}");
    }
    let fine = "//! Never an f64, never println!().\nstruct Af64; fn f() { writeln!(out) }";
    assert!(faults(&Source::new("domain/a.rs", fine)).is_empty());
}
