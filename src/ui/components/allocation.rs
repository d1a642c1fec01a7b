//! How a portfolio is shared out among its assets, as a picture with its words.

use std::sync::Arc;

use leptos::prelude::*;

use crate::domain::amount::Amount;
use crate::domain::money;
use crate::domain::portfolio::{Holding, Portfolio};

/// How many assets have a colour of their own.
const OWN: usize = 6;
/// The width of the picture.
const WIDTH: u32 = 1_000;

/// A bar of shares, and the list that says the same.
#[component]
pub fn Allocation(
    /// The portfolio.
    portfolio: Arc<Portfolio>,
) -> impl IntoView {
    let slices = slices(&portfolio.holdings);
    (slices.len() > 1).then(|| {
        let rects = bars(&slices);
        let items = slices.iter().enumerate().map(|(index, slice)| {
            let class = format!("slice-{index}");
            view! {
                <li>
                    <svg class="slice-mark" viewBox="0 0 10 10" aria-hidden="true"><rect class=class width="10" height="10" rx="2"/></svg>
                    <bdi>{slice.name.clone()}</bdi>" "<span>{money::percent(&slice.share)}</span>
                </li>
            }
        });
        view! {
            <figure class="allocation">
                <svg viewBox=format!("0 0 {WIDTH} 24") preserveAspectRatio="none" aria-hidden="true">{rects}</svg>
                <figcaption>
                    <h2 class="visually-hidden">"Allocation"</h2>
                    <ul>{items.collect_view()}</ul>
                </figcaption>
            </figure>
        }
    })
}

/// A piece of the whole.
struct Slice {
    name: String,
    share: Amount,
}

/// The largest shares, and all others as one. Debts have none.
fn slices(holdings: &[Holding]) -> Vec<Slice> {
    let mut shares: Vec<Slice> = holdings
        .iter()
        .filter_map(|holding| {
            let share = holding.share.as_ref()?;
            let is_owned = !share.is_zero() && !share.is_negative();
            is_owned.then(|| Slice {
                name: holding.asset.to_string(),
                share: share.clone(),
            })
        })
        .collect();
    shares.sort_by(|a, b| b.share.cmp(&a.share));
    let rest = shares.split_off(shares.len().min(OWN));
    if !rest.is_empty() {
        shares.push(Slice {
            name: "Others".to_owned(),
            share: crate::domain::portfolio::sum(rest.iter().map(|slice| &slice.share)),
        });
    }
    shares
}

fn bars(slices: &[Slice]) -> Vec<AnyView> {
    let whole = crate::domain::portfolio::sum(slices.iter().map(|slice| &slice.share));
    let units = |slice: &Slice| -> u32 {
        let width = slice
            .share
            .times(&Amount::from(i64::from(WIDTH)))
            .over(&whole);
        let width = width.map(|width| width.rounded(0));
        width
            .and_then(|width| width.as_str().parse().ok())
            .unwrap_or_default()
    };
    let mut x = 0;
    let bar = |(index, slice): (usize, &Slice)| {
        let (start, width) = (x, units(slice));
        x += width;
        let class = format!("slice-{index}");
        view! { <rect class=class x=start y="0" width=width height="24"/> }.into_any()
    };
    slices.iter().enumerate().map(bar).collect()
}
