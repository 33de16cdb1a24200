//! tmux's paste buffer. A program inside tmux reaches the clipboard of the terminal outside only through tmux, and by default tmux
//! does not listen to escape sequences of programs (`set-clipboard external`), but does to its own command.

use std::env;
use std::io::{self, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

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
        ends_well(&mut tmux)
    };
    run().unwrap_or(false)
}

/// Whether it ends well, within the time in which a server that is not stuck has taken the text.
fn ends_well(tmux: &mut Child) -> io::Result<bool> {
    const WITHIN: Duration = Duration::from_secs(2);
    const LOOK: Duration = Duration::from_millis(5);
    let started = Instant::now();
    while started.elapsed() < WITHIN {
        if let Some(status) = tmux.try_wait()? {
            return Ok(status.success());
        }
        thread::sleep(LOOK);
    }
    tmux.kill()?;
    tmux.wait()?;
    Ok(false)
}
