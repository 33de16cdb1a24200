//! Building and reading SSH messages (RFC 4251 section 5).

use std::io;

/// A message under construction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message(Vec<u8>);

impl Message {
    pub(crate) fn new(number: u8) -> Self {
        Self(vec![number])
    }

    pub(crate) fn byte(mut self, byte: u8) -> Self {
        self.0.push(byte);
        self
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn number(self, number: u32) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    pub(crate) fn string(self, text: impl AsRef<[u8]>) -> Self {
        let text = text.as_ref();
        let length = u32::try_from(text.len()).expect("a short text");
        self.number(length).bytes(text)
    }

    /// A positive `mpint`.
    pub(crate) fn mpint(self, bytes: &[u8]) -> Self {
        let start = bytes.iter().position(|byte| *byte != 0);
        let digits = &bytes[start.unwrap_or(bytes.len())..];
        // The highest bit is the sign.
        match digits.first() {
            Some(first) if *first >= 0x80 => self.string([&[0], digits].concat()),
            _ => self.string(digits),
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// What is still to be read of a message.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn bytes(&mut self, count: usize) -> io::Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(cut_off)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn byte(&mut self) -> io::Result<u8> {
        Ok(self.bytes(1)?[0])
    }

    pub(crate) fn string(&mut self) -> io::Result<&'a [u8]> {
        let length = self.bytes(4)?.try_into().map(u32::from_be_bytes);
        self.bytes(length.map_err(|_| cut_off())? as usize)
    }

    pub(crate) fn text(&mut self) -> io::Result<String> {
        Ok(String::from_utf8_lossy(self.string()?).into_owned())
    }
}

fn cut_off() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the message is cut off")
}
