//! What in an address a program could take for something other than an address.

use super::Refusal;
use crate::check::Code;
use crate::text::is_harmful;

/// Characters that mean something to a shell, or that Windows takes for a path. None of them is part of an SSH
/// address of Bitbucket.
const SHELL_CHARACTERS: &str = "`$&|;<>()*!'\"\\";

/// Why an address is not safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspect {
    /// `-oProxyCommand=…`: ssh or git would take it for an option.
    LeadingDash,
    /// Control characters and invisible ones.
    HiddenCharacters,
    /// What a shell would act upon.
    ShellCharacters,
    /// `.` and `..`.
    PathTrick,
    /// `ext::…`: git would run a program.
    TransportHelper,
    /// `file://…`: git would read from this machine.
    LocalFile,
    /// Letters outside ASCII in a host name.
    ForeignLetters,
}

impl Suspect {
    /// Whether it is out of place even where names of files stand.
    pub(super) fn is_hidden_or_path_trick(self) -> bool {
        matches!(self, Suspect::HiddenCharacters | Suspect::PathTrick)
    }

    pub(super) fn refusal(self) -> Refusal {
        let detail = match self {
            Suspect::LeadingDash => "It has a dash where a program would take it for an option.",
            Suspect::HiddenCharacters => "There are invisible characters in it.",
            Suspect::ShellCharacters => {
                "There are characters in it that mean something to a shell."
            }
            Suspect::PathTrick => "Its path has . or .. in it.",
            Suspect::TransportHelper => "Git would run a program for it.",
            Suspect::LocalFile => "It names a file on this machine.",
            Suspect::ForeignLetters => "Its host has letters that can pass for others.",
        };
        Refusal::because(Code::UrlUnsafe, detail)
    }
}

/// What is suspicious about a part of an address, if anything is.
pub(super) fn suspect(part: &str) -> Option<Suspect> {
    let is_letter_or_digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_plain = |byte: u8| is_letter_or_digit(byte) || byte == b'-' || byte == b'.';
    if part.bytes().next().is_some_and(is_letter_or_digit) && part.bytes().all(is_plain) {
        // Nearly all parts are such words, and none of these can be anything else.
        return None;
    }
    let has = |is: fn(char) -> bool| part.chars().any(is);
    if has(is_harmful) {
        Some(Suspect::HiddenCharacters)
    } else if part.starts_with('-') {
        Some(Suspect::LeadingDash)
    } else if has(|character| SHELL_CHARACTERS.contains(character)) {
        Some(Suspect::ShellCharacters)
    } else if part == "." || part == ".." {
        Some(Suspect::PathTrick)
    } else {
        None
    }
}
