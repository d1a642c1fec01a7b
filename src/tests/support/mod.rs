//! The spawned app, its databases, and a browser without script.

mod app;
mod browser;
mod databases;
mod receiver;

pub use app::{App, PASSWORD, Setup, demo_key};
pub use browser::{Browser, Page};
pub use databases::{Kind, TestDatabase, say};
pub use receiver::{Received, Receiver};

/// Makes one test per database out of `async fn name(kind: Kind)`.
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::support::Kind::Sqlite).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                if crate::support::Kind::Postgres.is_at_hand() {
                    super::$name(crate::support::Kind::Postgres).await;
                }
            })*
        }
    };
}
pub(crate) use on_both_databases;
