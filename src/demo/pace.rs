//! How quickly a story goes by: its clock runs faster or slower than the one on the wall.

use std::str::FromStr;
use std::time::Duration;

/// What can be asked for.
const RANGE: std::ops::RangeInclusive<f64> = 0.1..=1000.0;

/// A shorter wait than this is left out.
const INSTANT: Duration = Duration::from_millis(10);

/// How soon at the earliest something is drawn anew that only moves.
const MOTION: Duration = Duration::from_millis(20);

/// How many times as fast as a person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace(f64);

impl Default for Pace {
    fn default() -> Self {
        Self(1.0)
    }
}

/// A text that is no pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it takes a number from 0.1 to 1000")]
pub struct NotAPace;

impl FromStr for Pace {
    type Err = NotAPace;

    fn from_str(text: &str) -> Result<Self, NotAPace> {
        let speed: f64 = text.parse().map_err(|_| NotAPace)?;
        if RANGE.contains(&speed) {
            Ok(Self(speed))
        } else {
            Err(NotAPace)
        }
    }
}

impl Pace {
    /// As fast as can be.
    pub const FASTEST: Self = Self(*RANGE.end());

    /// How much time of the story goes by in some time on the wall.
    pub(super) fn story(self, wall: Duration) -> Duration {
        scaled(wall, self.0)
    }

    /// How long on the wall until something of the story is due; not at all where that is but an instant.
    pub(super) fn until(self, due: Duration, now: Duration) -> Duration {
        let wall = scaled(due.saturating_sub(now), 1.0 / self.0);
        if wall < INSTANT { Duration::ZERO } else { wall }
    }

    /// How long on the wall until something moves. However fast the story, drawing it must not become all there is to do.
    pub(super) fn until_motion(self, wait: Duration) -> Duration {
        scaled(wait, 1.0 / self.0).max(MOTION.min(wait))
    }

    /// An instant, in the time of the story.
    pub(super) fn instant(self) -> Duration {
        scaled(INSTANT, self.0)
    }

    /// How long on the wall something may take: machines take their time at any pace, and a slow story takes more.
    pub(super) fn patience(self, limit: Duration) -> Duration {
        scaled(limit, (1.0 / self.0).max(1.0))
    }
}

fn scaled(time: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(time.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn only_numbers_within_reason_are_paces() {
        for text in ["1", "0.1", "2.5", "1000", "1e2"] {
            assert!(text.parse::<Pace>().is_ok(), "{text}");
        }
        for text in ["", "0", "-1", "0.09", "1001", "nan", "inf", "fast", "1,5"] {
            assert_eq!(text.parse::<Pace>(), Err(NotAPace), "{text}");
        }
    }

    #[test]
    fn the_story_goes_by_as_fast_as_asked() {
        let twice: Pace = "2".parse().unwrap();
        assert_eq!(twice.story(3 * SECOND), 6 * SECOND);
        assert_eq!(twice.until(6 * SECOND, 2 * SECOND), 2 * SECOND);
        assert_eq!(twice.until(2 * SECOND, 6 * SECOND), Duration::ZERO);
    }

    #[test]
    fn the_fastest_does_not_wait_at_all() {
        let fastest: Pace = "1000".parse().unwrap();
        assert_eq!(fastest.until(4 * SECOND, Duration::ZERO), Duration::ZERO);
        // What comes an instant early is due all the same.
        assert!(4 * SECOND <= fastest.instant());
        assert_eq!(fastest.until_motion(SECOND), MOTION);
        assert_eq!(fastest.until_motion(Duration::ZERO), Duration::ZERO);
    }

    #[test]
    fn what_machines_do_may_take_its_time() {
        let slow: Pace = "0.5".parse().unwrap();
        let fast: Pace = "100".parse().unwrap();
        assert_eq!(slow.patience(SECOND), 2 * SECOND);
        assert_eq!(fast.patience(SECOND), SECOND);
    }
}
