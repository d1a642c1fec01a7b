//! Lists, some at a time.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use utoipa::IntoParams;

use super::input::query;
use super::problem::Refused;
use crate::domain::rules::FieldErrors;

const USUAL: usize = 50;
const MOST: usize = 200;

/// Which part of a list is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "this is how a page is asked for in the document")]
pub struct PageQuery {
    /// How many entries at most.
    #[param(minimum = 1, maximum = 200, default = 50, example = 50)]
    limit: Option<u32>,
    /// The `next` of the part before; left out for the first.
    #[param(example = "MDE5M2Q2")]
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Typed {
    limit: Option<String>,
    cursor: Option<String>,
}

/// Part of a list.
#[derive(Clone, Debug)]
pub struct Page {
    limit: usize,
    after: Option<String>,
}

impl Page {
    /// The entries after the cursor, and the cursor of the part after them if there is one. `key`
    /// orders the list and never changes, so that nothing is left out or told twice while the list
    /// changes.
    pub fn of<T>(&self, mut list: Vec<T>, key: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
        if let Some(after) = &self.after {
            list.retain(|entry| key(entry) > *after);
        }
        list.sort_by_cached_key(&key);
        let more = list.len() > self.limit;
        list.truncate(self.limit);
        let last = list.last().filter(|_| more).map(key);
        (list, last.map(|key| BASE64_URL_SAFE_NO_PAD.encode(key)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let page = read(query(parts).await?);
        page.map_err(|errors| crate::error::Problem::from(errors).into())
    }
}

fn read(typed: Typed) -> Result<Page, FieldErrors> {
    let mut errors = FieldErrors::default();
    let limit = match &typed.limit {
        None => Some(USUAL),
        Some(text) => text.parse().ok().filter(|limit| (1..=MOST).contains(limit)),
    };
    errors.add(
        "limit",
        limit
            .ok_or("A whole number from 1 to 200 is expected.")
            .map(|_| ()),
    );
    let after = typed.cursor.as_deref().map(decoded);
    let whole = after.as_ref().is_none_or(Option::is_some);
    let sentence = "Take the cursor from next of the part before.";
    errors.add("cursor", whole.then_some(()).ok_or(sentence));
    errors.into_result()?;
    Ok(Page {
        limit: limit.unwrap_or(USUAL),
        after: after.flatten(),
    })
}

fn decoded(cursor: &str) -> Option<String> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(limit: &str, cursor: Option<String>) -> Result<Page, FieldErrors> {
        let limit = Some(limit.to_owned());
        read(Typed { limit, cursor })
    }

    #[test]
    fn the_parts_of_a_list_are_the_whole_list() {
        let list: Vec<_> = (10..17).rev().collect();
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = page("3", cursor).unwrap();
            let (part, next) = page.of(list.clone(), u8::to_string);
            seen.extend(part);
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, (10..17).collect::<Vec<_>>());
    }

    #[test]
    fn an_entry_that_went_away_hides_no_other() {
        let (_, next) = page("2", None).unwrap().of(vec![1, 2, 3, 4], u8::to_string);
        let (part, next) = page("2", next).unwrap().of(vec![1, 3, 4], u8::to_string);
        assert_eq!((part, next), (vec![3, 4], None));
    }

    #[test]
    fn what_is_no_limit_or_cursor_is_told_by_its_field() {
        for limit in ["0", "201", "-1", "1.5", "", "ten", "99999999999999999999"] {
            let errors = page(limit, None).unwrap_err();
            assert!(errors.get("limit").is_some(), "{limit}");
        }
        for cursor in ["%", "====", "_w"] {
            let errors = page("5", Some(cursor.to_owned())).unwrap_err();
            assert!(errors.get("cursor").is_some(), "{cursor}");
        }
    }
}
