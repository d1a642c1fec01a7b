//! What a person's holdings were worth over time: recorded in the background, told on request.

pub mod backfill;
mod changes;
mod noted;
mod past;
mod record;
mod recorder;
mod snapshot;
mod span;
mod tell;
mod thin;

pub use noted::Noted;
pub use record::{Recorded, record};
pub use recorder::run;
pub(super) use snapshot::new_snapshot;
pub use span::points;
pub use tell::series;
pub use thin::thin;
