//! Any text as the file of saved connections.

use doorkey::connections::Connections;

use crate::{assert_harmless, assert_kept, text};

pub fn run(data: &[u8]) {
    match Connections::from_file(&text(data)) {
        Ok(connections) => assert_kept(&connections),
        Err(problem) => assert_harmless(&problem.to_string()),
    }
}
