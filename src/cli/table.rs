//! Columns that line up.

use crate::text::width;

/// What stands between two columns.
const GAP: &str = "  ";

/// Lays rows out in columns as wide as their longest value; the first row is the header. Values must be safe to print.
pub(super) fn aligned<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let widths: [usize; COLUMNS] = std::array::from_fn(|column| {
        rows.iter()
            .map(|row| width(&row[column]))
            .max()
            .unwrap_or(0)
    });
    let mut lines = String::new();
    for row in rows {
        let mut line = String::new();
        for (value, wide) in row.iter().zip(widths) {
            line.push_str(value);
            line.push_str(&" ".repeat(wide.saturating_sub(width(value))));
            line.push_str(GAP);
        }
        lines.push_str(line.trim_end());
        lines.push('\n');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_longest_value() {
        let rows = [["NAME", "KEY"], ["a", ""], ["日本", "x"], ["longer", "y"]];
        let rows = rows.map(|row| row.map(str::to_owned));
        assert_eq!(aligned(&rows), "NAME    KEY\na\n日本    x\nlonger  y\n");
    }
}
