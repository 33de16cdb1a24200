//! Lines of figures.

use std::time::Duration;

/// Prints the headings of a table of times.
pub(crate) fn headings(title: &str) {
    println!("\n{title:<58}{:>9}{:>9}{:>9}", "min", "median", "max");
}

/// Prints the least, the middle and the greatest of some times in milliseconds, and a remark.
pub(crate) fn times(name: &str, mut times: Vec<Duration>, remark: impl FnOnce(Duration) -> String) {
    times.sort();
    let (Some(&least), Some(&greatest)) = (times.first(), times.last()) else {
        return;
    };
    let median = times[times.len() / 2];
    let [min, mid, max] = [least, median, greatest].map(|time| time.as_secs_f64() * 1e3);
    let remark = remark(median);
    println!("  {name:<56}{min:>9.1}{mid:>9.1}{max:>9.1}  {remark}");
}

/// The time, in milliseconds, that one in a hundred takes or exceeds.
pub(crate) fn hundredth(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort();
    let index = times.len() * 99 / 100;
    times
        .get(index)
        .map_or(0.0, |time| time.as_secs_f64() * 1e3)
}
