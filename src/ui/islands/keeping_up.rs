//! Keeping a board of prices up to date while the page is looked at.

use std::time::Duration;

use leptos::prelude::*;
use leptos::serde_json;
use leptos::task::spawn_local;

use super::stream::Stream;
use crate::domain::market::board::{Board, Tick};
use crate::error::Problem;

/// How often the server is asked, beside what it tells of itself.
const EVERY: Duration = Duration::from_secs(15);

/// Has a board hear prices as they come, and be read anew now and then. In the browser alone.
pub fn keep_up<Loading>(shown: RwSignal<Board>, load: impl Fn() -> Loading + Clone + 'static)
where
    Loading: Future<Output = Result<Board, Problem>> + 'static,
{
    Effect::new(move |_| look_later(shown, load.clone(), listen(shown)));
}

/// Hears prices as they come.
fn listen(shown: RwSignal<Board>) -> Option<Stream> {
    let board = shown.get_untracked();
    let pairs: Vec<_> = board.rows.into_iter().map(|row| row.pair).collect();
    Stream::of_prices(&pairs, move |told| {
        if let Ok(tick) = serde_json::from_str::<Tick>(told) {
            shown.update(|board| board.hear(&tick));
        }
    })
}

fn look_later<Loading>(
    shown: RwSignal<Board>,
    load: impl Fn() -> Loading + Clone + 'static,
    stream: Option<Stream>,
) where
    Loading: Future<Output = Result<Board, Problem>> + 'static,
{
    set_timeout(
        move || spawn_local(async move { look_on(shown, load, stream).await }),
        EVERY,
    );
}

/// Asks once, unless nobody sees the page: then nothing is heard either, as a browser keeps only a few
/// streams open. What is shown stays until there is an answer.
async fn look_on<Loading>(
    shown: RwSignal<Board>,
    load: impl Fn() -> Loading + Clone + 'static,
    stream: Option<Stream>,
) where
    Loading: Future<Output = Result<Board, Problem>> + 'static,
{
    if document().hidden() {
        if let Some(stream) = stream {
            stream.close();
        }
        return look_later(shown, load, None);
    }
    let stream = stream.or_else(|| listen(shown));
    if let Ok(fresh) = load().await {
        shown.update(|board| *board = board.renewed_by(fresh));
    }
    look_later(shown, load, stream);
}
