//! Demonstrations: what the embedded Bitbucket does and when, what the presenter may say, and a demo that plays itself. All
//! of it is data of a scenario (`assets/demo/`); here is what reads it, and decides what happens next.

mod condition;
mod key_name;
mod pace;
mod player;
mod presentation;
mod scenario;

pub use condition::{Condition, Moment};
pub use pace::{NotAPace, Pace};
pub use player::Player;
pub use presentation::{Presentation, Pressed};
pub use scenario::{Guided, Happening, Keys, Note, Place, Play, Scenario, Visit, What};
