//! How an exchange fares: its state in words, and what the last calls came to by kind.

use leptos::prelude::*;

use super::holdings::UNKNOWN;
use crate::domain::amount::Amount;
use crate::domain::health::market::kept_out_words;
use crate::domain::health::{
    CallClass, CallFigures, ExchangeHealth, Figures, Fitness, Fullest, ResponseTimes, clocks_words,
};
use crate::domain::text::count;
use crate::domain::timestamp::Timestamp;

/// The columns of figures.
const FIGURES: [&str; 5] = [
    "Calls",
    "Answered",
    "Half within",
    "95 % within",
    "99 % within",
];

/// An exchange with everything that is known of its calls.
#[component]
pub fn ExchangeHealthCard(
    /// How it fares.
    health: ExchangeHealth,
    /// The moment the page shows.
    now: Timestamp,
) -> impl IntoView {
    let heading = format!("{}-heading", health.exchange);
    let class = match health.fitness {
        Fitness::Ok => "badge badge-good",
        Fitness::Failing => "badge badge-bad",
        Fitness::Paused => "badge badge-warn",
        Fitness::Unknown => "badge",
    };
    let name = health.name.clone();
    let tables = [
        ("Live", health.figures.clone()),
        ("Test environment", health.test_figures.clone()),
    ];
    let tables = tables
        .into_iter()
        .filter(|(_, figures)| figures.all.outcomes.calls() > 0)
        .map(|(what, figures)| {
            let title = format!("{} · {what}", health.name);
            view! { <ClassTable title figures now/> }
        })
        .collect_view();
    view! {
        <section class="card health" aria-labelledby=heading>
            <div class="section-head">
                <h2 id=heading.clone()>{name}</h2>
                <span class=class>{health.fitness.title()}</span>
            </div>
            <dl class="facts">{facts(&health, now)}</dl>
            {tables}
        </section>
    }
    .into_any()
}

fn facts(health: &ExchangeHealth, now: Timestamp) -> impl IntoView + use<> {
    let all = &health.figures.all;
    let facts = [
        ("Calls", calls(all)),
        ("Response times", times(all.times)),
        ("Weight used", weight(health.fullest.as_ref())),
        ("Clock", clocks_words(&health.clocks, now)),
        ("Pause", pause(health.paused_until, now)),
        ("Last good answer", last_good(all, now)),
        ("Prices", prices(health, now)),
        ("Live prices", health.stream.words(now)),
        ("Live accounts", health.account_streams.words()),
        (
            "Kept out",
            kept_out_words(&health.kept_out, health.stream.left_out),
        ),
    ];
    let fact =
        |(name, text): (&'static str, String)| view! { <div><dt>{name}</dt><dd>{text}</dd></div> };
    facts.into_iter().map(fact).collect_view()
}

fn calls(figures: &CallFigures) -> String {
    let calls = figures.outcomes.calls();
    if calls == 0 {
        return "None in the last 15 minutes".to_owned();
    }
    let answered = figures.outcomes.answered();
    let of = count(usize::try_from(calls).unwrap_or(usize::MAX), "call");
    let troubles = figures.outcomes.troubles();
    let troubles = if troubles.is_empty() {
        troubles
    } else {
        format!(": {troubles}")
    };
    format!("{answered} of {of} answered in the last 15 minutes{troubles}")
}

fn times(times: Option<ResponseTimes>) -> String {
    let told = |times: ResponseTimes| {
        let ResponseTimes {
            p50_ms,
            p95_ms,
            p99_ms,
        } = times;
        format!("Half within {p50_ms} ms, 95 % within {p95_ms} ms, 99 % within {p99_ms} ms")
    };
    times.map_or_else(|| "No answer in the last 15 minutes".to_owned(), told)
}

/// The budget that is used most: where each path has its own, there are many.
fn weight(fullest: Option<&Fullest>) -> String {
    let Some(fullest) = fullest else {
        return "No limit was touched".to_owned();
    };
    let Fullest {
        host,
        path,
        spent,
        full_ms,
    } = fullest;
    let whole = |number: u64| Amount::from(i64::try_from(number).unwrap_or(i64::MAX)).grouped();
    let window = match (spent.window_ms / 1_000, full_ms) {
        (s, Some(full_ms)) => {
            let full = full_ms / 1_000;
            format!("the fullest {s} s of the last minute, full for {full} s of it")
        }
        (60, None) => "this minute".to_owned(),
        (s, None) => format!("a window of {s} s"),
    };
    let (used, limit, percent) = (whole(spent.weight), whole(spent.limit), spent.percent());
    let path = path.as_deref().unwrap_or_default();
    format!("{used} of {limit} in {window} ({percent} %), {host}{path}")
}

fn pause(until: Option<Timestamp>, now: Timestamp) -> String {
    let until = until.map(|until| format!("Until {}, at its own wish", until.readable_near(now)));
    until.unwrap_or_else(|| "None".to_owned())
}

fn last_good(figures: &CallFigures, now: Timestamp) -> String {
    let told = |at: Timestamp| format!("{} ({})", at.age(now), at.readable());
    let none = || "None since this process began".to_owned();
    figures.last_good_at.map_or_else(none, told)
}

fn prices(health: &ExchangeHealth, now: Timestamp) -> String {
    let of = health.prices_of.map(|at| format!("Of {}", at.age(now)));
    let of = of.unwrap_or_else(|| "None known here".to_owned());
    match &health.price_problem {
        Some(problem) => format!("{of}. {}", problem.sentence(&health.name)),
        None => of,
    }
}

#[component]
fn ClassTable(title: String, figures: Figures, now: Timestamp) -> impl IntoView {
    let heads = FIGURES
        .map(|name| view! { <th scope="col" class="number">{name}</th> })
        .collect_view();
    let rows = figures.by_class.into_iter();
    let rows = rows
        .map(|(class, figures)| row(class, &figures, now))
        .collect_view();
    view! {
        <div class="table-wrap" role="region" aria-label=title tabindex="0">
            <table class="holdings calls">
                <caption><h3>{title.clone()}</h3></caption>
                <thead>
                    <tr>
                        <th scope="col">"Asked for"</th>
                        {heads}
                        <th scope="col">"Trouble"</th>
                        <th scope="col">"Last good answer"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(class: CallClass, figures: &CallFigures, now: Timestamp) -> impl IntoView + use<> {
    let unit = match figures.outcomes.calls() {
        1 => "call",
        _ => "calls",
    };
    let cells = FIGURES
        .into_iter()
        .zip(cells(figures))
        .map(|(name, figure)| {
            let main = if name == "Calls" { "main-figure" } else { "" };
            // On narrow screens it stands behind the figure.
            let unit = (name == "Calls").then_some(unit);
            let unknown = if figure.is_none() { "unknown" } else { "" };
            let class = format!("number {main} {unknown}");
            let figure = figure.unwrap_or_else(|| UNKNOWN.to_owned());
            view! { <td class=class data-label=name data-unit=unit>{figure}</td> }
        });
    let troubles = figures.outcomes.troubles();
    let trouble = if troubles.is_empty() {
        UNKNOWN.to_owned()
    } else {
        troubles
    };
    let trouble_class = if trouble == UNKNOWN {
        "unknown"
    } else {
        "trouble"
    };
    let last = figures.last_good_at.map(|at| at.age(now));
    let last_class = if last.is_none() { "unknown" } else { "" };
    view! {
        <tr>
            <th scope="row">{class.title()}</th>
            {cells.collect_view()}
            <td class=trouble_class>{trouble}</td>
            <td class=last_class data-label="Last good answer">{last.unwrap_or_else(|| UNKNOWN.to_owned())}</td>
        </tr>
    }
}

/// The figures of a kind in the order of [`FIGURES`]; none where nothing was measured.
fn cells(figures: &CallFigures) -> [Option<String>; 5] {
    let (calls, answered) = (figures.outcomes.calls(), figures.outcomes.answered());
    let called = |number: u64| (calls > 0).then(|| number.to_string());
    let time =
        |of: fn(ResponseTimes) -> u64| figures.times.map(|times| format!("{} ms", of(times)));
    [
        called(calls),
        called(answered),
        time(|times| times.p50_ms),
        time(|times| times.p95_ms),
        time(|times| times.p99_ms),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::health::{Outcome, Spent};

    #[test]
    fn what_was_not_measured_is_never_a_zero() {
        let none = CallFigures::default();
        assert_eq!(cells(&none), [const { None }; 5]);
        assert_eq!(calls(&none), "None in the last 15 minutes");
        assert_eq!(times(None), "No answer in the last 15 minutes");
        assert_eq!(clocks_words(&[], Timestamp(0)), "Not asked yet");
        assert_eq!(weight(None), "No limit was touched");
        assert_eq!(
            last_good(&none, Timestamp(0)),
            "None since this process began"
        );
        // That nothing was answered was measured.
        let mut failed = CallFigures::default();
        failed.outcomes.add(Outcome::Timeout);
        let told = cells(&failed).map(|cell| cell.unwrap_or_default());
        assert_eq!(told, ["1", "0", "", "", ""]);
        assert_eq!(
            calls(&failed),
            "0 of 1 call answered in the last 15 minutes: 1 timed out"
        );
    }

    #[test]
    fn weights_are_told_with_their_limit_and_window() {
        let mut fullest = Fullest {
            host: "api.binance.com".into(),
            path: None,
            spent: Spent {
                weight: 1_240,
                limit: 6_000,
                window_ms: 60_000,
            },
            full_ms: None,
        };
        let told = "1,240 of 6,000 in this minute (20 %), api.binance.com";
        assert_eq!(weight(Some(&fullest)), told);
        fullest.spent.window_ms = 300_000;
        fullest.path = Some("/sapi/v1/a".into());
        let told = weight(Some(&fullest));
        assert!(told.ends_with("in a window of 300 s (20 %), api.binance.com/sapi/v1/a"));
        fullest.spent.window_ms = 2_000;
        fullest.full_ms = Some(4_000);
        let told = weight(Some(&fullest));
        let words = "in the fullest 2 s of the last minute, full for 4 s of it (20 %), ";
        assert!(told.contains(words), "{told}");
    }
}
