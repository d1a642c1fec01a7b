//! Exact quantities, and tables of what a wallet holds.

use leptos::prelude::*;

use crate::domain::amount::Amount;
use crate::domain::wallet::{Balance, WalletName};

/// What stands where there is no price: nothing was got, so nothing is shown.
pub const UNKNOWN: &str = "–";

/// Marks a connection whose key was accepted by word alone.
#[component]
pub fn UnprovenBadge() -> impl IntoView {
    view! { <span class="badge badge-warn">"Rights unknown"</span> }
}

/// An exact quantity; what is borrowed stands out and is said to be.
#[component]
pub fn Quantity(
    /// The quantity.
    amount: Amount,
) -> impl IntoView {
    let borrowed = amount.is_negative();
    let class = if borrowed {
        "quantity negative"
    } else {
        "quantity"
    };
    view! {
        {borrowed.then(|| view! { <span class="badge badge-bad">"Borrowed"</span>" " })}
        <span class=class>{written(&amount)}</span>
    }
}

/// All digits of an amount, below zero with a true minus sign.
#[must_use]
pub fn written(amount: &Amount) -> String {
    amount.grouped().replace('-', "\u{2212}")
}

/// The balances of one wallet.
#[component]
pub fn WalletTable(
    /// The wallet.
    wallet: WalletName,
    /// Its balances.
    balances: Vec<Balance>,
) -> impl IntoView {
    let rows = balances.into_iter().map(balance_row).collect_view();
    let title = wallet.title();
    let caption = title.clone();
    view! {
        <div class="table-wrap" role="region" aria-label=title tabindex="0">
            <table class="holdings">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Asset"</th>
                        <th scope="col" class="number">"Free"</th>
                        <th scope="col" class="number">"Locked"</th>
                        <th scope="col" class="number main-figure">"Total"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn balance_row(balance: Balance) -> impl IntoView {
    let told = |amount: Option<Amount>| amount.map_or_else(|| UNKNOWN.to_owned(), |a| written(&a));
    view! {
        <tr>
            <th scope="row"><bdi>{balance.asset.to_string()}</bdi></th>
            <td class="number" data-label="Free">{told(balance.free)}</td>
            <td class="number" data-label="Locked">{told(balance.locked)}</td>
            <td class="number main-figure"><Quantity amount=balance.total/></td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_borrowed_is_written_with_a_minus_sign() {
        let written = |text| written(&Amount::parse(text).unwrap());
        assert_eq!(written("-1234.50"), "\u{2212}1,234.5");
        assert_eq!(written("1234.50"), "1,234.5");
    }
}
