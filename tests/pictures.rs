//! The pictures of the README are there, and are what they should be. What makes them is `docs/pictures/make`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail this way"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

/// What they show, as far as it matters here.
#[derive(Deserialize)]
struct Description {
    folder: PathBuf,
    #[serde(rename = "walk")]
    walks: Vec<Walk>,
}

#[derive(Deserialize)]
struct Walk {
    #[serde(rename = "screen")]
    screens: Vec<Screen>,
}

#[derive(Deserialize)]
struct Screen {
    picture: Option<String>,
}

fn in_repository(path: impl AsRef<Path>) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn description() -> Description {
    let source = fs::read_to_string(in_repository("docs/pictures/pictures.toml"));
    toml::from_str(&source.expect("the description")).expect("it is read")
}

/// The names of the pictures that are described.
fn described() -> Vec<String> {
    let screens = description()
        .walks
        .into_iter()
        .flat_map(|walk| walk.screens);
    screens.filter_map(|screen| screen.picture).collect()
}

/// Width and height of a PNG: its header comes right after its signature.
fn size_of_png(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")?;
    let number = |at: usize| Some(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?));
    Some((number(0)?, number(4)?))
}

#[test]
fn every_picture_is_there_and_no_other() {
    let names = described();
    let different: BTreeSet<String> = names.iter().map(|name| format!("{name}.png")).collect();
    assert_eq!(different.len(), names.len(), "a name stands there twice");
    let folder = in_repository(description().folder);
    let there: BTreeSet<String> = fs::read_dir(folder)
        .expect("the folder of the pictures")
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.into_string().expect("a plain name"))
        .collect();
    assert_eq!(there, different);
}

#[test]
fn every_picture_is_a_small_png_that_can_be_read() {
    let folder = in_repository(description().folder);
    for name in described() {
        let bytes = fs::read(folder.join(format!("{name}.png"))).expect("the picture");
        let (width, height) = size_of_png(&bytes).unwrap_or_else(|| panic!("{name}: not a PNG"));
        // A README is some 830 pixels wide; on many screens a picture needs twice as many to look sharp.
        assert!((1400..=2400).contains(&width), "{name}: {width} wide");
        assert!((600..=1600).contains(&height), "{name}: {height} high");
        let size = bytes.len();
        assert!(size < 100_000, "{name}: {size} bytes");
    }
}

/// What is in a GIF.
#[derive(Debug, Default, PartialEq, Eq)]
struct Gif {
    width: u16,
    height: u16,
    frames: usize,
    length: Duration,
    is_repeated: bool,
}

/// Reads a GIF of the form of 1989, block by block; none if it is not one.
fn read_gif(bytes: &[u8]) -> Option<Gif> {
    let mut rest = Rest(bytes.strip_prefix(b"GIF89a")?);
    let mut gif = Gif {
        width: rest.number()?,
        height: rest.number()?,
        ..Gif::default()
    };
    let [flags, _background, _aspect] = *rest.take()?;
    rest.skip_colours(flags)?;
    loop {
        match rest.take()? {
            [0x21] => match rest.take()? {
                // How the next frame is shown: its length stands in hundredths of a second.
                [0xf9] => {
                    let [_size, _flags] = rest.take()?;
                    gif.length += Duration::from_millis(u64::from(rest.number()?) * 10);
                    let [_transparent] = rest.take()?;
                    rest.skip_blocks()?;
                }
                [0xff] => {
                    gif.is_repeated |= rest.0.starts_with(b"\x0bNETSCAPE2.0");
                    rest.skip_blocks()?;
                }
                _ => rest.skip_blocks()?,
            },
            [0x2c] => {
                gif.frames += 1;
                let [.., flags] = rest.take::<9>()?;
                let flags = *flags;
                rest.skip_colours(flags)?;
                let [_code_size] = rest.take()?;
                rest.skip_blocks()?;
            }
            [0x3b] => return rest.0.is_empty().then_some(gif),
            _ => return None,
        }
    }
}

/// What of a file is still to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take<const LENGTH: usize>(&mut self) -> Option<&'a [u8; LENGTH]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(*self.take()?))
    }

    /// A table of colours, if the flags say that there is one.
    fn skip_colours(&mut self, flags: u8) -> Option<()> {
        let colours = if flags & 0x80 == 0 {
            0
        } else {
            2 << (flags & 0x07)
        };
        self.0 = self.0.get(3 * colours..)?;
        Some(())
    }

    /// Blocks with their lengths, up to an empty one.
    fn skip_blocks(&mut self) -> Option<()> {
        loop {
            let [length] = *self.take()?;
            if length == 0 {
                return Some(());
            }
            self.0 = self.0.get(usize::from(length)..)?;
        }
    }
}

#[test]
fn the_recording_is_short_and_small() {
    let bytes = fs::read(in_repository("assets/demo.gif")).expect("the recording");
    let gif = read_gif(&bytes).expect("a GIF");
    assert!(gif.is_repeated, "{gif:?}");
    assert!(gif.frames > 20, "{gif:?}");
    let length = gif.length.as_secs();
    assert!((20..60).contains(&length), "{gif:?}");
    let size = bytes.len();
    assert!(size < 3_000_000, "{size} bytes");

    // As the tape has it; otherwise somebody changed the tape and did not record it again.
    let tape = include_str!("../demo.tape");
    let set = |name| tape.lines().find_map(|line| line.strip_prefix(name));
    assert_eq!(set("Set Width "), Some(&*gif.width.to_string()));
    assert_eq!(set("Set Height "), Some(&*gif.height.to_string()));
}

#[test]
fn what_is_cut_off_is_no_picture() {
    let bytes = fs::read(in_repository("assets/demo.gif")).expect("the recording");
    assert_eq!(read_gif(&bytes[..bytes.len() - 1]), None);
    assert_eq!(read_gif(&bytes[..bytes.len() / 2]), None);
    assert_eq!(read_gif(b"GIF87a"), None);
    assert_eq!(size_of_png(b"\x89PNG\r\n\x1a\n"), None);
    assert_eq!(size_of_png(&bytes), None);
}
