//! Columns that line up.

use super::sheet::{Sheet, Tone};
use crate::text::{shorten_address, width};

/// What stands between two columns.
const GAP: &str = "  ";

/// The narrowest that a column becomes so that a table fits a terminal.
const NARROWEST: usize = 16;

/// What becomes of the values of a column where a terminal is too narrow for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// They stay whole. A column without any value is left out.
    Whole,
    /// They are cut in the middle of their path.
    Address,
    /// They go on in the next line. Only the last column can.
    Wrap,
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
    if let Some(columns) = sheet.columns() {
        let all = widths.iter().sum::<usize>() + GAP.len() * COLUMNS.saturating_sub(1);
        let mut excess = all.saturating_sub(columns);
        for (wide, _) in widths
            .iter_mut()
            .zip(fits)
            .filter(|(_, fit)| *fit == Fit::Address)
        {
            let given_up = excess.min(wide.saturating_sub(NARROWEST));
            *wide -= given_up;
            excess -= given_up;
        }
    }
    widths
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
        let narrow = aligned(terminal(76), fits, &rows);
        assert!(narrow.lines().all(|line| width(line) <= 76), "{narrow}");
        assert!(narrow.contains("git.example.com:7999/"), "{narrow}");
        let whole = aligned(Sheet::pipe(), fits, &rows);
        assert!(whole.contains("git.example.com:7999/warehouse/analytics-models  Bitbucket does not know this key\n"), "{whole}");
    }
}
