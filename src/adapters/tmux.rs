//! tmux's paste buffer. A program inside tmux reaches the clipboard of the terminal outside only through tmux, and by default tmux
//! does not listen to escape sequences of programs (`set-clipboard external`), but does to its own command.

use std::env;
use std::io::{self, Write};
use std::process::{Command, Stdio};

use crate::check::api_access::TOKEN_VARIABLE;

/// Whether this runs inside tmux.
pub fn is_around() -> bool {
    env::var_os("TMUX").is_some_and(|value| !value.is_empty())
}

/// Puts a text into the paste buffer, and has tmux hand it to the terminal's clipboard (`-w`, since tmux 3.2). Says whether it is in
/// the buffer.
pub fn load_buffer(text: &str) -> bool {
    is_around() && (load(&["load-buffer", "-w", "-"], text) || load(&["load-buffer", "-"], text))
}

fn load(arguments: &[&str], text: &str) -> bool {
    let run = || -> io::Result<bool> {
        let mut tmux = Command::new("tmux")
            .args(arguments)
            .env_remove(TOKEN_VARIABLE)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(mut input) = tmux.stdin.take() {
            // One that does not know the option ends without reading; its status tells.
            input.write_all(text.as_bytes()).ok();
        }
        Ok(tmux.wait()?.success())
    };
    run().unwrap_or(false)
}
