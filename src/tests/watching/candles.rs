//! Candles on the page of a pair, small pictures on the market's page, and days that are fetched.

use coffer::sandbox::{Effect, Fault};

use crate::api::client::client_of;
use crate::labels::is_inert;
use crate::support::{App, Kind, Page, on_both_databases};

on_both_databases![
    candles_are_drawn_and_told_as_programs_read_them,
    an_exchange_that_gives_no_candles_leaves_the_page_standing,
    small_pictures_are_drawn_once_an_hour,
    days_are_fetched_from_the_page_and_what_is_wrong_stands_beside_the_button,
];

const ANNA: &str = "anna@example.org";

/// What may be wrong with the form: the field, what is in it, and what is said.
const WRONG: [(&str, &str, &str); 5] = [
    (
        "days",
        "0",
        "Ask for 1 to 3650 days of candles of this length.",
    ),
    (
        "days",
        "all",
        "Ask for 1 to 3650 days of candles of this length.",
    ),
    (
        "days",
        "99999999999999999999",
        "Ask for 1 to 3650 days of candles of this length.",
    ),
    (
        "interval",
        "1s",
        "24 h are 86400 candles of 1s, and at most 500 are shown: pick longer \
      ones, or a shorter range.",
    ),
    (
        "exchange",
        "kraken",
        "There is no such exchange here: pick one of the list.",
    ),
];

/// Open, high, low, close and volume of every row of the table, newest first.
fn figures(page: &Page) -> Vec<Vec<String>> {
    let figures = page.all(".candle-table tbody td.number");
    figures.chunks(5).map(<[String]>::to_vec).collect()
}

async fn candles_are_drawn_and_told_as_programs_read_them(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "read").await;
    for (exchange, name) in [("binance", "Binance"), ("okx", "OKX")] {
        let path = format!("/market/BTC-USDT?exchange={exchange}&interval=1h&range=24h");
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200);
        let label = page.attributes(".candles svg[role=img]", "aria-label");
        assert_eq!(label, [format!("Candles of BTC-USDT on {name}")]);
        assert_eq!(
            page.one(".candle-table caption"),
            format!("Candles of BTC-USDT on {name}, in USDT")
        );
        let told =
            format!("/market/klines?exchange={exchange}&symbol=BTC-USDT&interval=1h&limit=24");
        let told = client.get(&told).await.with(200);
        let told = told["klines"].as_array().unwrap();
        let rows = figures(&page);
        assert!((24..=25).contains(&rows.len()), "{}", rows.len());
        // All but the newest are over, and stay as they are.
        for (row, candle) in rows.iter().zip(told.iter().rev()).skip(1) {
            let fields = ["open", "high", "low", "close", "volume"];
            let candle = fields.map(|field| candle[field].as_str().unwrap().to_owned());
            let row: Vec<_> = row.iter().map(|figure| figure.replace(',', "")).collect();
            assert_eq!(row, candle);
        }
        let remarks = page.all(".candle-table tbody td:last-child");
        assert_eq!(remarks.iter().filter(|one| *one == "still open").count(), 1);
        assert_eq!(remarks[0], "still open");
        let drawn = page.attributes(".candle-body:not(.candle-open)", "d");
        let bodies: usize = drawn.iter().map(|path| path.matches('Z').count()).sum();
        assert_eq!(bodies, rows.len() - 1);
        assert_eq!(page.attributes(".candle-body.candle-open", "d").len(), 1);
        let description = page.one("#candles-description");
        assert!(
            description.contains("candles of 1h: from "),
            "{description}"
        );
        let file = page.attributes(".kept-candles a", "href");
        let file = browser.get(&file[0]).await;
        assert_eq!(file.status, 200, "{}", file.body);
        assert!(file.body.lines().count() >= 24, "{}", file.body);
    }
}

async fn an_exchange_that_gives_no_candles_leaves_the_page_standing(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let control = app.setup.sandbox.control();
    control.inject(Fault::on(
        "/api/v3/klines",
        Effect::binance_too_much(Some("60")),
    ));
    let page = browser.get("/market/BTC-USDT").await;
    assert_eq!((page.status, page.one("h1").as_str()), (200, "BTC-USDT"));
    assert!(page.all(".compared td[data-label=Price]")[0].starts_with("64,"));
    assert!(
        page.one(".history .empty").contains("Binance"),
        "{}",
        page.text()
    );
    assert_eq!(page.all(".candles svg").len(), 0);
    // A length that one exchange does not have is said.
    let page = browser
        .get("/market/BTC-USDT?exchange=okx&interval=8h&range=30d")
        .await;
    assert_eq!(page.status, 200);
    assert!(!page.one(".history .empty").is_empty(), "{}", page.text());
}

async fn small_pictures_are_drawn_once_an_hour(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let control = app.setup.sandbox.control();
    // The first look may not wait for all of them.
    let mut page = browser.get("/market").await;
    for _ in 0..20 {
        if page.all("svg.spark").len() >= 4 {
            break;
        }
        page = browser.get("/market").await;
    }
    let labels = page.attributes("svg.spark", "aria-label");
    assert!(labels.len() >= 4, "{labels:?}");
    assert!(
        labels[0].starts_with("Last 24 hours on Binance: from "),
        "{labels:?}"
    );
    is_inert(&page, "/market");
    let asked = control.count("/api/v3/klines");
    assert!(asked >= 4);
    let again = browser.get("/market").await;
    assert_eq!(
        again.attributes("svg.spark path", "d"),
        page.attributes("svg.spark path", "d")
    );
    assert_eq!(control.count("/api/v3/klines"), asked);
    // The change over these hours stands beside each price.
    let changes = page.all(".quoted-note .rises, .quoted-note .falls");
    assert!(changes.len() > 6, "{}", page.text());
    assert!(
        changes.iter().all(|change| change.ends_with(" %")),
        "{changes:?}"
    );
}

async fn days_are_fetched_from_the_page_and_what_is_wrong_stands_beside_the_button(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let page = browser
        .get("/market/BTC-USDT?exchange=okx&interval=1d&range=1y")
        .await;
    assert_eq!(page.one(".kept-candles button"), "Fetch candles");
    let days = |page: &Page| page.attributes("#days", "value").concat();
    assert_eq!(days(&page), "365");
    assert_eq!(page.attributes("#days", "max"), ["3650"]);
    let [names, values] =
        ["name", "value"].map(|part| page.attributes(".kept-candles input", part));
    let form: Vec<_> = names
        .iter()
        .map(String::as_str)
        .zip(values.iter().map(String::as_str))
        .collect();
    let sent = browser.post("/do/fetch-candles", &form).await;
    let next = "/market/BTC-USDT?exchange=okx&interval=1d&range=1y";
    assert_eq!((sent.status, sent.location().as_deref()), (303, Some(next)));
    let page = browser.get(next).await;
    let told = "Candles of BTC-USDT are being fetched: look again in a while.";
    assert_eq!(page.one("[role=status]"), told);
    let note = page.one(".kept-candles .fact-note");
    assert!(note.starts_with("Candles of 1d since "), "{note}");
    for (field, value, sentence) in WRONG {
        let mut wrong = vec![
            ("symbol", "BTC-USDT"),
            ("exchange", "binance"),
            ("interval", "1h"),
            ("range", "24h"),
            ("days", "7"),
        ];
        let place = wrong.iter().position(|(name, _)| *name == field).unwrap();
        wrong[place].1 = value;
        let page = browser.post("/do/fetch-candles", &wrong).await;
        assert_eq!(
            (page.status, page.one("h1").as_str()),
            (422, "BTC-USDT"),
            "{value}"
        );
        assert_eq!(page.one("#fetch-error"), sentence);
        let typed = if field == "days" { value } else { "7" };
        assert_eq!(days(&page), typed, "what was typed is not lost");
        is_inert(&page, value);
    }
    let nowhere = [("symbol", "NOPE-USDT"), ("days", "1")];
    let page = browser.post("/do/fetch-candles", &nowhere).await;
    assert!([404, 422].contains(&page.status), "{}", page.status);
}
