//! Where a figure comes from: wallet, time, price and its way.

use leptos::prelude::*;

use super::holdings::{Quantity, UnprovenBadge, written};
use super::holdings_table::Told;
use crate::domain::exchange::ExchangeId;
use crate::domain::portfolio::table::By;
use crate::domain::portfolio::{Part, Place};
use crate::domain::price::words;
use crate::domain::wallet::Balance;

/// One part of a row.
#[component]
pub fn PartLine(
    /// The part.
    part: Part,
    /// What the row stands for.
    by: By,
    /// What figures are told with.
    told: Told,
) -> impl IntoView {
    let asset = (by != By::Asset).then(|| {
        let code = part.balance.asset.to_string();
        view! { " "<bdi>{code}</bdi> }
    });
    let worth = worth(&part, &told);
    view! {
        <li>
            <span class="amount"><Quantity amount=part.balance.total.clone()/></span>{asset}" "
            {split(&part.balance)}
            {place(&part)}
            <span class="worth">{worth}</span>
        </li>
    }
}

/// What of a balance is free and what is locked, where the exchange says so.
fn split(balance: &Balance) -> Option<AnyView> {
    let told = [("free", &balance.free), ("locked", &balance.locked)];
    let told = told.into_iter().filter_map(|(name, amount)| {
        let amount = amount.as_ref()?;
        Some(format!("{name} {}", written(amount)))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| {
        let told = format!("({})", told.join(", "));
        view! { <span class="split amount">{told}</span>" " }.into_any()
    })
}

fn place(part: &Part) -> AnyView {
    let read = part.read_at.readable();
    match &part.place {
        Place::Wallet {
            connection_id,
            label,
            unproven,
            wallet,
            ..
        } => {
            let href = format!("/connections/{connection_id}");
            let rest = format!(" · {} · read {read}", wallet.title());
            view! {
                <a href=href><bdi>{label.clone()}</bdi></a>
                {rest}
                {unproven.then(|| view! { " "<UnprovenBadge/> })}
            }
            .into_any()
        }
        Place::Hand { label, note, .. } => {
            let note = (!note.is_empty()).then(|| format!(" ({note})"));
            view! { <bdi>{label.clone()}</bdi><bdi>{note}</bdi>{format!(" · by hand, {read}")} }
                .into_any()
        }
    }
}

/// What the part is worth and why, or why nobody can say.
fn worth(part: &Part, told: &Told) -> AnyView {
    let names = |id: &ExchangeId| told.name(id);
    let currency = told.currency;
    match (&part.price, &part.value) {
        (Ok(price), Some(value)) => {
            let [value, unit] = [value, &price.amount].map(|amount| written(&amount.rounded(18)));
            let way = words::way(price, &names, told.now);
            view! {
                <span class="amount">{format!("= {value} {currency}")}</span>
                {format!(" at {unit} {currency}: {way}")}
            }
            .into_any()
        }
        (Err(none), _) => words::reason(none, currency, &names, told.now).into_any(),
        (Ok(_), None) => ().into_any(),
    }
}
