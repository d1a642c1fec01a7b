//! What can go wrong on the way to an exchange, made to go wrong on demand.

mod codes;
mod effect;
mod rows;
mod words;

pub use codes::{BINANCE_ERRORS, BinanceError, OKX_ERRORS, OkxError};
pub use effect::Effect;
pub(super) use words::banned_text;

/// A fault in force for the paths that begin with a prefix.
#[derive(Clone, Debug)]
pub struct Fault {
    prefix: String,
    left: Option<u32>,
    effect: Effect,
}

impl Fault {
    /// A fault for every path that begins with `prefix`, until cleared.
    #[must_use]
    pub fn on(prefix: &str, effect: Effect) -> Self {
        Self {
            prefix: prefix.to_owned(),
            left: None,
            effect,
        }
    }

    /// The same fault for the next `count` requests only.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self {
            left: Some(count),
            ..self
        }
    }
}

/// The first fault for the path, counted down; a fault used up is taken off the list.
pub(super) fn next(faults: &mut Vec<Fault>, path: &str) -> Option<Effect> {
    let index = faults
        .iter()
        .position(|fault| path.starts_with(&fault.prefix))?;
    let fault = faults.get_mut(index)?;
    let effect = fault.effect.clone();
    if let Some(left) = &mut fault.left {
        *left = left.saturating_sub(1);
        if *left == 0 {
            faults.remove(index);
        }
    }
    Some(effect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_in_the_order_they_were_set_and_run_out() {
        let mut faults = vec![
            Fault::on("/api", Effect::Drop).times(1),
            Fault::on("/api/v3", Effect::Truncate).times(2),
        ];
        let mut seen = || next(&mut faults, "/api/v3/time").map(|effect| format!("{effect:?}"));
        assert_eq!(seen().as_deref(), Some("Drop"));
        assert_eq!(seen().as_deref(), Some("Truncate"));
        assert_eq!(seen().as_deref(), Some("Truncate"));
        assert_eq!(seen(), None);
    }
}
