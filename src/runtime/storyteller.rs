//! Tells a demo that plays itself, line by line: what the player pressed, and what comes of it.

use std::io::{self, Write};

use super::wizard_loop::Screen;
use crate::demo::Presentation;
use crate::guide::{Drive as _, Journey, Seen};
use crate::plain::Narrator;
use crate::view::Surface;

/// Writes the story to standard output.
#[derive(Debug, Default)]
pub struct Storyteller {
    narrator: Narrator,
    /// How much of what the player pressed was told.
    told: usize,
}

impl<J: Journey> Screen<Presentation<J>> for Storyteller {
    fn draw(&mut self, presentation: &Presentation<J>) -> io::Result<Seen> {
        if presentation.is_in_text() {
            // The whole text is told, not each letter of it.
            return Ok(Seen::ALL);
        }
        let pressed = presentation.pressed();
        let news = pressed.get(self.told..).unwrap_or_default();
        let mut lines: Vec<String> = news
            .iter()
            .map(|news| self.narrator.pressed(news))
            .collect();
        self.told = pressed.len();
        lines.extend(self.narrator.news(presentation.guide()));
        lines.extend(self.narrator.overheard(presentation.guide()));
        let mut output = io::stdout().lock();
        for line in lines {
            writeln!(output, "{line}")?;
        }
        output.flush()?;
        Ok(Seen::ALL)
    }

    fn surface(&self, _presentation: &Presentation<J>) -> io::Result<Surface> {
        Ok(Surface::default())
    }

    /// The terminal's own clipboard takes escape sequences, which have no place here.
    fn copy(&mut self, _text: &str) -> io::Result<()> {
        Err(io::Error::other("there is no clipboard here"))
    }

    fn call_back(&mut self, _title: &str) -> io::Result<()> {
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}
