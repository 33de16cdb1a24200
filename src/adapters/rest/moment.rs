//! The times in Bitbucket's answers: text with an offset, or milliseconds as a number or as text.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value;

/// How long after 1970 began it is; none if it is no time, or an earlier one.
pub(super) fn since_1970(value: &Value) -> Option<Duration> {
    match value {
        Value::Number(number) => number
            .as_u64()
            .filter(|number| *number > 0)
            .map(Duration::from_millis),
        Value::String(text) => {
            let text = text.trim();
            match text.parse() {
                Ok(0) => None,
                Ok(milliseconds) => Some(Duration::from_millis(milliseconds)),
                Err(_) => written(text),
            }
        }
        _ => None,
    }
}

/// Reads `2026-11-22T23:25:20.248085+00:00` and its like.
fn written(text: &str) -> Option<Duration> {
    let (date, clock) = text.split_once(['T', 't', ' '])?;
    let at = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
    let (clock, offset) = clock.split_at(at);
    let local = humantime::parse_rfc3339(&format!("{date}T{clock}Z")).ok()?;
    let local = local.duration_since(UNIX_EPOCH).ok()?;
    let mut digits = offset.chars().skip(1).filter(|digit| *digit != ':');
    let mut number = || {
        let pair: String = digits.by_ref().take(2).collect();
        if pair.is_empty() {
            Some(0)
        } else {
            pair.parse::<u64>().ok().filter(|_| pair.len() == 2)
        }
    };
    let (hours, minutes) = (number()?, number()?);
    let offset_by = Duration::from_secs((hours * 60 + minutes) * 60);
    if hours > 23 || minutes > 59 || digits.next().is_some() {
        return None;
    }
    match offset.chars().next() {
        Some('+') => local.checked_sub(offset_by),
        Some('-') => local.checked_add(offset_by),
        // Without one it is meant in UTC.
        _ => (hours, minutes).eq(&(0, 0)).then_some(local),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::text::rfc3339;

    #[test]
    fn a_time_is_read_in_each_form() {
        let expected = "2026-11-22T23:25:20Z";
        for form in [
            json!("2026-11-22T23:25:20.248085+00:00"),
            json!("2026-11-22T23:25:20Z"),
            json!("2026-11-22t23:25:20z"),
            json!("2026-11-22 23:25:20+00:00"),
            json!("2026-11-22T23:25:20"),
            json!("2026-11-23T00:25:20+01:00"),
            json!("2026-11-23T00:25:20+0100"),
            json!("2026-11-22T18:25:20.5-05"),
            json!("2026-11-23T04:55:20+0530"),
            json!(1_795_389_920_000_u64),
            json!("1795389920000"),
            json!(" 1795389920999 "),
        ] {
            let read = since_1970(&form).map(rfc3339);
            assert_eq!(read.as_deref(), Some(expected), "{form}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for form in [
            json!(null),
            json!(0),
            json!("0"),
            json!(-1),
            json!(1.5),
            json!(true),
            json!(""),
            json!("never"),
            json!("-1"),
            json!("2026-11-22"),
            json!("2026-13-22T23:25:20Z"),
            json!("2026-11-22T23:25:20+24:00"),
            json!("2026-11-22T23:25:20+00:00:00:00"),
            json!("2026-11-22T23:25:20+0"),
            json!("2026-11-22T23:25:20+x1:00"),
            json!("1969-12-31T23:59:59Z"),
            json!("1970-01-01T00:00:00+01:00"),
            json!({"at": 7}),
            json!([1]),
        ] {
            assert_eq!(since_1970(&form), None, "{form}");
        }
    }
}
