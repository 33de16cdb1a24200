//! Where a command's output goes: a terminal, with its width, colours and signs, or a pipe, which gets whole values and
//! neither colours nor line breaks of ours.

use std::io::{self, IsTerminal as _};

use crossterm::style::ContentStyle;
use ratatui::backend::IntoCrossterm as _;
use ratatui::style::Style;

use super::look;
use crate::check::{Status, Verdict};
use crate::text::width;
use crate::view::Theme;

/// Lines of prose longer than this are hard to read.
const LONGEST_LINE: usize = 100;

/// The place that output is laid out for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet(Option<Terminal>);

#[derive(Clone, Copy, Debug)]
struct Terminal {
    columns: usize,
    theme: Theme,
}

/// What a text on a terminal stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tone {
    #[default]
    Text,
    Strong,
    Good,
    Bad,
    Warn,
    Dim,
}

impl From<Verdict> for Tone {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Ready => Tone::Good,
            Verdict::NotReady => Tone::Bad,
            Verdict::Inconclusive => Tone::Warn,
        }
    }
}

impl From<Status> for Tone {
    fn from(status: Status) -> Self {
        match status {
            Status::Pass => Tone::Good,
            Status::Warn => Tone::Warn,
            Status::Fail => Tone::Bad,
            Status::Skip => Tone::Dim,
        }
    }
}

impl Sheet {
    /// Standard output.
    pub(super) fn stdout() -> Self {
        Self::of(io::stdout().is_terminal())
    }

    /// Standard error.
    pub(super) fn stderr() -> Self {
        Self::of(io::stderr().is_terminal())
    }

    /// A pipe or a file.
    pub(super) const fn pipe() -> Self {
        Self(None)
    }

    /// A terminal of so many columns.
    pub(super) const fn terminal(columns: usize, theme: Theme) -> Self {
        Self(Some(Terminal { columns, theme }))
    }

    fn of(is_terminal: bool) -> Self {
        // A terminal that does not tell its size is treated like a pipe: nothing is cut that might have fitted.
        match crossterm::terminal::size() {
            Ok((columns @ 1.., _)) if is_terminal => {
                Self::terminal(columns.into(), look::usual_theme())
            }
            _ => Self::pipe(),
        }
    }

    /// The columns there are; none if lines may have any length.
    pub(super) fn columns(self) -> Option<usize> {
        self.0.map(|terminal| terminal.columns)
    }

    /// The text in its colour, if there are colours here.
    pub(super) fn paint(self, tone: Tone, text: &str) -> String {
        match self.0.map(|terminal| style(terminal.theme, tone)) {
            Some(style) if style != Style::new() && !text.is_empty() => {
                let style: ContentStyle = style.into_crossterm();
                style.apply(text).to_string()
            }
            _ => text.to_owned(),
        }
    }

    /// The wizard's sign for this tone on a terminal; `words` in a pipe.
    pub(super) fn sign(self, tone: Tone, words: &'static str) -> &'static str {
        let Some(Terminal { theme, .. }) = self.0 else {
            return words;
        };
        match tone {
            Tone::Good => theme.glyphs.good,
            Tone::Bad => theme.glyphs.bad,
            Tone::Warn => theme.glyphs.warn,
            Tone::Text | Tone::Strong | Tone::Dim => theme.glyphs.later,
        }
    }

    /// The lines of a text that stands behind `before` columns.
    pub(super) fn wrapped(self, before: usize, text: &str) -> Vec<String> {
        match self.0 {
            Some(Terminal { columns, .. }) => {
                let room = columns.min(LONGEST_LINE).saturating_sub(before);
                // A key or a link that is wider is left to the terminal, with what stands around it: its line breaks are not
                // copied.
                if text.split(' ').any(|word| width(word) > room) {
                    return vec![text.to_owned()];
                }
                let options = textwrap::Options::new(room)
                    .break_words(false)
                    .word_separator(textwrap::WordSeparator::AsciiSpace)
                    .word_splitter(textwrap::WordSplitter::NoHyphenation);
                let lines = textwrap::wrap(text, options);
                lines.into_iter().map(String::from).collect()
            }
            None => vec![text.to_owned()],
        }
    }

    /// A text behind `lead`, which has no colour yet; its further lines begin where the first one does. Ends with a line break.
    pub(super) fn hanging(self, tone: Tone, lead: &str, text: &str) -> String {
        let indent = width(lead);
        let lines = self.wrapped(indent, text);
        let mut hanging = self.paint(tone, lead);
        hanging.push_str(&lines.join(&format!("\n{}", " ".repeat(indent))));
        hanging.push('\n');
        hanging
    }

    /// Each line of the text wrapped, with its own indent.
    pub(super) fn prose(self, text: &str) -> String {
        let lines = text.lines().map(|line| {
            let words = line.trim_start();
            let indent = &line[..line.len() - words.len()];
            self.hanging(Tone::Text, indent, words)
        });
        lines.collect()
    }
}

fn style(theme: Theme, tone: Tone) -> Style {
    match tone {
        Tone::Text => theme.text(),
        Tone::Strong => theme.strong(),
        Tone::Good => theme.good(),
        Tone::Bad => theme.bad(),
        Tone::Warn => theme.warn(),
        Tone::Dim => theme.dim(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::view::theme::{Background, Colours};

    /// A terminal without colours.
    pub(in crate::cli) fn terminal(columns: usize) -> Sheet {
        Sheet::terminal(columns, Theme::new(Background::Dark, Colours::None, false))
    }

    #[test]
    fn a_pipe_gets_whole_lines_and_no_colour() {
        let text = "word ".repeat(60);
        assert_eq!(
            Sheet::pipe().hanging(Tone::Bad, "! ", text.trim()),
            format!("! {}\n", text.trim())
        );
        assert_eq!(Sheet::pipe().sign(Tone::Bad, "FAIL"), "FAIL");
    }

    #[test]
    fn on_a_terminal_further_lines_begin_where_the_first_one_does() {
        let hanging =
            terminal(24).hanging(Tone::Text, "why  ", "it was not added yet, or another was");
        assert_eq!(hanging, "why  it was not added\n     yet, or another was\n");
        assert_eq!(
            terminal(30).prose("  a line that has its own indent here\nx"),
            "  a line that has its own\n  indent here\nx\n"
        );
    }

    #[test]
    fn a_value_wider_than_the_terminal_stays_on_one_line_to_be_copied() {
        let key =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINunPPbw66xJorWIHTSRSx9p3FuX2xdPJIAs Coalesce";
        let line = format!(
            "key  {key}
"
        );
        assert_eq!(terminal(40).hanging(Tone::Text, "key  ", key), line);
    }

    #[test]
    fn colour_comes_with_its_end() {
        let coloured = Sheet::terminal(80, Theme::new(Background::Dark, Colours::Sixteen, false));
        let painted = coloured.paint(Tone::Good, "ready");
        assert!(
            painted.starts_with("\x1b[") && painted.contains("ready") && painted.ends_with('m'),
            "{painted:?}"
        );
        assert_eq!(coloured.paint(Tone::Text, "ready"), "ready");
        assert_eq!(terminal(80).paint(Tone::Strong, ""), "");
    }
}
