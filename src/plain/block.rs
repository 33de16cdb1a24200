//! Lines that belong together: a key between `BEGIN` and `END` comes line by line and is one answer.

use zeroize::Zeroizing;

use super::is_word;
use crate::access_key::is_private;
use crate::guide::field::CAPACITY;

/// Gathers the lines of one answer. Whatever it drops is wiped from memory.
#[derive(Debug, Default)]
pub struct Block {
    lines: Option<Zeroizing<String>>,
    /// Whether the lines to come may be the rest of a private key that says nowhere where it ends.
    in_secret: bool,
}

/// What a line was.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// A whole answer, alone or with the lines before it.
    Answer(Zeroizing<String>),
    /// The first line of several.
    Begins,
    /// A further one, or the rest of a secret.
    GoesOn,
}

impl Block {
    /// Takes in a line. A word such as `quit` is an answer wherever it stands.
    pub fn hear(&mut self, line: Zeroizing<String>) -> Heard {
        if is_word(&line) {
            *self = Self::default();
            return Heard::Answer(line);
        }
        if let Some(lines) = &mut self.lines {
            // One more than a field takes is enough for the wizard to say that it is too long. Nothing may grow beyond
            // what was set aside: growing leaves copies behind.
            if lines.len() + line.len() <= CAPACITY {
                lines.push_str(&line);
                lines.push('\n');
            }
            return if is_mark(&line, "END ") {
                self.finish().map_or(Heard::GoesOn, Heard::Answer)
            } else {
                Heard::GoesOn
            };
        }
        if self.in_secret {
            self.in_secret = !line.trim().is_empty() && !may_begin_anew(&line);
            if self.in_secret || line.trim().is_empty() {
                return Heard::GoesOn;
            }
        }
        if is_mark(&line, "BEGIN ") && !is_mark(&line, "END ") {
            let mut lines = Zeroizing::new(String::with_capacity(2 * CAPACITY));
            lines.push_str(&line);
            lines.push('\n');
            self.lines = Some(lines);
            return Heard::Begins;
        }
        self.in_secret = is_private(&line);
        Heard::Answer(line)
    }

    /// The lines gathered so far: the input has ended, or they are whole.
    pub fn finish(&mut self) -> Option<Zeroizing<String>> {
        self.lines.take()
    }

    /// Whether the lines of an answer are not whole yet.
    pub fn is_open(&self) -> bool {
        self.lines.is_some()
    }

    /// Whether lines are being left out as the rest of a private key.
    pub fn is_in_secret(&self) -> bool {
        self.in_secret
    }
}

/// `-----BEGIN LABEL-----` (RFC 7468) or `---- BEGIN LABEL ----` (RFC 4716), wherever it stands in a line.
fn is_mark(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(start, _)| line[..start].trim_end_matches(' ').ends_with("----"))
}

/// Whether a line can't be the rest of a private key: an answer of a letter or a number, or another key.
fn may_begin_anew(line: &str) -> bool {
    let line = line.trim();
    line.len() <= 2 || begins_with_type(line) || is_mark(line, "BEGIN ")
}

/// Whether a line begins as a public key does, with its type.
pub(super) fn begins_with_type(line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || "\"'`>".contains(c));
    ["ssh-", "ecdsa-", "sk-"]
        .iter()
        .any(|kind| line.starts_with(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(block: &mut Block, line: &str) -> Heard {
        block.hear(Zeroizing::new(line.to_owned()))
    }

    fn answer(text: &str) -> Heard {
        Heard::Answer(Zeroizing::new(text.to_owned()))
    }

    #[test]
    fn a_block_is_one_answer() {
        let mut block = Block::default();
        assert_eq!(hear(&mut block, "---- BEGIN X ----"), Heard::Begins);
        assert_eq!(hear(&mut block, ""), Heard::GoesOn);
        assert_eq!(hear(&mut block, "AAAA"), Heard::GoesOn);
        assert_eq!(
            hear(&mut block, "---- END X ----"),
            answer("---- BEGIN X ----\n\nAAAA\n---- END X ----\n")
        );
        assert_eq!(hear(&mut block, "c"), answer("c"));
    }

    #[test]
    fn a_word_gets_out_of_a_block() {
        let mut block = Block::default();
        hear(&mut block, "-----BEGIN X-----");
        assert_eq!(hear(&mut block, " Quit "), answer(" Quit "));
        assert_eq!(block.finish(), None);
    }

    #[test]
    fn a_block_without_an_end_comes_at_the_end_of_the_input() {
        let mut block = Block::default();
        hear(&mut block, "-----BEGIN X-----");
        hear(&mut block, &"A".repeat(CAPACITY));
        assert_eq!(
            block.finish().as_ref().map(|text| text.as_str()),
            Some("-----BEGIN X-----\n")
        );
    }

    #[test]
    fn the_rest_of_a_private_key_without_an_end_is_left_out() {
        let mut block = Block::default();
        let first = "PuTTY-User-Key-File-3: ssh-ed25519";
        assert_eq!(hear(&mut block, first), answer(first));
        for rest in [
            "Encryption: none",
            "Private-Lines: 1",
            "c2VjcmV0IHNlY3JldA==",
        ] {
            assert_eq!(hear(&mut block, rest), Heard::GoesOn, "{rest}");
        }
        assert_eq!(
            hear(&mut block, "ssh-ed25519 AAAA"),
            answer("ssh-ed25519 AAAA")
        );
        assert_eq!(hear(&mut block, "anything"), answer("anything"));
    }

    #[test]
    fn an_empty_line_ends_the_rest_of_a_private_key() {
        let mut block = Block::default();
        hear(&mut block, "PuTTY-User-Key-File-3: ssh-ed25519");
        assert_eq!(hear(&mut block, ""), Heard::GoesOn);
        assert_eq!(hear(&mut block, ""), answer(""));
    }
}
