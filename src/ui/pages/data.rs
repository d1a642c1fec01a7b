//! A person's data: taking it along, and the way to deleting all of it.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::components::export::ExportLinks;

/// The page.
#[component]
pub fn DataPage() -> impl IntoView {
    view! {
        <Title text="Your data · Coffer"/>
        <p class="crumbs"><a href="/settings">"Settings"</a></p>
        <h1>"Your data"</h1>
        <section class="card" aria-labelledby="take-heading">
            <h2 id="take-heading">"Take it with you"</h2>
            <p>
                "Amounts are exact, in the files as here. What has no price has no value there, and \
                 says why; what could not be read says so."
            </p>
            <ul class="exports">
                <li><ExportLinks title="Holdings" subject="holdings"/></li>
                <li><ExportLinks title="History" subject="history"/></li>
                <li><ExportLinks title="Syncs" subject="runs"/></li>
            </ul>
            <p class="fact-note">
                "A text in a CSV file that a spreadsheet could take for a formula has a quote before \
                 it. Spreadsheets round numbers to 15 digits; the files have all of them."
            </p>
        </section>
        <section class="card" aria-labelledby="everything-heading">
            <h2 id="everything-heading">"Everything in one file"</h2>
            <p>
                "Account, portfolios, connections, holdings, history, syncs, notices and sessions. \
                 Keys and secrets are in no file."
            </p>
            <p><a class="button" href="/export/everything.json">"Download everything"</a></p>
        </section>
        <section class="card" aria-labelledby="leave-heading">
            <h2 id="leave-heading">"Delete my account"</h2>
            <p>"Removes all of it from this server, keys included. You are asked first."</p>
            <p><a class="button button-quiet" href="/settings/delete-account">"Delete my account"</a></p>
        </section>
    }
}
