//! Somebody who has something of everything.

use coffer::sandbox::DemoKey;

use crate::leases::{HELD, execute};
use crate::scene::{connect, number, until};
use crate::support::{App, Browser};

/// A webhook's address, whose path is often a secret.
pub const WEBHOOK: &str = "https://hooks.example.org/in/";

/// Somebody who has something of everything.
pub struct Person {
    pub browser: Browser,
    pub id: String,
    pub connection: String,
    pub portfolio: String,
    /// Stands in all they typed.
    pub tag: &'static str,
}

impl Person {
    /// Somebody whose things all carry a tag, on an app where nothing works by itself.
    pub async fn settled(app: &App, tag: &'static str, key: &DemoKey) -> Self {
        let email = format!("{tag}@example.org");
        let browser = app.signed_in(&email).await;
        let connection = connect(&browser, key, &[("label", tag)]).await;
        let text = async |sql: &str| {
            let mut db = app.state.db.reader().await.unwrap();
            let query = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()));
            query.fetch_one(&mut *db).await.unwrap()
        };
        let id: String = text(&format!("SELECT id FROM users WHERE email = '{email}'")).await;
        let portfolio: String = text(&format!(
            "SELECT portfolio_id FROM connections WHERE id = '{connection}'"
        ))
        .await;
        let entry = [
            ("id", portfolio.as_str()),
            ("asset", "EUR"),
            ("quantity", "-12.5"),
            ("label", tag),
            ("note", tag),
        ];
        assert_eq!(browser.post("/do/add-manual", &entry).await.status, 303);
        browser.post("/do/sync-all", &[]).await;
        let waiting = "SELECT CAST(COUNT(*) AS BIGINT) FROM sync_batch_items WHERE run_id IS NULL";
        until("all are synced", async || {
            number(app, waiting).await == 0 && number(app, HELD).await == 0
        })
        .await;
        let person = Self {
            browser,
            id,
            connection,
            portfolio,
            tag,
        };
        person.plant(app).await;
        person
    }

    /// What would take time to come about.
    async fn plant(&self, app: &App) {
        let Self {
            id,
            connection,
            portfolio,
            tag,
            ..
        } = self;
        for sql in [
            format!("INSERT INTO telling_preferences VALUES ('{id}', 5, '7.5', '8', 0)"),
            format!(
                "INSERT INTO webhooks (id, user_id, url, host, secret, enabled) SELECT '{tag}-w', \
                 '{id}', '{WEBHOOK}{tag}', 'hooks.example.org', secret_key, 1 FROM connections \
                 WHERE user_id = '{id}'"
            ),
            format!(
                "INSERT INTO notices (id, user_id, at, code, body, news) VALUES ('{tag}-n', '{id}', \
                 1, 'test', '{{\"event\":\"test\",\"data\":{{}}}}', '{tag}')"
            ),
            format!(
                "INSERT INTO deliveries (id, user_id, code, body, host, at, attempts, outcome, \
                 lease_until) VALUES ('{tag}-d', '{id}', 'test', '{{}}', 'hooks.example.org', 1, 1, \
                 '204', 0)"
            ),
            format!(
                "INSERT INTO value_series (id, user_id, portfolio_id, version, looked_at, \
                 thinned_at) VALUES ('{id}', '{id}', NULL, 1, 1, 1), \
                 ('{portfolio}', '{id}', '{portfolio}', 1, 1, 1)"
            ),
            format!(
                "INSERT INTO value_points VALUES ('{id}', 1, '100.5', '0', '0', 1, 1, 'sync', 0), \
                 ('{portfolio}', 1, '100.5', '0', '0', 1, 1, 'sync', 0)"
            ),
            format!(
                "INSERT INTO api_tokens (id, user_id, name, scope, token_hash, hint, created_at) \
                 VALUES ('{tag}-t', '{id}', '{tag}', 'read', '{tag}-hash', 'wxyz', 1)"
            ),
            format!(
                "INSERT INTO api_answers (user_id, key_hash, call_hash, status, body, until) \
                 VALUES ('{id}', '{tag}-key', '{tag}-call', 201, '{{}}', 1)"
            ),
            format!(
                "INSERT INTO watched_pairs VALUES ('{id}', 0, 'A-USDT'), ('{id}', 1, 'B-USDT'), \
                 ('{id}', 2, 'C-USDT'), ('{id}', 3, 'D-USDT'), ('{id}', 4, '{tag}-USDT')"
            ),
            format!("INSERT INTO backfilled_days VALUES ('{connection}', 1, '100.5', 1, 0)"),
            format!(
                "INSERT INTO followings VALUES ('{connection}', 'elsewhere', 9007199254740991, 1, NULL)"
            ),
        ] {
            execute(app, &sql).await;
        }
    }

    /// What tells in any row of the database that it is theirs.
    pub fn needles(&self) -> Vec<String> {
        let own = [&self.id, &self.connection, &self.portfolio];
        let own = own.map(ToString::to_string).into_iter();
        own.chain([self.tag.to_owned()]).collect()
    }
}
