//! Packets of git's protocol: four hexadecimal digits for the length, these included, then that many bytes.
//!
//! Source: git's own `Documentation/gitprotocol-common.adoc`.

/// Ends a list of packets.
pub const FLUSH: &[u8] = b"0000";

/// How long the length itself is.
pub const HEADER: usize = 4;

/// The longest packet git allows, its length included.
pub const LONGEST_PACKET: usize = 65_520;

/// The length a packet's header gives: 0 for a flush, otherwise 4 or more.
pub fn packet_length(header: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(header).ok()?;
    // `from_str_radix` alone would take a sign.
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let length = usize::from_str_radix(digits, 16).ok()?;
    (length == 0 || (HEADER..=LONGEST_PACKET).contains(&length)).then_some(length)
}
