//! Tables of a TOML file.

use serde::Deserialize;
use toml::Spanned;

use super::{Remark, Row, SAID_AT_MOST};
use crate::text::harmless;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    connection: Vec<Spanned<Table>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    name: String,
    url: String,
    key: String,
    #[serde(default)]
    region: String,
}

/// Reads the tables; a file that is no TOML is one problem.
pub(super) fn read(text: &str) -> Vec<Result<Row, Remark>> {
    let ends: Vec<usize> = text.match_indices('\n').map(|(end, _)| end).collect();
    let line_at = |byte: usize| ends.partition_point(|end| *end < byte) + 1;
    let file: List = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let line = error.span().map_or(1, |span| line_at(span.start));
            let words = harmless(error.message(), SAID_AT_MOST);
            return vec![Err(Remark::new(line, words))];
        }
    };
    let rows = file.connection.into_iter().map(|connection| {
        let line = line_at(connection.span().start);
        let Table {
            name,
            url,
            key,
            region,
        } = connection.into_inner();
        Ok(Row {
            line,
            name,
            url,
            key,
            region,
        })
    });
    rows.collect()
}
