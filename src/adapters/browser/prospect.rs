//! What can be said beforehand about a browser.

use super::BROWSER;
use super::variable::{self, Writing};

/// Files that container engines put into a container: Docker, and Podman.
const CONTAINER_FILES: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];

/// The one program that opens pages without a display of this system's: it asks Windows around it.
const OF_WINDOWS: &str = "powershell.exe";

/// Whether a page opens in a browser from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prospect {
    /// Everything for it is here.
    Likely,
    /// This is a container with a display, behind which there may be somebody or nobody.
    InContainer,
    /// Something for it is missing, and what.
    None(&'static str),
}

/// What this system is, as far as it matters for a browser.
pub(super) struct System<'a> {
    /// A variable of the environment; an empty one is none.
    pub(super) variables: &'a dyn Fn(&str) -> Option<String>,
    /// The programs that open pages here.
    pub(super) openers: &'a [&'a str],
    /// Whether a program is installed.
    pub(super) is_installed: &'a dyn Fn(&str) -> bool,
    /// Whether there is such a file.
    pub(super) is_file: &'a dyn Fn(&str) -> bool,
    /// Whether pages are shown through X11 or Wayland here.
    pub(super) needs_display: bool,
}

impl System<'_> {
    /// A `BROWSER` that somebody set is always taken at its word: editors set it to reach the browser outside of a container
    /// or at the other end of SSH.
    pub(super) fn prospect(&self) -> Prospect {
        let variables = self.variables;
        let is_set = |name| variables(name).is_some();
        if variables(BROWSER).is_some_and(|browser| is_command(&browser)) {
            return Prospect::Likely;
        }
        if is_set("SSH_CONNECTION") || is_set("SSH_TTY") {
            return Prospect::None("this is an SSH session");
        }
        let is_container = self.is_container();
        let has_display = !self.needs_display || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
        let can_show = |opener: &&&str| has_display || **opener == OF_WINDOWS;
        let mut able = self.openers.iter().filter(can_show).peekable();
        if able.peek().is_none() {
            Prospect::None(if is_container {
                "this is a container without a graphical display"
            } else {
                "there is no graphical display here"
            })
        } else if !able.any(|opener| (self.is_installed)(opener)) {
            Prospect::None("no program that opens pages is installed")
        } else if is_container {
            Prospect::InContainer
        } else {
            Prospect::Likely
        }
    }

    fn is_container(&self) -> bool {
        let variables = self.variables;
        CONTAINER_FILES.iter().any(|file| (self.is_file)(file))
            || variables("KUBERNETES_SERVICE_HOST").is_some()
            // Set by Podman, LXC, Flatpak and systemd-nspawn (systemd.io/CONTAINER_INTERFACE).
            || variables("container").is_some()
    }
}

/// Whether there is a command in `BROWSER`.
fn is_command(browser: &str) -> bool {
    !variable::commands(browser, "", Writing::HERE).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a system written as its variables, files and programs: `NAME=value /file program`.
    fn of(written: &str, needs_display: bool, openers: &[&str]) -> Prospect {
        let has = |what: &str| written.split_whitespace().any(|here| here == what);
        let system = System {
            variables: &|wanted| {
                let set = written.split_whitespace();
                let mut set = set.filter_map(|variable| variable.split_once('='));
                let value = set.find_map(|(name, value)| (name == wanted).then_some(value));
                value
                    .filter(|value| !value.is_empty())
                    .map(ToOwned::to_owned)
            },
            openers,
            is_installed: &has,
            is_file: &has,
            needs_display,
        };
        system.prospect()
    }

    #[test]
    fn what_is_missing_is_said_and_a_container_is_not_taken_for_a_desktop() {
        use Prospect::{InContainer, Likely, None};
        const SSH: Prospect = None("this is an SSH session");
        const NO_DISPLAY: Prospect = None("there is no graphical display here");
        const NO_PROGRAM: Prospect = None("no program that opens pages is installed");
        const BARE_CONTAINER: Prospect = None("this is a container without a graphical display");
        for (system, expected) in [
            ("DISPLAY=:0 xdg-open", Likely),
            ("WAYLAND_DISPLAY=wayland-0 gio", Likely),
            ("xdg-open", NO_DISPLAY),
            ("DISPLAY= xdg-open", NO_DISPLAY),
            ("DISPLAY=:0", NO_PROGRAM),
            ("DISPLAY=:0 powershell.exe", NO_PROGRAM),
            ("DISPLAY=:0 SSH_CONNECTION=1 xdg-open", SSH),
            ("DISPLAY=:0 SSH_TTY=/dev/pts/1 xdg-open", SSH),
            ("DISPLAY=:0 xdg-open /.dockerenv", InContainer),
            ("DISPLAY=:0 xdg-open /run/.containerenv", InContainer),
            (
                "DISPLAY=:0 xdg-open KUBERNETES_SERVICE_HOST=10.0.0.1",
                InContainer,
            ),
            ("DISPLAY=:0 xdg-open container=podman", InContainer),
            ("DISPLAY=:0 /.dockerenv", NO_PROGRAM),
            ("xdg-open container=lxc", BARE_CONTAINER),
            ("BROWSER=code", Likely),
            ("BROWSER=code SSH_CONNECTION=1 /.dockerenv", Likely),
            ("BROWSER= DISPLAY=:0 xdg-open /.dockerenv", InContainer),
            ("BROWSER=: xdg-open", NO_DISPLAY),
        ] {
            assert_eq!(of(system, true, &["xdg-open", "gio"]), expected, "{system}");
        }
    }

    #[test]
    fn where_windows_or_the_system_shows_pages_no_display_is_needed() {
        let linux_on_windows = &[OF_WINDOWS, "xdg-open"];
        assert_eq!(
            of("powershell.exe", true, linux_on_windows),
            Prospect::Likely
        );
        assert_eq!(
            of("xdg-open", true, linux_on_windows),
            Prospect::None("no program that opens pages is installed")
        );
        let mac = "/usr/bin/open";
        assert_eq!(of(mac, false, &[mac]), Prospect::Likely);
    }
}
