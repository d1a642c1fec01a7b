//! What the tests of storage share: an open database, and rows to put into it.

use std::collections::HashMap;

use coffer::domain::amount::Amount;
use coffer::domain::asset::AssetCode;
use coffer::domain::connection::{Connection, ConnectionStatus};
use coffer::domain::exchange::{Environment, ExchangeId};
use coffer::domain::holding::WalletChanges;
use coffer::domain::portfolio::PortfolioName;
use coffer::domain::report::{SyncReport, WalletSummary};
use coffer::domain::rights::{KeyRights, RightsState};
use coffer::domain::timestamp::Timestamp;
use coffer::domain::wallet::{Balance, Outcome, Overview, OverviewPart, WalletName};
use coffer::storage::connections::SealedKey;
use coffer::storage::users::UserRow;
use coffer::storage::wallets::{self, Asked};
use coffer::storage::{self, Database, StorageError, holdings, portfolios, users};
use futures::future::BoxFuture;
use sqlx::{AssertSqlSafe, Executor};

use crate::support::{Kind, TestDatabase};

/// A database that is open and up to date.
pub struct Opened {
    pub db: Database,
    pub place: TestDatabase,
}

impl Opened {
    pub async fn new(kind: Kind) -> Self {
        Self::at(TestDatabase::new(kind).await).await
    }

    /// One that was empty before.
    pub async fn of_bare(kind: Kind) -> Self {
        Self::at(TestDatabase::bare(kind).await).await
    }

    async fn at(place: TestDatabase) -> Self {
        let db = Database::open(&place.url).await.unwrap();
        db.migrate().await.unwrap();
        Self { db, place }
    }

    /// Runs something in a transaction.
    pub async fn write<T, F>(&self, work: F) -> Result<T, StorageError>
    where
        F: for<'c> FnOnce(&'c mut storage::Connection) -> BoxFuture<'c, Result<T, StorageError>>
            + Send
            + 'static,
        T: Send + 'static,
    {
        self.db.write(work).await
    }

    /// Runs statements.
    pub async fn execute(&self, sql: &'static str) -> Result<(), StorageError> {
        self.write(move |db| Box::pin(async move { Ok(db.execute(sql).await.map(|_| ())?) }))
            .await
    }

    /// A person with a portfolio and a connection, each of the id given.
    pub async fn with_connection(self, id: &'static str) -> Self {
        self.write(move |db| Box::pin(insert_all(db, id, Some("7"))))
            .await
            .unwrap();
        self
    }

    /// The one text that a query gives.
    pub async fn text(&self, sql: &str) -> String {
        let mut db = self.db.reader().await.unwrap();
        let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
        query.fetch_one(&mut *db).await.unwrap()
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> String {
        let sql = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}");
        self.text(&sql).await
    }
}

/// Inserts a person, a portfolio and a connection that share an id.
pub async fn insert_all(
    db: &mut storage::Connection,
    id: &str,
    uid: Option<&str>,
) -> Result<(), StorageError> {
    users::insert(db, &user(id)).await?;
    let name = PortfolioName {
        id: id.to_owned(),
        name: "Main".to_owned(),
    };
    portfolios::find_or_insert(db, id, &name, 1).await?;
    storage::connections::insert(db, id, &connection(id, id), uid, &key()).await
}

pub fn user(id: &str) -> UserRow {
    UserRow {
        id: id.to_owned(),
        email: format!("{id}@example.org"),
        password_hash: "hash".to_owned(),
        base_currency: "USD".to_owned(),
        created_at: 1,
    }
}

pub fn key() -> SealedKey {
    SealedKey {
        api_key: vec![0, 1, 255],
        secret_key: vec![],
        passphrase: None,
    }
}

pub fn connection(id: &str, portfolio: &str) -> Connection {
    Connection {
        id: id.to_owned(),
        exchange: ExchangeId::new("binance"),
        label: format!("Label of {id}"),
        environment: Environment::Live,
        region: None,
        key_hint: "a44k".to_owned(),
        rights: KeyRights {
            state: RightsState::ReadOnly,
            granted: vec!["reading".to_owned()],
            excess: Vec::new(),
            ip_restricted: Some(false),
        },
        status: ConnectionStatus::NeverSynced,
        last_failure: None,
        last_synced_at: None,
        wallets: Vec::new(),
        portfolio_id: portfolio.to_owned(),
        ignore_below: Some(amount("0.25")),
        created_at: Timestamp(1),
        overview: None,
        due_at: None,
        syncing: false,
        paused_until: None,
        following: Default::default(),
    }
}

pub fn wallet(name: &str) -> WalletSummary {
    WalletSummary {
        name: WalletName::new(name),
        outcome: Outcome::Read,
        holdings: 0,
        unreadable: 0,
        problem: None,
        read_at: None,
    }
}

pub fn overview(amount_text: &str) -> Overview {
    Overview {
        unit: code("USDT"),
        parts: vec![OverviewPart {
            name: "Spot".to_owned(),
            amount: amount(amount_text),
            wallets: vec![WalletName::new("spot")],
        }],
        read_at: Timestamp(4),
    }
}

pub fn report(connection: &str, started_at: i64) -> SyncReport {
    SyncReport {
        account_id: connection.to_owned(),
        label: "Label".to_owned(),
        exchange: "Binance".to_owned(),
        started_at: Timestamp(started_at),
        duration_ms: 1,
        assets_count: 0,
        holdings_count: 0,
        added: 0,
        updated: 0,
        removed: 0,
        unchanged: 0,
        unreadable: 0,
        wallets: vec![wallet("spot")],
        weight: 0,
        calls: 0,
        failure: None,
    }
}

pub fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

pub fn code(text: &str) -> AssetCode {
    AssetCode::parse(text).unwrap()
}

pub fn balance(asset: &str, total: &str) -> Balance {
    Balance {
        asset: code(asset),
        free: Some(amount(total)),
        locked: None,
        total: amount(total),
    }
}

/// Writes changes to a wallet of a connection, the assets and the wallet included.
pub async fn put(
    db: &mut storage::Connection,
    connection: &str,
    name: &str,
    changes: &WalletChanges,
) -> Result<(), StorageError> {
    let written = changes.added.iter().chain(&changes.updated);
    let codes: Vec<_> = written
        .map(|balance| &balance.asset)
        .chain(&changes.removed)
        .map(|asset| (asset.clone(), format!("id of {asset}")))
        .collect();
    let exchange = ExchangeId::new("binance");
    let ids: HashMap<_, _> =
        holdings::find_or_insert_assets(db, &exchange, &codes, Timestamp(1)).await?;
    let asked = Asked {
        position: 0,
        summary: WalletSummary {
            read_at: Some(Timestamp(1)),
            ..wallet(name)
        },
        note: None,
    };
    wallets::upsert(db, connection, &[asked], Timestamp(1)).await?;
    let changes = [(WalletName::new(name), changes.clone())];
    holdings::apply(db, connection, &changes, &ids).await
}

pub fn added(balances: Vec<Balance>) -> WalletChanges {
    WalletChanges {
        added: balances,
        ..WalletChanges::default()
    }
}
