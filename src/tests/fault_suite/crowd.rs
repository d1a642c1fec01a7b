//! Fifty syncs at once while fifty others write: nobody is told of a database that is locked.

use coffer::sandbox::DemoKey;
use coffer::sandbox::keys::{binance, okx};
use coffer::storage::StorageError;
use sqlx::{AssertSqlSafe, Executor};

use super::ensure;
use super::table::Table;
use crate::scene;
use crate::support::{App, Browser, Kind};

const GROUP: &str = "Fifty syncs and fifty writers";
const PEOPLE: usize = 10;
const ACCOUNTS: [DemoKey; 5] = [
    binance::READ_ONLY,
    binance::SECOND,
    binance::EMPTY,
    okx::READ_ONLY,
    okx::SECOND,
];

/// Has everybody press every button at the same time.
pub async fn table(kind: Kind) -> Table {
    let app = App::start(kind).await;
    let mut buttons = Vec::new();
    for person in 0..PEOPLE {
        let browser = app.signed_in(&format!("p{person}@example.org")).await;
        for key in ACCOUNTS {
            let id = scene::connect(&browser, &key, &[]).await;
            buttons.push((browser.clone(), id));
        }
    }
    let syncs: Vec<_> = buttons
        .into_iter()
        .map(|(browser, id)| tokio::spawn(press(browser, id)))
        .collect();
    let writers: Vec<_> = syncs
        .iter()
        .enumerate()
        .map(|(index, _)| tokio::spawn(write(app.state.db.clone(), index)))
        .collect();
    let mut table = Table::default();
    for (index, sync) in syncs.into_iter().enumerate() {
        table.count(GROUP, &format!("sync {index}"), sync.await.unwrap());
    }
    for (index, writer) in writers.into_iter().enumerate() {
        table.count(GROUP, &format!("writer {index}"), writer.await.unwrap());
    }
    table
}

async fn press(browser: Browser, id: String) -> Result<String, String> {
    let page = browser.post("/do/sync", &[("id", &id)]).await;
    ensure(page.status == 303, || {
        format!("{} {}", page.status, page.text())
    })?;
    Ok("synced".to_owned())
}

async fn write(db: coffer::storage::Database, index: usize) -> Result<String, String> {
    let fact = format!("INSERT INTO instance_facts (name, value) VALUES ('writer {index}', '')");
    let write = db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move { Ok(db.execute(AssertSqlSafe(fact)).await?) })
    });
    let written = write.await;
    written.map_err(|error| format!("{error:?}"))?;
    Ok("written".to_owned())
}
