//! Files as streams of text: lists that are read from the database page by page.

use std::future::ready;

use futures::stream::{self, BoxStream, StreamExt};

use crate::error::Problem;
use crate::services::turns::Turn;

/// A file, piece by piece.
pub type Texts = BoxStream<'static, Result<String, Problem>>;

/// Some rows of a list, and from where to read on; `None` after the last.
pub struct Page<C> {
    /// The rows, as they stand in the file.
    pub rows: Vec<String>,
    /// What comes after them.
    pub next: Option<C>,
}

impl<C> Page<C> {
    /// A page of which at most `limit` rows were asked for; `next` is told by the last of them.
    pub fn of<T>(
        found: Vec<T>,
        limit: i64,
        next: impl FnOnce(&T) -> C,
        row: impl Fn(T) -> String,
    ) -> Self {
        let is_full = i64::try_from(found.len()).is_ok_and(|length| length >= limit);
        Self {
            next: found.last().filter(|_| is_full).map(next),
            rows: found.into_iter().map(row).collect(),
        }
    }
}

/// A piece that is known already.
pub fn piece(text: impl Into<String>) -> Texts {
    stream::once(ready(Ok(text.into()))).boxed()
}

/// Pieces one after the other.
pub fn chained(parts: Vec<Texts>) -> Texts {
    stream::iter(parts).flatten().boxed()
}

/// A file whose turn lasts until its end, or until nobody takes it any more.
pub fn held(texts: Texts, turn: Turn) -> Texts {
    let held = texts.map(move |text| {
        let _held = &turn;
        text
    });
    held.boxed()
}

/// The rows of a list with `between` between them. A page is read once the one before it was taken.
pub fn listed<C, F, R>(start: C, between: &'static str, read: F) -> Texts
where
    C: Send + 'static,
    F: Fn(C) -> R + Send + 'static,
    R: Future<Output = Result<Page<C>, Problem>> + Send + 'static,
{
    let begin = (Some(start), "");
    let pages = stream::try_unfold(begin, move |(from, mut before)| {
        let reading = from.map(&read);
        async move {
            let Some(reading) = reading else {
                return Ok(None);
            };
            let Page { rows, next } = reading.await?;
            let mut text = String::new();
            for row in rows {
                text.push_str(before);
                text.push_str(&row);
                before = between;
            }
            Ok(Some((text, (next, before))))
        }
    });
    pages.boxed()
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;

    use super::*;

    #[tokio::test]
    async fn rows_of_several_pages_stand_apart_from_each_other() {
        for (last, wanted) in [(-1, ""), (0, "0"), (1, "0,1"), (4, "0,1,2,3,4")] {
            let read = move |from: i32| async move {
                let rows: Vec<i32> = (from..=last).take(2).collect();
                Ok(Page::of(rows, 2, |row| row + 1, |row| row.to_string()))
            };
            let text: String = listed(0, ",", read).try_collect().await.unwrap();
            assert_eq!(text, wanted);
        }
    }

    #[tokio::test]
    async fn a_page_that_cannot_be_read_ends_the_file() {
        let read = |from: i32| async move {
            let page = Page {
                rows: vec!["row".to_owned()],
                next: Some(from + 1),
            };
            if from < 2 {
                Ok(page)
            } else {
                Err(Problem::Unavailable)
            }
        };
        let told: Vec<_> = listed(0, ",", read).collect().await;
        assert_eq!(told.len(), 3);
        assert_eq!(told[2], Err(Problem::Unavailable));
    }
}
