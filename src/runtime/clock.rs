//! The system's clock in words. It may be set to anything, and a wrong one must not keep anybody from working.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::text;

/// A time as RFC 3339 has it. One before 1970 is told as the beginning of that year.
pub fn rfc3339(time: SystemTime) -> String {
    text::rfc3339(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_clock_can_be_told() {
        let end = UNIX_EPOCH + Duration::from_secs(253_402_300_800);
        let moment = Duration::from_nanos(1);
        for (time, words) in [
            (
                UNIX_EPOCH - Duration::from_secs(1 << 40),
                "1970-01-01T00:00:00Z",
            ),
            (UNIX_EPOCH - moment, "1970-01-01T00:00:00Z"),
            (UNIX_EPOCH, "1970-01-01T00:00:00Z"),
            (end - moment, "9999-12-31T23:59:59Z"),
            (end, "9999-12-31T23:59:59Z"),
            (end + Duration::from_secs(1 << 40), "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(time), words);
        }
    }
}
