//! A person with one account, prices as a test wants them, and minutes to count from.

use std::sync::Arc;

use coffer::domain::amount::Amount;
use coffer::domain::asset::AssetCode;
use coffer::domain::currency::Currency;
use coffer::domain::exchange::ExchangeId;
use coffer::domain::history::Source;
use coffer::domain::history::series::{History, Range};
use coffer::domain::price::route::Market;
use coffer::domain::price::{Book, Quote};
use coffer::domain::timestamp::Timestamp;
use coffer::sandbox::DemoKey;
use coffer::sandbox::Wallet::Spot;
use coffer::sandbox::keys::binance::EMPTY;
use coffer::services::accounts::User;
use coffer::services::history::{Recorded, record, series};
use coffer::services::{accounts, portfolio};
use leptos::prelude::RenderHtml;

use crate::leases::owner;
use crate::scene::{connect, set, sync};
use crate::support::{App, Browser, Kind, Page};

/// The account that is connected.
pub const KEY: DemoKey = EMPTY;

/// Somebody with a connection, and the moment from which minutes are counted.
pub struct Scene {
    pub app: App,
    pub browser: Browser,
    pub user: User,
    pub connection: String,
    start: Timestamp,
}

pub fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// The values of a history as they are shown, oldest first.
pub fn shown(history: &History) -> Vec<&str> {
    let values = history.points.iter().map(|point| point.value.as_str());
    values.collect()
}

/// Binance's prices in USDT at a moment; a dollar is worth one.
pub fn market(now: Timestamp, prices: &[(&str, &str)]) -> Market {
    let code = |text| AssetCode::parse(text).unwrap();
    let mut book = Book::empty(ExchangeId::new("binance"), now);
    let quote = |price| Quote {
        price: amount(price),
        at: now,
        told_at: None,
        doubt: None,
    };
    for (asset, price) in prices {
        book.put(code(asset), code("USDT"), quote(price));
    }
    book.put(code("USDT"), code("USD"), quote("1"));
    Market::new(vec![Arc::new(book)], now)
}

impl Scene {
    /// An app, and an account that holds these assets in its spot wallet.
    pub async fn new(kind: Kind, held: &[(&str, &str)]) -> Self {
        let app = App::start(kind).await;
        for (asset, quantity) in held {
            set(&app, &KEY, Spot, asset, quantity, "0");
        }
        let browser = app.signed_in("a@example.org").await;
        let connection = connect(&browser, &KEY, &[]).await;
        let id = owner(&app).await;
        let user = accounts::find(&app.state, &id).await.unwrap().unwrap();
        let start = app.state.clock.now();
        Self {
            app,
            browser,
            user,
            connection,
            start,
        }
    }

    /// So many minutes after the beginning.
    pub fn at(&self, minute: i64) -> Timestamp {
        self.start.plus_ms(minute * 60_000)
    }

    /// How many minutes pass until the next full hour, and some seconds of it.
    pub fn minutes_to_full_hour(&self) -> i64 {
        60 - self.start.0 / 60_000 % 60
    }

    /// Changes what the spot wallet holds, and syncs.
    pub async fn hold(&self, asset: &str, quantity: &str) {
        set(&self.app, &KEY, Spot, asset, quantity, "0");
        sync(&self.browser, &self.connection).await;
    }

    /// Records at a minute and at prices in USDT.
    pub async fn record(&self, minute: i64, prices: &[(&str, &str)]) -> Recorded {
        let (now, user) = (self.at(minute), &self.user.id);
        let market = market(now, prices);
        record(&self.app.state, user, &market, Source::Sync, now)
            .await
            .unwrap()
    }

    /// The history of the last 24 hours, as of a minute.
    pub async fn told(&self, id: Option<&str>, currency: Currency, minute: i64) -> History {
        let (range, now) = (Range::Day, self.at(minute));
        let told = series(&self.app.state, &self.user, id, range, currency, now).await;
        told.unwrap()
    }

    /// What the person was told, newest first.
    pub async fn notices(&self) -> Vec<String> {
        self.browser.get("/notices").await.all(".told-sentence")
    }

    /// The id of the person's only portfolio.
    pub async fn portfolio(&self) -> String {
        let list = portfolio::list(&self.app.state, &self.user).await.unwrap();
        list[0].id.clone()
    }

    /// What the section shows of a range, as of the newest point.
    pub async fn page(&self, range: &str) -> Page {
        let form = [("id", ""), ("range", range)];
        let mut page = crate::functions::call(&self.browser, "/do/load-history", &form).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let history: History = serde_json::from_str(&page.body).unwrap();
        page.body = drawn(history);
        page
    }
}

/// The section as the server writes it.
pub fn drawn(history: History) -> String {
    use coffer::ui::{HistoryView, HistoryViewProps};
    let owner = leptos::prelude::Owner::new();
    owner.with(|| {
        let view = HistoryView(HistoryViewProps::builder().history(history).build());
        leptos::prelude::IntoView::into_view(view).to_html()
    })
}
