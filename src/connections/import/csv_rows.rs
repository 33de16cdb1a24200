//! Lines of a CSV file.

use super::{Remark, Row, SAID_AT_MOST};
use crate::text::harmless;

/// The columns, in the order they have where the file does not say.
const COLUMNS: [&str; 4] = ["name", "url", "key", "region"];

/// Those that a line can't be without.
const NEEDED: usize = 3;

/// Reads the lines, each on its own, and hands them on.
pub(super) fn read(text: &str, mut hand_on: impl FnMut(Result<Row, Remark>)) {
    // The byte order mark of Windows programs.
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let mut order: [Option<usize>; COLUMNS.len()] = std::array::from_fn(Some);
    let mut columns = COLUMNS.len();
    for (index, record) in reader.records().enumerate() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                let words = harmless(&error.to_string(), SAID_AT_MOST);
                hand_on(Err(Remark::new(line_number(line), words)));
                continue;
            }
        };
        let line = record
            .position()
            .map_or(0, |position| line_of(text, position));
        if index == 0
            && let Some(told) = header(&record)
        {
            order = told;
            columns = record.len();
            continue;
        }
        if record.iter().all(str::is_empty) {
            continue;
        }
        if record.len() > columns {
            let words = format!(
                "There are {} values here, and {columns} columns.",
                record.len()
            );
            hand_on(Err(Remark::new(line, words)));
            continue;
        }
        let value = |column: usize| order[column].and_then(|place| record.get(place));
        let missing = |column: &usize| value(*column).is_none();
        hand_on(match (0..NEEDED).find(missing) {
            Some(column) => Err(Remark::new(
                line,
                format!(
                    "There is no {} here; a line is {}.",
                    COLUMNS[column],
                    COLUMNS[..NEEDED].join(",")
                ),
            )),
            None => Ok(Row {
                line,
                name: value(0).unwrap_or_default().to_owned(),
                url: value(1).unwrap_or_default().to_owned(),
                key: value(2).unwrap_or_default().to_owned(),
                region: value(3).unwrap_or_default().to_owned(),
            }),
        });
    }
}

/// The line of a record. The reader says where it began to look for it, which may be some lines before.
fn line_of(text: &str, position: &csv::Position) -> usize {
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let from = text.get(start..).unwrap_or_default();
    let is_no_record = |line: &&str| line.trim().is_empty() || line.starts_with('#');
    line_number(position.line()) + from.lines().take_while(is_no_record).count()
}

fn line_number(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX)
}

/// Where each column is, if this first line is a header: it names the address and the key.
fn header(record: &csv::StringRecord) -> Option<[Option<usize>; COLUMNS.len()]> {
    let place = |column: &str| {
        let mut titles = record.iter();
        titles.position(|title| title.eq_ignore_ascii_case(column))
    };
    (place("url").is_some() && place("key").is_some()).then(|| COLUMNS.map(place))
}
