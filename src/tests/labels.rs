//! What people type is text wherever it shows, and what deceives is refused.

use coffer::sandbox::keys::binance;
use scraper::{ElementRef, Html, Selector};

use crate::functions::post;
use crate::support::{App, Kind, Page};

/// The form that connects with a good key, and this label.
fn connect_form(label: &str) -> String {
    let key = binance::READ_ONLY;
    serde_urlencoded::to_string([
        ("exchange", "binance"),
        ("label", label),
        ("api_key", key.api_key),
        ("secret_key", key.secret_key),
    ])
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_that_wants_to_be_markup_stays_text() {
    let labels = [
        "</textarea><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'><svg onload=alert(1)>",
        "javascript:alert(1)",
        "</title><script>alert(1)</script>",
        "{{7*7}}${7*7}<!--",
        "--><!]]>&lt;b&gt;&#60;",
        "=HYPERLINK(\"https://evil\")",
    ];
    let app = App::start(Kind::Sqlite).await;
    let owner = app.signed_in("anna@example.org").await;
    for label in labels {
        let page = owner
            .submit("/do/connect", &pairs(&connect_form(label)))
            .await;
        assert_eq!(page.status, 200, "{label}: {}", page.text());
        assert!(
            page.one("[role=status]").contains(label),
            "{label}: {}",
            page.text()
        );
        let detail = page.attributes(".card h3 a", "href").remove(0);
        let id = detail.rsplit('/').next().unwrap().to_owned();
        let delete = format!("{detail}/delete");
        for path in ["/", "/connections", &detail, &delete] {
            let shown = owner.get(path).await;
            is_inert(&shown, path);
            assert!(
                path == "/" || shown.text().contains(label),
                "{path}: {label}"
            );
        }
        assert!(owner.get(&detail).await.one("title").starts_with(label));
        let duplicate = post(&owner, "/do/connect", connect_form(label)).await;
        assert_eq!(duplicate.status, 409);
        assert!(duplicate.text().contains(label));
        is_inert(&duplicate, "duplicate");
        let gone = owner.submit("/do/delete", &[("id", &id)]).await;
        assert!(gone.one("[role=status]").contains(label));
        is_inert(&gone, "deleted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_comes_back_as_text_only() {
    let app = App::start(Kind::Sqlite).await;
    let owner = app.signed_in("anna@example.org").await;
    let evil = "\"><script>alert(1)</script><img onerror=x>";
    let fields = [
        "exchange",
        "label",
        "region",
        "environment",
        "portfolio",
        "ignore_below",
    ];
    let mut form = fields.map(|name| (name, evil)).to_vec();
    form.extend([("api_key", evil), ("secret_key", evil), ("email", evil)]);
    let page = owner.post("/do/connect", &form).await;
    assert_eq!(page.status, 422);
    is_inert(&page, "connect");
    assert_eq!(page.attributes("#label", "value"), [evil]);
    for secret in ["#api_key", "#secret_key", "#passphrase"] {
        assert_eq!(page.attributes(secret, "value").concat(), "", "{secret}");
    }
    let page = app.browser().post("/do/sign-in", &form).await;
    assert_eq!(
        (page.status, page.attributes("#email", "value").concat()),
        (401, evil.to_owned())
    );
    is_inert(&page, "sign-in");
    for path in [
        "/connections/%3Cscript%3E",
        "/portfolios/%22%3E%3Cimg%20onerror%3D",
        "/%3Cscript%3E",
    ] {
        let page = owner.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        is_inert(&page, path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deceptive_or_endless_label_is_refused() {
    let app = App::start(Kind::Sqlite).await;
    let owner = app.signed_in("anna@example.org").await;
    let long = "l".repeat(10_000);
    for label in [
        "\u{202e}ecnaniB",
        "a\u{0}b",
        "a\u{200b}b",
        "a\nb",
        "\u{feff}a\u{2066}",
        &long,
        &"x".repeat(61),
    ] {
        let page = post(&owner, "/do/connect", connect_form(label)).await;
        assert_eq!(page.status, 422, "{label:?}");
        assert!(!page.one("#label-error").is_empty(), "{label:?}");
    }
    assert_eq!(app.setup.sandbox.control().count("/"), 0);
    let page = post(&owner, "/do/connect", connect_form("１２３ 币安人生 Größe")).await;
    assert_eq!(page.status, 303);
}

fn pairs(form: &str) -> Vec<(&str, &str)> {
    let decoded: Vec<(String, String)> = serde_urlencoded::from_str(form).unwrap();
    let leaked: &'static Vec<_> = Box::leak(Box::new(decoded));
    leaked
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect()
}

/// Nothing on the page runs or loads but what is ours.
pub fn is_inert(page: &Page, what: &str) {
    // Parsing takes longer than looking.
    let html = Html::parse_document(&page.body);
    let find = |selector: &str| -> Vec<_> {
        let selector = Selector::parse(selector).unwrap();
        html.select(&selector).collect()
    };
    let foreign =
        "img, iframe, object, embed, textarea, base, [onerror], [onload], [onclick], svg[onload]";
    let foreign: Vec<_> = find(foreign).iter().map(ElementRef::html).collect();
    assert_eq!(foreign, Vec::<String>::new(), "{what}");
    for script in find("script") {
        let own = script.attr("nonce").is_some() && !script.inner_html().contains("alert");
        assert!(own, "{what}: {}", page.body);
    }
    for name in ["href", "action", "src"] {
        for element in find(&format!("[{name}]")) {
            let target = element.attr(name).unwrap();
            let ours = target.starts_with('/') || target.starts_with('#');
            let exchange = ["https://www.binance.com/", "https://www.okx.com/"];
            let known = ours || exchange.iter().any(|host| target.starts_with(host));
            assert!(known, "{what}: {name}={target}");
        }
    }
}
