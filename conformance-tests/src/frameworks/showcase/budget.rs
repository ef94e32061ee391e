use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time for what is worth some of it, but not most: one part in [`SHARE`] of all time, of which
/// [`MOST`] can be saved.
#[derive(Debug)]
pub(super) struct Budget(Mutex<Account>);

const SHARE: u32 = 50;

/// Dozens of explanations at once, where a policy is like most.
const MOST: Duration = Duration::from_millis(50);

#[derive(Debug)]
struct Account {
    /// What was left when it was counted last; nothing if too much was spent.
    left: Duration,
    /// When there is something again.
    since: Instant,
}

impl Default for Budget {
    fn default() -> Self {
        Self(Mutex::new(Account {
            left: MOST,
            since: Instant::now(),
        }))
    }
}

impl Budget {
    /// Does it if there is time left, and counts how long it takes.
    pub(super) fn spend<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        if !self.account().has_time(Instant::now()) {
            return None;
        }
        let start = Instant::now();
        let done = work();
        let end = Instant::now();
        self.account()
            .pay(end, end.saturating_duration_since(start));
        Some(done)
    }

    fn account(&self) -> std::sync::MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    fn has_time(&mut self, now: Instant) -> bool {
        let earned = now.saturating_duration_since(self.since) / SHARE;
        self.left = self.left.saturating_add(earned).min(MOST);
        self.since = self.since.max(now);
        !self.left.is_zero()
    }

    /// What is overdrawn has to be earned first.
    fn pay(&mut self, now: Instant, cost: Duration) {
        let over = cost.saturating_sub(self.left);
        self.left = self.left.saturating_sub(cost);
        self.since = self.since.max(now) + over * SHARE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    #[test]
    fn what_is_cheap_is_always_done() {
        let now = Instant::now();
        let mut account = Account {
            left: MOST,
            since: now,
        };
        for number in 0..1_000 {
            let now = now + number * MILLISECOND;
            assert!(account.has_time(now), "{number}");
            account.pay(now, MILLISECOND / 50);
        }
    }

    #[test]
    fn what_costs_too_much_gets_its_share() {
        let start = Instant::now();
        let mut account = Account {
            left: MOST,
            since: start,
        };
        let (mut spent, mut now) = (Duration::ZERO, start);
        while now < start + Duration::from_secs(10) {
            if account.has_time(now) {
                now += 3 * MILLISECOND;
                spent += 3 * MILLISECOND;
                account.pay(now, 3 * MILLISECOND);
            }
            now += MILLISECOND / 10;
        }
        // 50 at once, and one in 50 of ten seconds.
        assert!((200..=260).contains(&spent.as_millis()), "{spent:?}");
    }
}
