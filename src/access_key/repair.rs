//! What can be repaired while a key is read.

/// What was repaired while reading a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Repair {
    /// It was UTF-16.
    Utf16,
    /// Invisible characters were in it.
    InvisibleCharacters,
    /// An e-mail program had marked its lines.
    ReplyMarks,
    /// It was base64 of the whole line.
    Base64,
    /// Characters were written as in a link: `%2B`.
    PercentEncoding,
    /// Characters were written as in a web page: `&#43;`.
    HtmlEntities,
    /// Characters were written as in JSON or a shell: `\\n`.
    WrittenOut,
    /// Characters were written as in an e-mail: `=3D`.
    QuotedPrintable,
    /// The data was base64 for links: `-` and `_`.
    UrlSafe,
    /// The name of the type was changed, or ran into the data.
    Type,
    /// It was in the SSH2 form.
    FromRfc4716,
    /// It was in the PEM form.
    FromPem,
    /// Something else stood around it.
    TextAround,
    /// It was spread over so many lines, or so many pieces with a space between.
    Joined(usize),
    /// The signs at the end were missing or wrong.
    Padding,
    /// It was there several times.
    Repeated,
}

impl Repair {
    /// Every repair, in the order in which they are named; of lines, three as an example.
    pub const ALL: [Repair; 16] = [
        Repair::Utf16,
        Repair::InvisibleCharacters,
        Repair::ReplyMarks,
        Repair::Base64,
        Repair::PercentEncoding,
        Repair::HtmlEntities,
        Repair::WrittenOut,
        Repair::QuotedPrintable,
        Repair::UrlSafe,
        Repair::Type,
        Repair::FromRfc4716,
        Repair::FromPem,
        Repair::TextAround,
        Repair::Joined(3),
        Repair::Padding,
        Repair::Repeated,
    ];

    /// The stable name, as in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Repair::Utf16 => "utf_16",
            Repair::InvisibleCharacters => "invisible_characters",
            Repair::ReplyMarks => "reply_marks",
            Repair::Base64 => "base64",
            Repair::PercentEncoding => "percent_encoding",
            Repair::HtmlEntities => "html_entities",
            Repair::WrittenOut => "written_out",
            Repair::QuotedPrintable => "quoted_printable",
            Repair::UrlSafe => "url_safe",
            Repair::Type => "type",
            Repair::FromRfc4716 => "from_rfc_4716",
            Repair::FromPem => "from_pem",
            Repair::TextAround => "text_around",
            Repair::Joined(_) => "wrapped_lines",
            Repair::Padding => "padding",
            Repair::Repeated => "repeated",
        }
    }

    /// What was done, in words that follow "doorkey" or stand alone.
    pub fn words(self) -> String {
        let words = match self {
            Repair::Joined(lines) => return format!("joined {lines} lines into one"),
            Repair::Utf16 => "read it as UTF-16, which Windows programs write",
            Repair::InvisibleCharacters => "removed invisible characters",
            Repair::ReplyMarks => "removed the > marks of an e-mail reply",
            Repair::Base64 => "decoded the base64 around the whole line",
            Repair::PercentEncoding => "decoded characters written as in a link, such as %2B",
            Repair::HtmlEntities => "decoded characters written as in a web page, such as &#43;",
            Repair::WrittenOut => "decoded characters written with a backslash, such as \\n",
            Repair::QuotedPrintable => "decoded characters written as in an e-mail, such as =3D",
            Repair::UrlSafe => "turned - and _ back into + and /",
            Repair::Type => "corrected how the type of the key was written",
            Repair::FromRfc4716 => "turned the SSH2 form (RFC 4716) into the one-line form",
            Repair::FromPem => "turned the PEM form into the one-line form",
            Repair::TextAround => "used the key and ignored the text around it",
            Repair::Padding => "corrected the = signs at the end",
            Repair::Repeated => "used the key once, though it was there several times",
        };
        words.to_owned()
    }
}
