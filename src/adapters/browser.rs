//! Opening a page in a browser, truthfully: asking is all that can be known from here.

use std::env;

/// Asks a browser to open a page that doorkey built itself. Whether it did can't be seen from here. Fails with the reason
/// why none was asked.
pub fn open(link: &str) -> Result<(), String> {
    if !(link.starts_with("https://") || link.starts_with("http://127.0.0.1:")) {
        return Err("only web addresses are opened".to_owned());
    }
    if let Some(why) = missing() {
        return Err(why);
    }
    let asked = match env::var("BROWSER") {
        Ok(browser) if !browser.is_empty() => open::with_detached(link, browser),
        _ => open::that_detached(link),
    };
    asked.map_err(|error| error.to_string())
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
