//! Figures of exchanges: calls, times, budgets, clocks and pauses.

use super::text::{Kind, Text};
use crate::domain::exchange::ExchangeId;
use crate::domain::health::{ExchangeHealth, Outcome, seconds};
use crate::domain::timestamp::Timestamp;
use crate::exchanges::Totals;
use crate::services::State;
use crate::services::health::{Shared, exchanges_with};

/// Writes what this process knows of the exchanges, and what all know where the database told that.
pub(super) fn write(text: &mut Text, state: &State, shared: Option<&Shared>) {
    let none = Shared::default();
    let all = exchanges_with(state, shared.unwrap_or(&none));
    let ids = all.iter().map(|health| &health.exchange);
    let totals: Vec<_> = ids
        .map(|id| (id.clone(), state.registry.totals(id)))
        .collect();
    calls(text, &totals);
    times(text, &totals);
    weights(text, &totals);
    last_good(text, &totals);
    budgets(text, &all);
    clocks(text, &all, state.clock.now());
    prices(text, &all, state.clock.now());
    streams(text, &all);
    kept_out(text, &all);
    if shared.is_some() {
        write_pauses(text, &all);
        account_streams(text, &all);
    }
}

type All = [(ExchangeId, Vec<Totals>)];

/// Every kind of call of every exchange, with what it is told by.
fn each(all: &All) -> impl Iterator<Item = ([(&str, &str); 3], &Totals)> {
    all.iter().flat_map(|(exchange, kinds)| {
        kinds.iter().map(|totals| {
            let labels = [
                ("exchange", exchange.as_str()),
                ("environment", totals.environment.as_str()),
                ("class", totals.class.as_str()),
            ];
            (labels, totals)
        })
    })
}

fn calls(text: &mut Text, all: &All) {
    let help = "Calls to exchanges by kind of endpoint and how they ended.";
    let mut family = text.family("coffer_exchange_calls_total", Kind::Counter, help);
    for ([exchange, environment, class], totals) in each(all) {
        for outcome in Outcome::ALL {
            let labels = [exchange, environment, class, ("outcome", outcome.as_str())];
            family.sample(&labels, totals.outcomes.count(outcome));
        }
    }
}

fn times(text: &mut Text, all: &All) {
    let help = "How long exchanges took for calls that they answered.";
    let name = "coffer_exchange_answer_seconds";
    let mut family = text.family(name, Kind::Histogram, help);
    for (labels, totals) in each(all) {
        let [exchange, environment, class] = labels;
        for (ms, count) in &totals.at_most_ms {
            let most = seconds(i64::try_from(*ms).unwrap_or(i64::MAX));
            let labels = [exchange, environment, class, ("le", most.as_str())];
            family.part("_bucket", &labels, count);
        }
        let all = [exchange, environment, class, ("le", "+Inf")];
        family.part("_bucket", &all, totals.timed);
        let (whole, rest) = (totals.time_us / 1_000_000, totals.time_us % 1_000_000);
        family.part("_sum", &labels, format_args!("{whole}.{rest:06}"));
        family.part("_count", &labels, totals.timed);
    }
}

fn weights(text: &mut Text, all: &All) {
    let help = "What calls weighed by the exchanges' own measure.";
    let mut family = text.family("coffer_exchange_weight_total", Kind::Counter, help);
    for (labels, totals) in each(all) {
        family.sample(&labels, totals.weight);
    }
}

fn last_good(text: &mut Text, all: &All) {
    let help = "When a call last worked, in seconds since 1970.";
    let name = "coffer_exchange_last_good_answer_timestamp_seconds";
    let mut family = text.family(name, Kind::Gauge, help);
    for (labels, totals) in each(all) {
        if let Some(at) = totals.last_good_at {
            family.sample(&labels, seconds(at.0));
        }
    }
}

fn budgets(text: &mut Text, all: &[ExchangeHealth]) {
    let known = || {
        let all = all.iter();
        all.filter_map(|one| Some((labels(one), one.budget()?)))
    };
    let help =
        "Weight used in the window that runs, or in the fullest of the last minute's short ones.";
    let mut used = text.family("coffer_exchange_weight_used", Kind::Gauge, help);
    known().for_each(|(labels, spent)| used.sample(&[labels], spent.weight));
    let help = "The most weight that a window may hold.";
    let mut limit = text.family("coffer_exchange_weight_limit", Kind::Gauge, help);
    known().for_each(|(labels, spent)| limit.sample(&[labels], spent.limit));
    let help = "How long such a window is.";
    let name = "coffer_exchange_weight_window_seconds";
    let mut window = text.family(name, Kind::Gauge, help);
    known().for_each(|(labels, spent)| window.sample(&[labels], seconds(spent.window_ms)));
    let help = "For how long of the last minute short windows were full.";
    let name = "coffer_exchange_limit_full_seconds";
    let mut full = text.family(name, Kind::Gauge, help);
    for one in all {
        if let Some(full_ms) = one.fullest.as_ref().and_then(|fullest| fullest.full_ms) {
            full.sample(&[labels(one)], seconds(full_ms));
        }
    }
}

fn clocks(text: &mut Text, all: &[ExchangeHealth], now: Timestamp) {
    let known = || {
        all.iter()
            .flat_map(|one| one.clocks.iter().map(move |clock| (one, clock)))
    };
    let help = "How far an exchange's clock is ahead of this server's.";
    let name = "coffer_exchange_clock_offset_seconds";
    let mut family = text.family(name, Kind::Gauge, help);
    for one in all {
        if let Some(clock) = one.usual_clock() {
            family.sample(&[labels(one)], seconds(clock.reading.offset_ms));
        }
    }
    let help = "How far the clock of each of its hosts is ahead of this server's.";
    let name = "coffer_exchange_site_clock_offset_seconds";
    let mut family = text.family(name, Kind::Gauge, help);
    for (one, clock) in known() {
        let labels = [labels(one), ("site", clock.site.as_str())];
        family.sample(&labels, seconds(clock.reading.offset_ms));
    }
    let help = "How long ago the clock of each of its hosts was asked.";
    let name = "coffer_exchange_site_clock_age_seconds";
    let mut family = text.family(name, Kind::Gauge, help);
    for (one, clock) in known() {
        let labels = [labels(one), ("site", clock.site.as_str())];
        let age_ms = now.0.saturating_sub(clock.reading.at.0).max(0);
        family.sample(&labels, seconds(age_ms));
    }
}

fn prices(text: &mut Text, all: &[ExchangeHealth], now: Timestamp) {
    let help = "How old the last prices of an exchange are that this process knows.";
    let mut family = text.family("coffer_prices_age_seconds", Kind::Gauge, help);
    for one in all {
        if let Some(at) = one.prices_of {
            let age_ms = now.0.saturating_sub(at.0).max(0);
            family.sample(&[labels(one)], seconds(age_ms));
        }
    }
}

fn streams(text: &mut Text, all: &[ExchangeHealth]) {
    let help = "Whether the stream of an exchange's prices is open: 1 if so.";
    let mut open = text.family("coffer_price_stream_open", Kind::Gauge, help);
    for one in all {
        let is_open = one.stream.connected_since.is_some();
        open.sample(&[labels(one)], u8::from(is_open));
    }
    let help = "How often a stream of prices was opened again.";
    let name = "coffer_price_stream_reconnects_total";
    let mut again = text.family(name, Kind::Counter, help);
    for one in all {
        again.sample(&[labels(one)], one.stream.reconnects);
    }
    let help = "Messages of streams of prices that told no price that can be.";
    let name = "coffer_price_stream_left_out_total";
    let mut left_out = text.family(name, Kind::Counter, help);
    for one in all {
        left_out.sample(&[labels(one)], one.stream.left_out);
    }
}

fn kept_out(text: &mut Text, all: &[ExchangeHealth]) {
    let help = "What exchanges told of the market and was kept out, by reason.";
    let mut family = text.family("coffer_market_kept_out_total", Kind::Counter, help);
    for one in all {
        for (fault, count) in &one.kept_out {
            family.sample(&[labels(one), ("reason", fault.as_str())], count);
        }
    }
}

fn write_pauses(text: &mut Text, all: &[ExchangeHealth]) {
    let help = "Whether an exchange asked to be left alone: 1 if so.";
    let mut family = text.family("coffer_exchange_paused", Kind::Gauge, help);
    for one in all {
        family.sample(&[labels(one)], u8::from(one.paused_until.is_some()));
    }
    let help = "When that ends, in seconds since 1970.";
    let name = "coffer_exchange_pause_end_timestamp_seconds";
    let mut family = text.family(name, Kind::Gauge, help);
    for one in all {
        if let Some(until) = one.paused_until {
            family.sample(&[labels(one)], seconds(until.0));
        }
    }
}

fn account_streams(text: &mut Text, all: &[ExchangeHealth]) {
    let help = "Followed accounts by how their streams stand, in all processes.";
    let mut family = text.family("coffer_account_streams", Kind::Gauge, help);
    for one in all {
        for (state, count) in one.account_streams.named() {
            family.sample(&[labels(one), ("state", state)], count);
        }
    }
}

fn labels(health: &ExchangeHealth) -> (&str, &str) {
    ("exchange", health.exchange.as_str())
}
