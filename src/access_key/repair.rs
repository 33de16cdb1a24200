//! What can be put right while a key is read.

macro_rules! repairs {
    ($($name:ident = $id:literal, $words:literal;)+) => {
        /// What was put right while reading a key.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the words below describe each")]
        pub enum Repair { $($name),+ }

        impl Repair {
            /// Every repair, in the order in which they are told.
            pub const ALL: &'static [Repair] = &[$(Repair::$name),+];

            /// The stable name, as in JSON.
            pub const fn id(self) -> &'static str {
                match self { $(Repair::$name => $id),+ }
            }

            /// What was done, in words that follow "doorkey …" or stand alone.
            pub const fn words(self) -> &'static str {
                match self { $(Repair::$name => $words),+ }
            }
        }
    };
}

repairs! {
    Utf16 = "utf_16", "read it as UTF-16, the way Windows programs save text";
    InvisibleCharacters = "invisible_characters", "took out invisible characters";
    ReplyMarks = "reply_marks", "took off the > marks of an e-mail reply";
    FromRfc4716 = "from_rfc_4716", "turned the SSH2 form (RFC 4716) into the one-line form";
    FromPem = "from_pem", "turned the PEM form into the one-line form";
    TextAround = "text_around", "left out the text around the key";
    WrappedLines = "wrapped_lines", "put the wrapped lines back together";
    Padding = "padding", "put right the = signs at the end";
    Repeated = "repeated", "used the key once, though it was there several times";
}
