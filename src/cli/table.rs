//! Columns that line up.

use super::sheet::{Sheet, Tone};
use crate::text::{shorten_address, width};

/// What stands between two columns.
const GAP: &str = "  ";

/// The narrowest that an address becomes so that a table fits a terminal.
const NARROWEST_ADDRESS: usize = 26;

/// What a column that wraps has at least, if its values are as long: a verdict with its day fits in.
const NARROWEST_WRAP: usize = 22;

/// What becomes of the values of a column where a terminal is too narrow for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// They stay whole. A column without any value is left out.
    Whole,
    /// They are cut in the middle of their path.
    Address,
    /// They go on in the next line. Only the last column can.
    Wrap,
    /// The column is left out, if cutting the addresses is not enough.
    Spare,
}

/// A value of a table, safe to print.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    /// A value in a tone.
    pub(super) fn toned(text: impl Into<String>, tone: Tone) -> Self {
        let text = text.into();
        Self { text, tone }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::toned(text, Tone::Text)
    }
}

/// Lays rows out in columns as wide as their longest value, or narrower on a terminal; the first row is the header.
pub(super) fn aligned<const COLUMNS: usize>(
    sheet: Sheet,
    fits: [Fit; COLUMNS],
    rows: &[[Cell; COLUMNS]],
) -> String {
    let widths = widths(sheet, fits, rows);
    let mut table = String::new();
    for row in rows {
        let mut line = String::new();
        let mut used = 0;
        for (column, Cell { text, tone }) in row.iter().enumerate() {
            let wide = widths[column];
            let text = match fits[column] {
                Fit::Address => shorten_address(text, wide),
                _ => text.clone(),
            };
            if fits[column] == Fit::Wrap {
                let lines = sheet.wrapped(used, &text);
                let lines: Vec<String> =
                    lines.iter().map(|line| sheet.paint(*tone, line)).collect();
                line.push_str(&lines.join(&format!("\n{}", " ".repeat(used))));
            } else if wide > 0 {
                line.push_str(&sheet.paint(*tone, &text));
                line.push_str(&" ".repeat(wide.saturating_sub(width(&text))));
                line.push_str(GAP);
                used += wide + GAP.len();
            }
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    table
}

fn widths<const COLUMNS: usize>(
    sheet: Sheet,
    fits: [Fit; COLUMNS],
    rows: &[[Cell; COLUMNS]],
) -> [usize; COLUMNS] {
    let mut widths: [usize; COLUMNS] = std::array::from_fn(|column| {
        let widths = rows.iter().map(|row| width(&row[column].text));
        widths.max().unwrap_or(0)
    });
    let Some(columns) = sheet.columns() else {
        return widths;
    };
    let least = |column: usize, wide: usize| match fits[column] {
        Fit::Wrap => wide.min(NARROWEST_WRAP),
        _ => wide,
    };
    let needed = |widths: &[usize; COLUMNS]| {
        let shown = widths.iter().enumerate().filter(|(_, wide)| **wide > 0);
        let needed = shown.map(|(column, wide)| least(column, *wide) + GAP.len());
        needed.sum::<usize>().saturating_sub(GAP.len())
    };
    let narrower = |mut widths: [usize; COLUMNS]| {
        for column in (0..COLUMNS).filter(|column| fits[*column] == Fit::Address) {
            let excess = needed(&widths).saturating_sub(columns);
            let can_give = widths[column].saturating_sub(NARROWEST_ADDRESS);
            widths[column] -= excess.min(can_give);
        }
        widths
    };
    for column in (0..COLUMNS).filter(|column| fits[*column] == Fit::Spare) {
        if needed(&narrower(widths)) > columns {
            widths[column] = 0;
        }
    }
    narrower(widths)
}

#[cfg(test)]
mod tests {
    use super::super::sheet::tests::terminal;
    use super::*;

    fn rows<const COLUMNS: usize>(rows: &[[&str; COLUMNS]]) -> Vec<[Cell; COLUMNS]> {
        rows.iter().map(|row| row.map(Cell::from)).collect()
    }

    #[test]
    fn columns_are_as_wide_as_their_longest_value() {
        let rows = rows(&[["NAME", "KEY"], ["a", ""], ["日本", "x"], ["longer", "y"]]);
        let table = aligned(Sheet::pipe(), [Fit::Whole; 2], &rows);
        assert_eq!(table, "NAME    KEY\na\n日本    x\nlonger  y\n");
    }

    #[test]
    fn what_can_be_spared_is_left_out_where_there_is_no_room() {
        let fits = [Fit::Whole, Fit::Address, Fit::Spare, Fit::Wrap];
        let rows = rows(&[
            ["NAME", "REPOSITORY", "KEY", "LAST TEST"],
            [
                "models",
                "acme/data-warehouse-models",
                "NFl…heF0",
                "not ready, 2026-11-29; could not tell, 2026-11-30",
            ],
        ]);
        let table = |columns| aligned(terminal(columns), fits, &rows);
        assert!(table(74).contains("NFl…heF0"), "{}", table(74));
        assert!(!table(60).contains("KEY"), "{}", table(60));
        for columns in 60..120 {
            let table = table(columns);
            assert!(table.lines().all(|line| width(line) <= columns), "{table}");
        }
    }

    #[test]
    fn a_table_fits_its_terminal_and_a_pipe_gets_whole_values() {
        let fits = [Fit::Whole, Fit::Address, Fit::Wrap];
        let rows = rows(&[
            ["NAME", "REPOSITORY", "WHY"],
            [
                "models",
                "git.example.com:7999/warehouse/analytics-models",
                "Bitbucket does not know this key",
            ],
        ]);
        let narrow = aligned(terminal(72), fits, &rows);
        assert!(narrow.lines().all(|line| width(line) <= 72), "{narrow}");
        assert!(narrow.contains("git.example.com:7999/"), "{narrow}");
        let whole = aligned(Sheet::pipe(), fits, &rows);
        assert!(whole.contains("git.example.com:7999/warehouse/analytics-models  Bitbucket does not know this key\n"), "{whole}");
    }
}
