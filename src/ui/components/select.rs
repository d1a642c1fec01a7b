//! A labelled choice with its error.

use leptos::prelude::*;

use super::field::FieldError;

/// A field that is chosen, not typed.
#[component]
pub fn Select(
    /// Its name in the form.
    name: &'static str,
    /// Its accessible name.
    label: &'static str,
    /// What is wrong with it.
    error: Signal<Option<String>>,
    /// A class for the field as a whole.
    #[prop(optional)]
    class: &'static str,
    /// The options.
    children: Children,
) -> impl IntoView {
    let error_id = format!("{name}-error");
    view! {
        <div class=format!("field {class}")>
            <label for=name>{label}</label>
            <select id=name name=name aria-describedby=error_id.clone()>{children()}</select>
            <FieldError id=error_id error/>
        </div>
    }
    .into_any()
}

/// One of the things to choose from.
pub fn option(value: &str, title: &str, selected: bool) -> impl IntoView + use<> {
    view! { <option value=value.to_owned() selected=selected>{title.to_owned()}</option> }
}
