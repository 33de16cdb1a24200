//! What comes from the terminal, in the portions in which it comes.
//!
//! Read by a thread of its own: crossterm's stream hands each event from one thread to another, so that nobody sees which of
//! them came together, and a long paste takes long.

use std::io;
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// How long the rest of a portion is looked for. It is there already, but crossterm does not look at all for no time.
const LOOK: Duration = Duration::from_micros(100);

/// The most events of one portion: what is read at once.
const PORTION: usize = 1024;

/// How many portions may wait.
const WAITING: usize = 16;

/// The portions. They end where the terminal is gone.
pub(super) fn portions() -> io::Result<Receiver<Vec<Event>>> {
    let (sender, receiver) = channel(WAITING);
    thread::Builder::new()
        .name("keyboard".to_owned())
        .spawn(move || read(&sender))?;
    Ok(receiver)
}

fn read(sender: &Sender<Vec<Event>>) {
    while let Ok(first) = event::read() {
        let mut portion = vec![first];
        while portion.len() < PORTION && event::poll(LOOK).is_ok_and(|is_more| is_more) {
            match event::read() {
                Ok(event) => portion.push(event),
                Err(_) => break,
            }
        }
        if sender.blocking_send(portion).is_err() {
            return;
        }
    }
}
