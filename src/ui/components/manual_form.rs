//! The form for what is held elsewhere.

use leptos::prelude::*;

use super::field::{Field, field_error};
use crate::domain::manual::ManualForm;
use crate::ui::forms::FormFailure;

/// Its fields. What was typed stands in them again when the form did not get through.
#[component]
pub fn ManualFields(
    /// What stands in them at first.
    #[prop(optional)]
    form: ManualForm,
    /// The form, if it did not get through.
    failure: Option<FormFailure>,
) -> impl IntoView {
    let failure = failure.as_ref();
    let form = failure.map_or(form, |failure| ManualForm {
        asset: failure.value("asset"),
        quantity: failure.value("quantity"),
        label: failure.value("label"),
        note: failure.value("note"),
    });
    view! {
        <Field name="label" label="Label" value=form.label error=field_error(failure, "label")
            hint="What it is: Ledger, savings account." required=true/>
        <Field name="asset" label="Asset" value=form.asset error=field_error(failure, "asset")
            hint="A code such as BTC or EUR." required=true/>
        <Field name="quantity" label="Quantity" value=form.quantity
            error=field_error(failure, "quantity")
            hint="Exact, such as 0.5. Below zero, such as -1200, for a debt." required=true/>
        <Field name="note" label="Note" value=form.note error=field_error(failure, "note")
            hint="Up to 500 characters, for yourself."/>
    }
}
