//! A labelled field with its hint and its error.

use leptos::prelude::*;

/// A text field.
#[component]
pub fn Field(
    /// Its name in the form.
    name: &'static str,
    /// Its accessible name.
    label: &'static str,
    /// `text`, `email` or `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// One line of help.
    #[prop(optional)]
    hint: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// A class for the field as a whole.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let error_id = format!("{name}-error");
    let hint_id = format!("{name}-hint");
    let described = {
        let (error_id, hint_id) = (error_id.clone(), hint_id.clone());
        move || match (error.get().is_some(), hint.is_empty()) {
            (true, true) => Some(error_id.clone()),
            (true, false) => Some(format!("{error_id} {hint_id}")),
            (false, false) => Some(hint_id.clone()),
            (false, true) => None,
        }
    };
    view! {
        <div class=format!("field {class}")>
            <label for=name>{label}</label>
            <input id=name name=name type=kind value=value autocomplete=autocomplete
                required=required spellcheck="false" autocapitalize="none"
                aria-invalid=move || error.get().map(|_| "true") aria-describedby=described/>
            {(!hint.is_empty()).then(|| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            <FieldError id=error_id error/>
        </div>
    }
    .into_any()
}

/// The error of a field, empty while there is none.
#[component]
pub fn FieldError(
    /// The id that the field points at.
    id: String,
    /// What is wrong.
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <p class="field-error" id=id hidden=move || error.get().is_none()>
            {move || error.get().unwrap_or_default()}
        </p>
    }
    .into_any()
}

/// The error that a failed form has for a field.
#[must_use]
pub fn field_error(
    failure: Option<&crate::ui::forms::FormFailure>,
    name: &str,
) -> Signal<Option<String>> {
    let error = failure
        .and_then(|f| f.problem.for_field(name))
        .map(str::to_owned);
    Signal::stored(error)
}
