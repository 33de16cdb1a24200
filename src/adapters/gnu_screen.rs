//! GNU Screen, which lets less through than tmux: sequences it does not know reach the terminal around it only in pieces, wrapped up.

use std::env;

use super::tmux;

/// How much of a sequence goes into one piece. Screen shows the rest of a longer one as text; 256 bytes were its limit for long.
const PIECE: usize = 240;

/// Whether this runs inside GNU Screen. It says so by a variable, and to a computer that is reached from inside it by the
/// terminal's name.
pub fn is_around() -> bool {
    let is_named = env::var("TERM").is_ok_and(|term| term.starts_with("screen."));
    let is_told = env::var_os("STY").is_some_and(|value| !value.is_empty());
    (is_named || is_told) && !tmux::is_around()
}

/// An OSC sequence for the terminal around it (its manual, "String Escapes": device control strings are given on as they are).
pub fn past(sequence: &str) -> Vec<u8> {
    // What ends it would end the first piece, too.
    let sequence = sequence.replace("\x1b\\", "\x07");
    let pieces = sequence.as_bytes().chunks(PIECE);
    let wrapped = pieces.map(|piece| [b"\x1bP", piece, b"\x1b\\"].concat());
    wrapped.collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sequence_goes_in_pieces() {
        let long = "QUJD".repeat(300);
        let wrapped = past(&format!("\x1b]52;c;{long}\x1b\\"));
        let wrapped = String::from_utf8(wrapped).expect("text");
        let pieces: Vec<&str> = wrapped.split_terminator("\x1b\\").collect();
        assert!(pieces.len() > 1);
        assert!(pieces.iter().all(|piece| piece.len() < 256), "{pieces:?}");
        let inner = pieces.iter().map(|piece| piece.strip_prefix("\x1bP"));
        let expected = format!("\x1b]52;c;{long}\x07");
        assert_eq!(inner.collect::<Option<String>>(), Some(expected));
    }
}
