//! Names that want to be markup or formulas: of assets, connections, portfolios and what is held by
//! hand, on every page there is.

use coffer::domain::market::Pair;
use coffer::sandbox::Exchange;
use coffer::services::portfolio;

use crate::doors::OPEN_PAGES;
use crate::functions::call;
use crate::history::scene::Scene;
use crate::labels::is_inert;
use crate::portfolios::create;
use crate::sources;
use crate::support::{Browser, Kind, Page, on_both_databases};

on_both_databases![a_name_that_wants_to_be_markup_is_text_on_every_page];

/// The names.
pub const NAMES: [&str; 10] = [
    "</svg><script>alert(1)</script>",
    "\"><img/src=x/onerror=alert(1)>",
    "</title><script>alert(1)</script>",
    "'><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}${7*7}<!--",
    "=HYPERLINK(\"https://evil\")",
    "@SUM(1+1)*cmd|'/C'!A0",
    "-2+3",
    "＋１",
];

/// What stands in the title of the page at each route.
const TITLES: [(&str, &str); 21] = [
    ("/", "Portfolio"),
    ("/portfolios", "Portfolios"),
    ("/portfolios/:id", "Portfolio"),
    ("/portfolios/:id/manual", "Held by hand in NAME"),
    ("/portfolios/:id/rename", "Rename NAME"),
    ("/portfolios/:id/merge", "Merge NAME"),
    ("/portfolios/:id/delete", "Delete NAME"),
    ("/manual/:id", "Change NAME"),
    ("/manual/:id/delete", "Delete NAME"),
    ("/connections", "Connections"),
    ("/connections/:id", "NAME"),
    ("/connections/:id/delete", "Delete connection"),
    ("/market", "Market"),
    ("/market/:symbol", "NAME-USDT"),
    ("/notices", "Notices"),
    ("/status", "Status"),
    ("/settings", "Settings"),
    ("/settings/telling", "Telling"),
    ("/settings/data", "Your data"),
    ("/settings/delete-account", "Delete account"),
    ("/settings/tokens", "API tokens"),
];

/// Somebody who holds such assets, on an exchange and by hand, with a history and notices of them,
/// and for each name a portfolio that is called so with a connection that is called so.
pub struct Hostile {
    pub scene: Scene,
    /// The portfolio that the assets stand in.
    own: String,
    /// Path and name of every connection, of those that are called so.
    connections: Vec<(String, &'static str)>,
}

impl Hostile {
    pub async fn new(kind: Kind) -> Self {
        let scene = Scene::new(kind, &NAMES.map(|name| (name, "1"))).await;
        let own = scene.portfolio().await;
        let mut connections = Vec::new();
        for (number, name) in (0..).zip(NAMES) {
            enter_by_hand(&scene, &own, name).await;
            connections.push((connect(&scene, number, name).await, name));
        }
        // Dollars are offered where BTC has a price in them.
        let prices = |price| {
            let all = NAMES.iter().map(|name| (*name, price));
            all.chain([("BTC", "100")]).collect::<Vec<_>>()
        };
        scene.record(0, &prices("1")).await;
        scene.record(10, &prices("1.01")).await;
        // One price alone makes a jump that is held back and named, and a balance goes with a notice.
        let mut jumped = prices("1.01");
        jumped[0].1 = "900";
        scene.record(20, &jumped).await;
        scene.hold(NAMES[1], "5").await;
        scene.record(30, &prices("1.01")).await;
        scene.record(40, &jumped).await;
        watch(&scene).await;
        scene.app.setup.clock.advance_minutes(41);
        Self {
            scene,
            own,
            connections,
        }
    }

    /// Every page, each with its title and the name that it must show, if it is about one.
    async fn pages(&self) -> Vec<(String, String, &'static str)> {
        let mut pages = Vec::new();
        for route in sources::routes() {
            if OPEN_PAGES.contains(&route.as_str()) {
                continue;
            }
            for (id, name) in self.things(&route).await {
                let path = route.replace(":id", &id).replace(":symbol", &id);
                pages.push((path, title(&route, name), name));
            }
        }
        for (path, name) in [
            ("/?by=wallet&small=all", NAMES[0]),
            ("/?by=exchange&sort=-asset&range=24h", NAMES[1]),
            ("/?q=%3Cscript%3E&of=%3Cscript%3E&part=2&range=24h", ""),
        ] {
            pages.push((path.to_owned(), title("/", name), name));
        }
        pages
    }

    /// The id and the name of everything that a route has a page for.
    async fn things(&self, route: &str) -> Vec<(String, &'static str)> {
        if route.starts_with("/portfolios/:id") {
            let state = &self.scene.app.state;
            let all = portfolio::list(state, &self.scene.user).await.unwrap();
            let named = all.into_iter().filter_map(|one| {
                let name = NAMES.into_iter().find(|name| *name == one.name)?;
                Some((one.id, name))
            });
            return named.collect();
        }
        if route.starts_with("/connections/:id") {
            return self.connections.clone();
        }
        if route == "/market/:symbol" {
            let pairs = NAMES
                .into_iter()
                .filter_map(|name| Some((pair_of(name)?, name)));
            let last_part = |pair: Pair| pair.path().rsplit('/').next().unwrap().to_owned();
            return pairs.map(|(pair, name)| (last_part(pair), name)).collect();
        }
        if route.starts_with("/manual/:id") {
            let path = format!("/portfolios/{}/manual", self.own);
            let page = self.scene.browser.get(&path).await;
            let links = page.attributes(".entry .buttons a", "href");
            let ids = links.iter().filter(|link| !link.ends_with("/delete"));
            let ids = ids.map(|link| link.rsplit('/').next().unwrap().to_owned());
            let named = page.all(".entry h2").into_iter();
            let named = named.map(|shown| NAMES.into_iter().find(|name| *name == shown).unwrap());
            return ids.zip(named).collect();
        }
        vec![(String::new(), "")]
    }
}

/// The pair of an asset of this name with USDT; the hyphen of some names makes them part of none.
fn pair_of(name: &str) -> Option<Pair> {
    Pair::parse(&format!("{name}-USDT")).ok()
}

/// Has an exchange list the pairs of these names, and somebody watch them.
async fn watch(scene: &Scene) {
    for pair in NAMES.into_iter().filter_map(pair_of) {
        let codes = [pair.base.as_str(), "USDT"];
        scene
            .app
            .setup
            .sandbox
            .control()
            .set_price(Exchange::Okx, codes, "1.5");
    }
    scene.app.setup.clock.advance_minutes(2);
    for pair in NAMES.into_iter().filter_map(pair_of) {
        let symbol = pair.to_string();
        let page = scene
            .browser
            .post("/do/watch", &[("symbol", &symbol)])
            .await;
        assert_eq!(page.status, 303, "{symbol}: {}", page.text());
        let page = scene.browser.get("/market").await;
        assert!(page.one("[role=status]").contains(&symbol), "{symbol}");
        is_inert(&page, &symbol);
    }
}

/// What stands in the title of a route's page about something of this name.
fn title(route: &str, name: &str) -> String {
    let known = TITLES.iter().find(|(known, _)| *known == route);
    let title = known.map(|(_, title)| title.replace("NAME", name));
    // A page that is new has to be put on the list.
    format!("{} · Coffer", title.unwrap_or_default())
}

async fn enter_by_hand(scene: &Scene, portfolio: &str, name: &str) {
    let form = [
        ("id", portfolio),
        ("asset", name),
        ("quantity", "2"),
        ("label", name),
        ("note", name),
    ];
    let page = scene.browser.post("/do/add-manual", &form).await;
    assert_eq!(page.status, 303, "{name}: {}", page.text());
}

/// Connects an empty account under a name, in a portfolio of that name, and gives its id.
async fn connect(scene: &Scene, number: u32, name: &str) -> String {
    let portfolio = create(&scene.browser, name).await;
    let control = scene.app.setup.sandbox.control();
    let key = control.add_binance_account(number, &[]);
    let form = [
        ("exchange", "binance"),
        ("label", name),
        ("api_key", &key.api_key),
        ("secret_key", &key.secret_key),
        ("portfolio", &portfolio),
    ];
    let page = scene.browser.submit("/do/connect", &form).await;
    let told = page.one("[role=status]");
    assert!(told.contains(name), "{name}: {}", page.text());
    is_inert(&page, name);
    crate::scene::ids(&page).pop().unwrap()
}

async fn a_name_that_wants_to_be_markup_is_text_on_every_page(kind: Kind) {
    let hostile = Hostile::new(kind).await;
    let browser = &hostile.scene.browser;
    let pages = hostile.pages().await;
    assert!(pages.len() > 9 * NAMES.len(), "{}", pages.len());
    for (path, title, name) in pages {
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        is_inert(&page, &path);
        assert_eq!(page.all("head title"), [title], "{path}");
        assert!(page.text().contains(name), "{path}: {}", page.text());
    }
    let page = browser.get("/").await.text();
    for name in NAMES {
        assert!(page.contains(name), "{name}: {page}");
    }
    assert!(page.contains(&format!("The price of {} alone", NAMES[0])));
    assert!(browser.get("/notices").await.text().contains(NAMES[1]));
    assert_drawn_by_itself(browser).await;
}

async fn assert_drawn_by_itself(browser: &Browser) {
    let page = call(browser, "/do/draw-history", &[("range", "24h")]).await;
    let drawing: serde_json::Value = serde_json::from_str(&page.body).unwrap();
    let page = Page {
        body: drawing["html"].as_str().unwrap().to_owned(),
        ..page
    };
    is_inert(&page, "the history drawn by itself");
    let pictures = page.all(".chart svg[role=img]");
    assert_eq!(pictures.len(), 1, "{}", page.body);
}
