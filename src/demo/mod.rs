//! Demonstrations: what the embedded Bitbucket does and when, what the presenter may say, and a demo that plays itself. All
//! of it is data of a scenario (`assets/demo/`); here is what reads it, and decides what happens next.

mod condition;
mod key_name;
mod player;
mod scenario;

pub use condition::{Condition, Moment};
pub use player::Player;
pub use scenario::{Happening, Note, Place, Play, Scenario, What};
