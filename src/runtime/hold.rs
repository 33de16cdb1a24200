//! How the terminal is held, as one value: it is given back by whoever comes first, the loop, a signal or a panic on any thread.
//! So it can't belong to the screen, and nobody may wait for a lock.

use std::sync::atomic::{AtomicU8, Ordering};

/// The terminal of this process.
pub(super) static TERMINAL: Hold = Hold(AtomicU8::new(0));

/// What may be true of the terminal.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(super) enum State {
    /// It is taken over, and has to be given back, once.
    Taken = 1,
    /// The process was stopped and goes on: meanwhile somebody else had the terminal.
    Continued = 1 << 1,
    /// It had another size since the last frame, and perhaps has the old one again: what stood on it may be lost.
    Resized = 1 << 2,
    /// Its own screen is shown meanwhile, with plain lines to select.
    Aside = 1 << 3,
    /// It keeps its own title meanwhile, and shows one of ours.
    Titled = 1 << 4,
}

/// What is true of a terminal.
#[derive(Debug)]
pub(super) struct Hold(AtomicU8);

impl Hold {
    /// Whether this is true.
    pub(super) fn is(&self, state: State) -> bool {
        self.0.load(Ordering::SeqCst) & state as u8 != 0
    }

    /// Makes it true. Says whether it was.
    pub(super) fn set(&self, state: State) -> bool {
        self.0.fetch_or(state as u8, Ordering::SeqCst) & state as u8 != 0
    }

    /// Makes it false. Says whether it was true.
    pub(super) fn clear(&self, state: State) -> bool {
        self.0.fetch_and(!(state as u8), Ordering::SeqCst) & state as u8 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_is_set_and_cleared_alone_and_by_the_first_who_comes() {
        let hold = Hold(AtomicU8::new(0));
        assert!(!hold.set(State::Taken) && hold.set(State::Taken));
        assert!(!hold.set(State::Titled));
        assert!(hold.clear(State::Taken) && !hold.clear(State::Taken));
        assert!(hold.is(State::Titled) && !hold.is(State::Taken));
    }
}
