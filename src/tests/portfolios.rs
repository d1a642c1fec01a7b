//! Making, naming, merging and deleting portfolios by their pages.

use coffer::sandbox::keys::{binance, okx};

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
    a_deleted_portfolio_leaves_what_was_in_it_where_its_owner_says,
    the_only_portfolio_has_nowhere_to_leave_what_is_in_it,
    a_dropped_portfolio_takes_its_connections_along,
    nothing_is_dropped_that_its_owner_did_not_see,
    a_portfolio_made_by_hand_outlives_its_last_connection,
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

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(name, inside): &(&str, &str)| (name.to_string(), inside.to_string());
    expected.iter().map(own).collect()
}

async fn add_cash(browser: &Browser, portfolio: &str) {
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

async fn a_deleted_portfolio_leaves_what_was_in_it_where_its_owner_says(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &BOTH[0], &[]).await;
    let id = id_of(&browser.get("/portfolios").await, "Binance");
    add_cash(&browser, &id).await;
    let other = create(&browser, "Other").await;
    let before = counts(&app).await;
    // Not said what becomes of it: nothing happens.
    for fate in ["", "all", "Drop"] {
        let form = [("id", id.as_str()), ("fate", fate), ("into", &other)];
        let page = browser.post("/do/delete-portfolio", &form).await;
        assert_eq!(
            (page.status, page.one("h1")),
            (422, "Delete Binance?".to_owned())
        );
        let told = "Something is in it: say whether it is kept or deleted as well.";
        assert_eq!(page.one("#fate-error"), told);
    }
    let form = [("id", id.as_str()), ("fate", "keep"), ("into", "")];
    let page = browser.post("/do/delete-portfolio", &form).await;
    assert_eq!(
        page.one("#into-error"),
        "Pick another portfolio of the list."
    );
    assert_eq!(counts(&app).await, before);
    let form = [("id", id.as_str()), ("fate", "keep"), ("into", &other)];
    let page = browser.submit("/do/delete-portfolio", &form).await;
    assert!(
        told(&page).ends_with("“Binance” is gone."),
        "{}",
        told(&page)
    );
    let inside = "1 connection and 1 holding entered by hand";
    assert_eq!(listed(&browser).await, pairs(&[("Other", inside)]));
    assert_eq!(counts(&app).await[1..], before[1..]);
    assert_eq!(count(&app, "manual_holdings").await, 1);
}

async fn the_only_portfolio_has_nowhere_to_leave_what_is_in_it(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &BOTH[0], &[]).await;
    let id = id_of(&browser.get("/portfolios").await, "Binance");
    let before = counts(&app).await;
    let page = browser.get(&format!("/portfolios/{id}/delete")).await;
    assert!(
        page.text()
            .contains("There is no other portfolio to move it to. Create one first"),
        "{}",
        page.text()
    );
    assert_eq!(page.all("select"), Vec::<String>::new());
    let form = [("id", id.as_str()), ("fate", "keep")];
    let page = browser.post("/do/delete-portfolio", &form).await;
    assert_eq!(page.status, 422);
    assert_eq!(
        page.one("[role=alert]").matches("another look").count(),
        1,
        "{}",
        page.text()
    );
    assert!(
        page.text()
            .contains("There is no other portfolio to move it to")
    );
    assert_eq!(counts(&app).await, before);
}

async fn a_dropped_portfolio_takes_its_connections_along(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let kept = connect(&browser, &BOTH[1], &[]).await;
    let before = counts(&app).await;
    connect(&browser, &BOTH[0], &[("label", "Mine")]).await;
    let id = id_of(&browser.get("/portfolios").await, "Binance");
    connect(&browser, &binance::SECOND, &[("portfolio", &id)]).await;
    add_cash(&browser, &id).await;
    let page = browser.get(&format!("/portfolios/{id}/delete")).await;
    let lost = page.all(".contents li");
    assert_eq!(lost.len(), 3, "{lost:?}");
    let hint = &BOTH[0].api_key[BOTH[0].api_key.len() - 4..];
    let key = format!("Mine: the key of Binance ••••{hint} and 13 holdings");
    assert_eq!((&lost[0], lost[2].as_str()), (&key, "Cash: 250.75 EUR"));
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    let form = [("id", id.as_str()), ("fate", "drop"), ("seen", &seen)];
    let page = browser.submit("/do/delete-portfolio", &form).await;
    assert_eq!(
        told(&page),
        "Deleted “Binance” with 2 connections and 1 holding entered by hand.\
         Delete the keys on the exchange as well if you no longer need them."
    );
    let after = counts(&app).await;
    // Assets stay known.
    assert_eq!(
        (after[0], after[1], after[2]),
        (before[0], before[1], before[2])
    );
    assert_eq!((after[4], after[5]), (before[4], before[5]));
    assert_eq!(count(&app, "manual_holdings").await, 0);
    assert_eq!(ids(&browser.get("/connections").await), [kept]);
    assert_only_read(&app);
}

async fn nothing_is_dropped_that_its_owner_did_not_see(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &BOTH[0], &[]).await;
    let id = id_of(&browser.get("/portfolios").await, "Binance");
    let path = format!("/portfolios/{id}/delete");
    let page = browser.get(&path).await;
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    connect(&browser, &okx::READ_ONLY, &[("portfolio", &id)]).await;
    let before = counts(&app).await;
    for seen in [seen.as_str(), ""] {
        let form = [("id", id.as_str()), ("fate", "drop"), ("seen", seen)];
        let page = browser.post("/do/delete-portfolio", &form).await;
        assert_eq!(page.status, 422);
        assert_eq!(
            page.one("#fate-error"),
            "What is in this portfolio has changed since the page was shown. \
             Nothing was deleted: look again."
        );
        // The list below it is the new one.
        assert_eq!(page.all(".contents li").len(), 2);
    }
    assert_eq!(counts(&app).await, before);
}

async fn a_portfolio_made_by_hand_outlives_its_last_connection(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let own = create(&browser, "Own").await;
    let id = connect(&browser, &BOTH[0], &[("portfolio", &own)]).await;
    let other = connect(&browser, &BOTH[1], &[]).await;
    let okx = id_of(&browser.get("/portfolios").await, "OKX");
    add_cash(&browser, &okx).await;
    for id in [id, other] {
        let page = browser.submit("/do/delete", &[("id", &id)]).await;
        assert!(told(&page).starts_with("Deleted "), "{}", told(&page));
    }
    assert_eq!(
        listed(&browser).await,
        pairs(&[
            ("OKX", "1 holding entered by hand"),
            ("Own", "Nothing in it yet")
        ])
    );
    let page = browser.get(&format!("/portfolios/{own}/delete")).await;
    assert!(page.text().contains("Nothing is in it."));
    let page = browser
        .submit("/do/delete-portfolio", &[("id", &own)])
        .await;
    assert_eq!(told(&page), "Deleted the portfolio “Own”.");
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
