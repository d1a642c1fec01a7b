//! A person's API tokens, one row each.

use leptos::prelude::*;

use crate::domain::timestamp::Timestamp;
use crate::domain::token::ApiToken;

/// The table of tokens, oldest first.
#[component]
pub fn TokensTable(
    /// The tokens.
    tokens: Vec<ApiToken>,
    /// When this was so.
    now: Timestamp,
) -> impl IntoView {
    (!tokens.is_empty()).then(|| {
        let rows = tokens
            .into_iter()
            .map(|token| row(token, now))
            .collect_view();
        view! {
            <div class="table-wrap" role="region" aria-label="Your tokens" tabindex="0">
                <table class="holdings deliveries">
                    <caption><h2>"Your tokens"</h2></caption>
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Last four"</th>
                            <th scope="col">"May"</th>
                            <th scope="col">"Made"</th>
                            <th scope="col">"Expires"</th>
                            <th scope="col">"Last used"</th>
                            <th scope="col" class="main-figure">"Revoke"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    })
}

fn row(token: ApiToken, now: Timestamp) -> impl IntoView {
    let expires = match token.expires_at {
        _ if token.has_ended(now) => {
            view! { <span class="badge badge-warn">"Expired"</span> }.into_any()
        }
        Some(end) => end.readable().into_any(),
        None => "Never".into_any(),
    };
    let used = token.last_used_at;
    let used = used.map_or_else(|| "Never".to_owned(), |used| used.age(now));
    let revoke = format!("Revoke {}", token.name);
    view! {
        <tr>
            <th scope="row"><bdi class="delivery-host">{token.name}</bdi></th>
            <td data-label="Last four"><code>{token.hint}</code></td>
            <td data-label="May">{token.scope.title()}</td>
            <td data-label="Made">{token.created_at.readable()}</td>
            <td data-label="Expires">{expires}</td>
            <td data-label="Last used">{used}</td>
            <td class="main-figure">
                <form method="post" action="/do/revoke-token">
                    <input type="hidden" name="id" value=token.id/>
                    <button type="submit" class="button-quiet" aria-label=revoke>"Revoke"</button>
                </form>
            </td>
        </tr>
    }
}
