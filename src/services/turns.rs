//! How many of one thing each person has under way at once, in this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What people have under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<String, usize>>>);

/// One that is under way, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    all: Turns,
    user_id: String,
}

impl Turns {
    /// Begins one more; `None` for a person who has as many already.
    pub(super) fn begin(&self, user_id: &str, most: usize) -> Option<Turn> {
        let mut all = self.lock();
        let count = all.entry(user_id.to_owned()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Turn {
            all: self.clone(),
            user_id: user_id.to_owned(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut all = self.all.lock();
        if let Some(count) = all.get_mut(&self.user_id) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.user_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_so_many_and_gets_them_back() {
        let turns = Turns::default();
        let own: Vec<_> = (0..3).map(|_| turns.begin("ann", 2)).collect();
        assert!(own[1].is_some() && own[2].is_none());
        assert!(turns.begin("ben", 2).is_some());
        drop(own);
        assert!(turns.lock().is_empty());
        assert!(turns.begin("ann", 2).is_some());
    }
}
