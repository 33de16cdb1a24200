//! What a saved connection is called: short, easy to type, and safe wherever it is shown.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::bitbucket::RepositoryAddress;

/// The name of a saved connection: lower-case letters, digits, and `.` `_` `-` between them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(String);

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing is there.
    #[error("a name is missing")]
    Empty,
    /// It is too long to be typed.
    #[error("a name has at most {} characters", Name::LONGEST)]
    TooLong,
    /// It begins with something other than a letter or a digit.
    #[error("a name begins with a letter or a digit")]
    Beginning,
    /// Something else is in it.
    #[error("a name is made of lower-case letters, digits, and . _ -")]
    Characters,
}

impl Name {
    /// The longest name, in characters. A Bitbucket slug has at most 62, and a project's name may stand before it.
    pub const LONGEST: usize = 128;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name that is most like a text.
    pub(super) fn from_text(text: &str) -> Self {
        let fitting = |character: char| match character.to_ascii_lowercase() {
            character if is_allowed(character) => character,
            _ => '-',
        };
        let name: String = text.chars().map(fitting).take(Self::LONGEST).collect();
        let name = name.trim_start_matches(|character| !is_first(character));
        Self(if name.is_empty() { "repository" } else { name }.to_owned())
    }

    /// The names that are tried for a repository, before one with a number: the repository's own, then with its project.
    pub(super) fn of_repository(address: &RepositoryAddress) -> [Self; 2] {
        let (project, repository) = (address.project(), address.repository());
        [repository, &format!("{project}-{repository}")].map(Self::from_text)
    }

    /// The same name with a number behind it.
    pub(super) fn with_number(&self, number: u64) -> Self {
        let number = format!("-{number}");
        let kept = Self::LONGEST.saturating_sub(number.len());
        Self(self.0.chars().take(kept).collect::<String>() + &number)
    }
}

fn is_allowed(character: char) -> bool {
    is_first(character) || matches!(character, '.' | '_' | '-')
}

fn is_first(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit()
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let first = text.chars().next().ok_or(NameError::Empty)?;
        if text.len() > Self::LONGEST {
            return Err(NameError::TooLong);
        }
        if !text.chars().all(is_allowed) {
            return Err(NameError::Characters);
        }
        if !is_first(first) {
            return Err(NameError::Beginning);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

// So that names can be looked up by what somebody typed.
impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}
