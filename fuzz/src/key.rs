//! Any bytes as a public key.

use doorkey::access_key::{AccessKey, Refusal, is_private};
use doorkey::check::Code;

use crate::{assert_harmless, text};

pub fn run(data: &[u8]) {
    let text = text(data);
    let read = AccessKey::read(&text);
    if is_private(&text) {
        assert_eq!(
            read.as_ref().map_err(|refusal| refusal.code),
            Err(Code::KeyPrivate)
        );
    }
    assert_kept(read);
    assert_kept(AccessKey::read_bytes(data));
}

/// Whatever is accepted as a key, its line gives back the same key.
fn assert_kept(read: Result<AccessKey, Refusal>) {
    let key = match read {
        Ok(key) => key.without_repairs(),
        Err(refusal) => {
            refusal
                .detail
                .iter()
                .for_each(|detail| assert_harmless(detail));
            return;
        }
    };
    for (line, comment) in [(key.line(), key.comment()), (key.bare_line(), "")] {
        assert_harmless(&line);
        let again = AccessKey::read(&line);
        let again = again.unwrap_or_else(|refusal| panic!("{line} is refused: {refusal:?}"));
        assert!(again.is_same_key(&key), "{line}");
        assert_eq!(
            (again.comment(), again.repairs()),
            (comment, &[][..]),
            "{line}"
        );
        assert_eq!(again.line(), line);
    }
}
