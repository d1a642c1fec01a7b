//! Making, naming and merging portfolios, and moving connections, by their pages.

use crate::connecting::errors;
use crate::labels::is_inert;
use crate::scene::{BOTH, assert_only_read, connect, count, counts, ids, quantity, told};
use crate::support::{App, Browser, Kind, Page, on_both_databases};

on_both_databases![
    a_portfolio_is_made_by_hand_and_named_anew,
    a_wrong_name_is_told_beside_its_field,
    two_of_one_name_made_at_the_same_moment_are_one,
    a_merged_portfolio_leaves_everything_in_the_other,
    a_portfolio_is_merged_into_another_one_of_the_same_person_only,
    a_connection_moves_and_takes_its_balances_along,
    a_connection_is_moved_to_another_portfolio_of_the_list_only,
];

/// Makes a portfolio by its form, and gives its id.
pub async fn create(browser: &Browser, name: &str) -> String {
    let page = browser
        .submit("/do/create-portfolio", &[("name", name)])
        .await;
    assert_eq!(told(&page), format!("Created the portfolio “{name}”."));
    id_of(&page, name)
}

/// The id of the portfolio of a name on the page of portfolios.
pub fn id_of(page: &Page, name: &str) -> String {
    let names = page.all(".portfolios h2");
    let place = names.iter().position(|one| one == name).unwrap();
    let href = page.attributes(".portfolios h2 a", "href")[place].clone();
    href.rsplit('/').next().unwrap().to_owned()
}

/// Name and contents of every portfolio.
pub async fn listed(browser: &Browser) -> Vec<(String, String)> {
    let page = browser.get("/portfolios").await;
    let names = page.all(".portfolios h2");
    let inside = page.all(".portfolios .fact-note");
    assert_eq!(names.len(), inside.len());
    names.into_iter().zip(inside).collect()
}

pub fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(name, inside): &(&str, &str)| (name.to_string(), inside.to_string());
    expected.iter().map(own).collect()
}

pub async fn add_cash(browser: &Browser, portfolio: &str) {
    let form = [
        ("id", portfolio),
        ("asset", "eur"),
        ("quantity", "250.75"),
        ("label", "Cash"),
    ];
    let page = browser.submit("/do/add-manual", &form).await;
    assert_eq!(told(&page), "Added 250.75 EUR, “Cash”.");
}

async fn a_portfolio_is_made_by_hand_and_named_anew(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let page = browser.get("/portfolios").await;
    assert_eq!(page.one("h1"), "Portfolios");
    assert!(page.text().contains("There is no portfolio yet."));
    let form = [("name", "  Für später 币 ")];
    let page = browser.submit("/do/create-portfolio", &form).await;
    assert_eq!(told(&page), "Created the portfolio “Für später 币”.");
    let id = id_of(&page, "Für später 币");
    assert_eq!(
        listed(&browser).await,
        pairs(&[("Für später 币", "Nothing in it yet")])
    );
    assert_eq!(browser.get(&format!("/portfolios/{id}")).await.status, 200);
    let page = browser.get(&format!("/portfolios/{id}/rename")).await;
    assert_eq!(page.attributes("#name", "value"), ["Für später 币"]);
    let form = [("id", id.as_str()), ("name", "Later")];
    let page = browser.submit("/do/rename-portfolio", &form).await;
    assert_eq!(told(&page), "“Für später 币” is called “Later” now.");
    assert_eq!(id_of(&page, "Later"), id);
    // Its own name is not taken by another.
    let page = browser.submit("/do/rename-portfolio", &form).await;
    assert_eq!(told(&page), "“Later” is called “Later” now.");
    // It can be picked at the next connect.
    let connected = connect(&browser, &BOTH[0], &[("portfolio", &id)]).await;
    assert_eq!(listed(&browser).await, pairs(&[("Later", "1 connection")]));
    assert_eq!(ids(&browser.get("/connections").await), [connected]);
}

async fn a_wrong_name_is_told_beside_its_field(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = create(&browser, "First").await;
    create(&browser, "Second").await;
    let (sixty_one, endless) = ("x".repeat(61), "y".repeat(10_000));
    let wrong = [
        ("", "Give it a name."),
        (" \u{3000} ", "Give it a name."),
        ("Second", "You have a portfolio of this name already."),
        (" Second ", "You have a portfolio of this name already."),
        (sixty_one.as_str(), "Use at most 60 characters."),
        (endless.as_str(), "Use at most 60 characters."),
        ("\u{202E}tsriF", "Leave out invisible characters."),
        ("a\u{0}b", "Leave out invisible characters."),
        ("a\nb", "Leave out invisible characters."),
    ];
    for (name, sentence) in wrong {
        for (path, heading) in [
            ("/do/create-portfolio", "Portfolios"),
            ("/do/rename-portfolio", "Rename First"),
        ] {
            let page = browser.post(path, &[("id", &id), ("name", name)]).await;
            assert_eq!(page.status, 422, "{path} {name:?}");
            let told = [("name".to_owned(), sentence.to_owned())];
            assert_eq!(errors(&page), told, "{path} {name:?}");
            assert_eq!(page.one("h1"), heading);
            assert!(page.one("[role=alert]").contains("needs another look"));
            is_inert(&page, name);
        }
    }
    assert_eq!(count(&app, "portfolios").await, 2);
    assert_eq!(
        listed(&browser).await,
        pairs(&[
            ("First", "Nothing in it yet"),
            ("Second", "Nothing in it yet")
        ])
    );
    // Somebody else's names are no concern here.
    let other = app.signed_in("b@example.org").await;
    create(&other, "First").await;
}

async fn two_of_one_name_made_at_the_same_moment_are_one(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let form = [("name", "Twice")];
    let posts = (0..8).map(|_| browser.post("/do/create-portfolio", &form));
    let mut statuses: Vec<_> = futures::future::join_all(posts)
        .await
        .into_iter()
        .map(|page| page.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422, 422, 422, 422, 422, 422, 422]);
    assert_eq!(count(&app, "portfolios").await, 1);
}

async fn a_merged_portfolio_leaves_everything_in_the_other(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &BOTH[0], &[]).await;
    connect(&browser, &BOTH[1], &[]).await;
    let page = browser.get("/portfolios").await;
    let (binance, okx) = (id_of(&page, "Binance"), id_of(&page, "OKX"));
    add_cash(&browser, &binance).await;
    let before = counts(&app).await;
    let page = browser.get(&format!("/portfolios/{binance}/merge")).await;
    assert!(
        page.text()
            .contains("1 connection and 1 holding entered by hand"),
        "{}",
        page.text()
    );
    // There is only one other, so that it is chosen already.
    assert_eq!(page.attributes("select option", "value"), [okx.as_str()]);
    let form = [("id", binance.as_str()), ("into", &okx)];
    let page = browser.submit("/do/merge-portfolio", &form).await;
    assert_eq!(
        told(&page),
        "What was in “Binance” stands in “OKX” now, and “Binance” is gone."
    );
    let inside = "2 connections and 1 holding entered by hand";
    assert_eq!(listed(&browser).await, pairs(&[("OKX", inside)]));
    let after = counts(&app).await;
    assert_eq!((before[0], after[0]), (2, 1));
    assert_eq!(before[1..], after[1..]);
    let gone = browser.get(&format!("/portfolios/{binance}")).await;
    assert_eq!(gone.status, 404);
    let page = browser.get(&format!("/portfolios/{okx}")).await;
    assert_eq!(quantity(&page, "BTC").unwrap(), "0.528691348901234568");
    // Sending the form once more finds nothing.
    let page = browser.post("/do/merge-portfolio", &form).await;
    assert_eq!(
        (page.status, page.one("h1")),
        (404, "Portfolios".to_owned())
    );
    assert_only_read(&app);
}

async fn a_portfolio_is_merged_into_another_one_of_the_same_person_only(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let first = create(&browser, "First").await;
    let told = |page: &Page| errors(page);
    let into = |sentence: &str| vec![("into".to_owned(), sentence.to_owned())];
    let merge = async |into: &str| {
        let form = [("id", first.as_str()), ("into", into)];
        let page = browser.post("/do/merge-portfolio", &form).await;
        assert_eq!(page.status, 422);
        page
    };
    let page = browser.get(&format!("/portfolios/{first}/merge")).await;
    assert!(
        page.text()
            .contains("There is no other portfolio to move it to.")
    );
    // The page has no field for it then; the sentence stands above.
    merge(&first).await;
    create(&browser, "Second").await;
    let stranger = app.signed_in("b@example.org").await;
    let foreign = create(&stranger, "Foreign").await;
    for wrong in ["", "nonsense", first.as_str(), &foreign, &"0".repeat(32)] {
        let page = merge(wrong).await;
        let sentence = "Pick another portfolio of the list.";
        assert_eq!(told(&page), into(sentence), "{wrong}");
    }
    assert_eq!(count(&app, "portfolios").await, 3);
}

async fn a_connection_moves_and_takes_its_balances_along(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    connect(&browser, &BOTH[1], &[]).await;
    let page = browser.get(&format!("/connections/{id}")).await;
    assert_eq!(page.one("#portfolio-heading ~ p"), "It stands in Binance.");
    assert_eq!(page.one("label[for=portfolio]"), "Move to portfolio");
    let okx = id_of(&browser.get("/portfolios").await, "OKX");
    let form = [("id", id.as_str()), ("portfolio", &okx)];
    let page = browser.submit("/do/move-connection", &form).await;
    assert_eq!(
        told(&page),
        "Moved “Binance” to “OKX”. “Binance” had nothing left and is gone."
    );
    assert_eq!(page.one("#portfolio-heading ~ p"), "It stands in OKX.");
    let page = browser.get(&format!("/portfolios/{okx}")).await;
    assert_eq!(quantity(&page, "BTC").unwrap(), "0.528691348901234568");
    // One that was made by hand stays.
    let own = create(&browser, "Own").await;
    for (into, back) in [(&own, "Own"), (&okx, "OKX")] {
        let form = [("id", id.as_str()), ("portfolio", into)];
        let page = browser.submit("/do/move-connection", &form).await;
        assert_eq!(told(&page), format!("Moved “Binance” to “{back}”."));
    }
    assert_eq!(
        listed(&browser).await,
        pairs(&[("OKX", "2 connections"), ("Own", "Nothing in it yet")])
    );
}

async fn a_connection_is_moved_to_another_portfolio_of_the_list_only(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let page = browser.get(&format!("/connections/{id}")).await;
    assert!(
        page.text()
            .contains("There is no other portfolio to move it to.")
    );
    let own = id_of(&browser.get("/portfolios").await, "Binance");
    create(&browser, "Other").await;
    let stranger = app.signed_in("b@example.org").await;
    let foreign = create(&stranger, "Foreign").await;
    for wrong in ["", "nonsense", own.as_str(), &foreign, &"0".repeat(32)] {
        let form = [("id", id.as_str()), ("portfolio", wrong)];
        let page = browser.post("/do/move-connection", &form).await;
        assert_eq!((page.status, page.one("h1")), (422, "Binance".to_owned()));
        let sentence = "Pick another portfolio of the list.";
        assert_eq!(page.one("#portfolio-error"), sentence, "{wrong}");
    }
    assert_eq!(
        listed(&browser).await,
        pairs(&[("Binance", "1 connection"), ("Other", "Nothing in it yet")])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portfolio_whose_name_wants_to_be_markup_is_text_on_every_page() {
    let app = App::start(Kind::Sqlite).await;
    let browser = app.signed_in("a@example.org").await;
    let names = [
        "</textarea><script>alert(1)</script>",
        "</title></option><img src=x onerror=alert(1)>",
        "\"><svg onload=alert(1)>",
        "javascript:alert(1)",
        "תיק שלי",
    ];
    let connection = connect(&browser, &BOTH[0], &[]).await;
    for name in names {
        let id = create(&browser, name).await;
        let pages = ["", "/manual", "/rename", "/merge", "/delete"];
        let mut paths = pages.map(|page| format!("/portfolios/{id}{page}")).to_vec();
        paths.push("/portfolios".to_owned());
        paths.push(format!("/connections/{connection}"));
        for path in paths {
            let page = browser.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(page.text().contains(name), "{path}: {name}");
            is_inert(&page, &path);
        }
        let form = [("id", id.as_str()), ("name", "Plain")];
        let page = browser.submit("/do/rename-portfolio", &form).await;
        assert!(told(&page).contains(name));
        is_inert(&page, "renamed");
        let page = browser.submit("/do/delete-portfolio", &[("id", &id)]).await;
        assert_eq!(told(&page), "Deleted the portfolio “Plain”.");
    }
}
