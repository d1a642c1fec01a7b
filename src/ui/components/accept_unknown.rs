//! The person's explicit word for a key whose rights cannot be told.

use leptos::prelude::*;

/// The box to tick.
#[component]
pub fn AcceptUnknown() -> impl IntoView {
    view! {
        <div class="field field-check">
            <input type="checkbox" id="accept_unknown" name="accept_unknown" value="yes"
                aria-describedby="accept_unknown-hint"/>
            <label for="accept_unknown">"Accept a key whose rights the exchange does not tell"</label>
            <p class="field-hint" id="accept_unknown-hint">
                "Keys of sub-accounts are such. The key may then be able to trade or withdraw, and \
                 Coffer cannot know; the connection stays marked. A key that is known to do more \
                 than read is refused all the same."
            </p>
        </div>
    }
    .into_any()
}
