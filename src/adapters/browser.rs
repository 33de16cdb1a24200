//! Opening a page in a browser, truthfully: asking is all that can be known from here.

#[cfg(unix)]
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::{env, io, thread};

use crate::check::api_access::TOKEN_VARIABLE;

/// Asks a browser to open a page that doorkey built itself. Whether it did can't be seen from here. Fails with the reason
/// why none was asked.
pub fn open(link: &str) -> Result<(), String> {
    if !(link.starts_with("https://") || link.starts_with("http://127.0.0.1:")) {
        return Err("only web addresses are opened".to_owned());
    }
    if let Some(why) = missing() {
        return Err(why);
    }
    let launchers = match env::var("BROWSER") {
        Ok(browser) if !browser.is_empty() => vec![open::with_command(link, browser)],
        _ => open::commands(link),
    };
    let mut why = "there is no program to open pages with".to_owned();
    for launcher in launchers {
        match start(launcher) {
            Ok(()) => return Ok(()),
            Err(error) => why = error.to_string(),
        }
    }
    Err(why)
}

/// Starts a program that outlives doorkey, sees nothing of its terminal, and is not told its token.
fn start(mut launcher: Command) -> io::Result<()> {
    launcher
        .env_remove(TOKEN_VARIABLE)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // A group of its own, so that Ctrl-C in this terminal does not end the browser.
    #[cfg(unix)]
    launcher.process_group(0);
    let mut browser = launcher.spawn()?;
    // Somebody has to hear of its end, or the system keeps its entry for as long as doorkey runs.
    thread::spawn(move || browser.wait());
    Ok(())
}

/// Why no browser can be opened here; `None` if one can be asked. A `BROWSER` that somebody set is always taken at its
/// word.
pub fn missing() -> Option<String> {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    if is_set("BROWSER") {
        None
    } else if is_set("SSH_CONNECTION") || is_set("SSH_TTY") {
        Some("this is an SSH session".to_owned())
    } else if cfg!(all(unix, not(target_os = "macos")))
        && !is_set("DISPLAY")
        && !is_set("WAYLAND_DISPLAY")
    {
        Some("there is no graphical display here".to_owned())
    } else {
        None
    }
}
