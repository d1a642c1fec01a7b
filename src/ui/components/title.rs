//! The title of a page that is named after something people typed.

use leptos::prelude::*;
use leptos_meta::Title;

/// Sets the page's title. `leptos_meta` writes it into the page as it is, so it is escaped here.
#[component]
pub fn PageTitle(
    /// The title.
    text: String,
) -> impl IntoView {
    view! { <Title text=escaped(&text)/> }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_title_is_text() {
        let title = escaped("</title><b>&lt;");
        assert_eq!(title, "&lt;/title&gt;&lt;b&gt;&amp;lt;");
    }
}
