//! What a sync that failed is told of: once when it begins to need its owner, once when it lasts,
//! and again after it worked in between.

use super::tell;
use crate::domain::event::{Event, Subject};
use crate::domain::problem::ExchangeProblem;
use crate::domain::report::{Failure, SyncReport};
use crate::domain::timestamp::Timestamp;
use crate::services::WriteError;
use crate::storage::failing::{self, Spell};
use crate::storage::{Connection as Db, preferences};

/// Tells the owner of a connection what its sync came to, if that is news. To be called within the
/// sync's own transaction, before its outcome is noted on the connection.
///
/// # Errors
/// [`WriteError`].
pub async fn sync_ended(
    db: &mut Db,
    report: &SyncReport,
    now: Timestamp,
) -> Result<(), WriteError> {
    let Some(failure) = &report.failure else {
        return Ok(());
    };
    let Some(spell) = failing::note(db, &report.account_id, now).await? else {
        return Ok(());
    };
    let event = if failure.needs_attention() {
        attention(report, failure, &spell)
    } else {
        lasting(db, report, failure, &spell, now).await?
    };
    if let Some(event) = event {
        let occasion = spell.since.0.to_string();
        tell(db, &spell.user_id, event, &occasion, now).await?;
    }
    Ok(())
}

/// A failure that waits for the owner, unless it is the one of the last time.
fn attention(report: &SyncReport, failure: &Failure, spell: &Spell) -> Option<Event> {
    let excess = |failure: &Failure| match failure {
        Failure::Exchange {
            problem: ExchangeProblem::ExcessPermissions(rights),
            ..
        } => Some(rights.clone()),
        _ => None,
    };
    let (rights, last) = (excess(failure), spell.last_failure.as_ref());
    let known = last.is_some_and(|last| last.code() == failure.code() && excess(last) == rights);
    (!known).then(|| match rights {
        Some(rights) => Event::key_gained_rights(subject(report), rights),
        None => Event::KeyNeedsAttention {
            connection: subject(report),
            reason: failure.code().to_owned(),
            explanation: failure.sentence(&report.exchange),
            next_step: failure.next_step(&report.exchange),
        },
    })
}

/// A failure that passes by itself, once it has lasted for longer than the owner lets it.
async fn lasting(
    db: &mut Db,
    report: &SyncReport,
    failure: &Failure,
    spell: &Spell,
    now: Timestamp,
) -> Result<Option<Event>, WriteError> {
    if spell.told {
        return Ok(None);
    }
    let preferences = preferences::find(db, &spell.user_id).await?;
    let lasted = now.0.saturating_sub(spell.since.0);
    if lasted < preferences.failing_ms() {
        return Ok(None);
    }
    failing::update_told(db, &report.account_id).await?;
    Ok(Some(Event::SyncFailing {
        connection: subject(report),
        reason: failure.code().to_owned(),
        explanation: failure.sentence(&report.exchange),
        hours: u32::try_from(lasted / 3_600_000).unwrap_or(u32::MAX),
    }))
}

fn subject(report: &SyncReport) -> Subject {
    Subject {
        id: report.account_id.clone(),
        label: report.label.clone(),
        exchange: report.exchange.clone(),
    }
}
