//! What people have around an address, or in it, that is not part of it.

/// One thing that was taken off, or undone, to get at the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Wrapper {
    /// `git clone …`: says itself what it is.
    GitCommand,
    /// Words, fields, tags or lines around it.
    Text,
    /// `url=…`, `--repo=…`.
    Label,
    /// `git::`, `git+`, `scm:git:`.
    Prefix,
    /// `\url{…}`, `[label|…]`.
    Markup,
    /// The address of a page or of a program, with the repository's in it.
    Link,
    /// A comma, a full stop, one bracket or quote of two.
    Punctuation,
    /// `@v1.18`, `#main`, `?ref=main`.
    Ref,
    /// `//modules/vpc`.
    Folder,
    /// `.git.git`.
    SecondSuffix,
    /// Zero-width characters and the like.
    Invisible,
    /// `%3A%2F%2F`.
    PercentCodes,
    /// `&#64;`.
    HtmlCodes,
    /// `https:\/\/`.
    Backslashes,
    /// `＠`, as keyboards for Chinese and Japanese write it.
    FullWidth,
    /// `https:/host`, `ttps://host`.
    Scheme,
    /// `git@host: path`.
    Space,
}

impl Wrapper {
    /// What it is called behind "Left out".
    const fn left_out(self) -> Option<&'static str> {
        Some(match self {
            Wrapper::GitCommand => "the command",
            Wrapper::Text => "the text around the address",
            Wrapper::Label => "the name in front of it",
            Wrapper::Prefix => "the prefix of a tool",
            Wrapper::Markup => "the markup around it",
            Wrapper::Link => "the link around it",
            Wrapper::Punctuation => "the punctuation beside it",
            Wrapper::Ref => "the branch, tag or query behind it",
            Wrapper::Folder => "the folder behind it",
            Wrapper::SecondSuffix => "the second .git",
            Wrapper::Invisible => "invisible characters",
            Wrapper::Space => "the space after the host",
            _ => return None,
        })
    }

    /// What it is called behind "Undid", or "Mended".
    const fn mended(self) -> Option<&'static str> {
        Some(match self {
            Wrapper::PercentCodes => "percent-encoding",
            Wrapper::HtmlCodes => "HTML's codes",
            Wrapper::Backslashes => "backslashes",
            Wrapper::FullWidth => "full-width characters",
            Wrapper::Scheme => "the scheme",
            _ => return None,
        })
    }

    /// What was done, in one plain sentence: "Left out the text around the address; put right percent-encoding."
    pub(in super::super) fn sentence(wrappers: &[Wrapper]) -> String {
        let left_out: Vec<_> = wrappers.iter().filter_map(|one| one.left_out()).collect();
        let mended: Vec<_> = wrappers.iter().filter_map(|one| one.mended()).collect();
        match (left_out.as_slice(), mended.as_slice()) {
            (left_out, []) => format!("Left out {}.", listed(left_out)),
            ([], mended) => format!("Put right {}.", listed(mended)),
            (left_out, mended) => {
                format!(
                    "Left out {}; put right {}.",
                    listed(left_out),
                    listed(mended)
                )
            }
        }
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
