//! Opening a page in a browser, truthfully: that one was asked can be known from here, and whether what asks it failed at once.

mod failure;
mod prospect;
mod variable;

use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, io, thread, vec};

pub use prospect::Prospect;

use super::detached;
use failure::{Cause, Failure};
use prospect::System;
use variable::Writing;

/// Names the commands that open pages.
const BROWSER: &str = "BROWSER";

/// How soon a launcher that does not work has ended. One that goes on is a browser by itself, or is at work.
const MOMENT: Duration = Duration::from_secs(2);

/// Browsers that need a terminal, which doorkey has already. Without one they end well and show nothing.
const IN_A_TERMINAL: [&str; 9] = [
    "browsh",
    "carbonyl",
    "cha",
    "elinks",
    "links",
    "links2",
    "lynx",
    "w3m",
    "www-browser",
];

/// Whether an end with a bad status means that nothing was opened. That of Windows' Explorer does not.
const STATUS_COUNTS: bool = !cfg!(windows);

/// Asks a browser to open a page that doorkey built itself, without waiting for it. Whether it did can't be seen from here.
/// Fails with the reason why none was asked.
pub fn open(link: &str) -> Result<Asked, String> {
    if !is_web_address(link) {
        return Err("only web addresses are opened".to_owned());
    }
    if let Prospect::None(why) = prospect() {
        return Err(why.to_owned());
    }
    let browser = set(BROWSER).unwrap_or_default();
    let named = variable::commands(&browser, link, Writing::HERE);
    if named.is_empty() {
        let launchers = open::commands(link).into_iter().map(Launcher::of_system);
        Trial::new(launchers.collect(), detached::spawn, failure::of_system).begin()
    } else {
        let launchers = named.into_iter().map(Launcher::of_variable);
        Trial::new(launchers.collect(), detached::spawn, failure::of_variable).begin()
    }
}

/// What can be said beforehand about opening pages from here.
pub fn prospect() -> Prospect {
    let commands = open::commands("https://");
    let programs: Vec<String> = commands.iter().map(program).collect();
    let openers: Vec<&str> = programs.iter().map(String::as_str).collect();
    let system = System {
        variables: &set,
        openers: &openers,
        is_installed: &is_installed,
        is_file: &|file| Path::new(file).exists(),
        needs_display: cfg!(all(unix, not(target_os = "macos"))),
    };
    system.prospect()
}

/// Whether this is the address of a web page, with nothing in it that anything could take for more than that.
fn is_web_address(link: &str) -> bool {
    let scheme_fits = ["https://", "http://"]
        .iter()
        .any(|scheme| link.starts_with(scheme));
    scheme_fits && link.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A variable that is set and not empty.
fn set(name: &str) -> Option<String> {
    let value = env::var_os(name)?;
    // Of a name that is no text some part is no longer true, and the program is then not found, which is told.
    (!value.is_empty()).then(|| value.to_string_lossy().into_owned())
}

/// Whether a program is there to be started. On Windows there is always one.
fn is_installed(program: &str) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    cfg!(windows) || env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

fn program(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// A program that opens pages, or asks another one to.
struct Launcher {
    command: Command,
    needs_terminal: bool,
}

impl Launcher {
    fn of_system(command: Command) -> Self {
        Self {
            command,
            needs_terminal: false,
        }
    }

    fn of_variable(named: variable::BrowserCommand) -> Self {
        let name = Path::new(&named.program).file_name();
        let needs_terminal = IN_A_TERMINAL
            .iter()
            .any(|browser| name.is_some_and(|name| name == *browser));
        let mut command = Command::new(named.program);
        command.args(named.arguments);
        Self {
            command,
            needs_terminal,
        }
    }

    fn start(&mut self, start: Start) -> Result<Child, Cause> {
        if self.needs_terminal {
            return Err(Cause::NeedsTerminal);
        }
        start(&mut self.command).map_err(Cause::NotStarted)
    }
}

/// How a launcher is started: so that it outlives doorkey and can't reach its terminal.
type Start = fn(&mut Command) -> io::Result<Child>;

/// Launchers that are tried in turn.
struct Trial {
    left: vec::IntoIter<Launcher>,
    failures: Vec<Failure>,
    start: Start,
    in_words: fn(&[Failure]) -> String,
}

/// A launcher that was started.
struct Started {
    program: String,
    child: Child,
}

/// A browser was asked, by a launcher that may still turn out to fail.
pub struct Asked {
    trial: Trial,
    first: Started,
}

impl Asked {
    /// Tries the other launchers for as long as one fails within a moment, without waiting for it here. If the last one does,
    /// the reason is told.
    pub fn follow(self, failed: impl FnOnce(String) + Send + 'static) {
        self.follow_for(MOMENT, failed);
    }

    fn follow_for(self, moment: Duration, failed: impl FnOnce(String) + Send + 'static) {
        let Self { mut trial, first } = self;
        thread::spawn(move || {
            if let Err(why) = trial.follow(first, moment) {
                failed(why);
            }
        });
    }
}

impl Trial {
    fn new(launchers: Vec<Launcher>, start: Start, in_words: fn(&[Failure]) -> String) -> Self {
        Self {
            left: launchers.into_iter(),
            failures: Vec::new(),
            start,
            in_words,
        }
    }

    fn begin(mut self) -> Result<Asked, String> {
        let first = self.start_next()?;
        Ok(Asked { trial: self, first })
    }

    /// Goes on to the next one for as long as one fails at once.
    fn follow(&mut self, mut started: Started, moment: Duration) -> Result<(), String> {
        while let Some(status) = bad_end(started.child, moment) {
            self.failures.push(Failure {
                program: started.program,
                cause: Cause::Ended(status),
            });
            started = self.start_next()?;
        }
        Ok(())
    }

    fn start_next(&mut self) -> Result<Started, String> {
        for mut launcher in self.left.by_ref() {
            let program = program(&launcher.command);
            match launcher.start(self.start) {
                Ok(child) => return Ok(Started { program, child }),
                Err(cause) => self.failures.push(Failure { program, cause }),
            }
        }
        Err((self.in_words)(&self.failures))
    }
}

/// How a launcher ended, if that was within a moment, and badly.
fn bad_end(mut child: Child, moment: Duration) -> Option<ExitStatus> {
    let (tell, told) = mpsc::channel::<io::Result<ExitStatus>>();
    // Somebody has to hear of its end whenever that is, or the system keeps its entry for as long as doorkey runs.
    thread::spawn(move || tell.send(child.wait()));
    let status = told.recv_timeout(moment).ok()?.ok()?;
    (STATUS_COUNTS && !status.success()).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_opened() {
        for (link, is_one) in [
            (
                "https://bitbucket.org/acme/analytics/admin/access-keys/",
                true,
            ),
            ("http://git.example.com:7990/projects/DATA", true),
            ("http://127.0.0.1:8080/", true),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
            ("--help", false),
            ("", false),
            ("https://example.com/a b", false),
            ("https://example.com/\n--help", false),
            ("https://example.com/ü", false),
        ] {
            assert_eq!(is_web_address(link), is_one, "{link}");
            if !is_one {
                assert!(open(link).is_err(), "{link}");
            }
        }
    }

    #[cfg(unix)]
    mod launchers {
        use std::fs;
        use std::sync::mpsc::{Receiver, channel};

        use super::super::*;

        const LINK: &str = "https://example.org/";
        /// Longer than any of these takes.
        const LONG: Duration = Duration::from_secs(60);

        /// Tries `BROWSER`'s commands. What comes is the reason of a late failure; nothing comes of what did not fail.
        fn begin(browser: &str, moment: Duration) -> (Result<(), String>, Receiver<String>) {
            let commands = variable::commands(browser, LINK, Writing::UNIX);
            let launchers = commands.into_iter().map(Launcher::of_variable).collect();
            let (failed, told) = channel();
            let asked = Trial::new(launchers, Command::spawn, failure::of_variable).begin();
            let begun = asked.map(|asked| {
                asked.follow_for(moment, move |why| failed.send(why).unwrap_or_default());
            });
            (begun, told)
        }

        #[test]
        fn one_that_works_is_asked_with_the_link() {
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("link");
            let script = format!(r#"sh -c 'printf "$0 $#" > {}'"#, file.display());
            let (begun, failed) = begin(&script, LONG);
            assert_eq!(begun, Ok(()));
            assert!(failed.recv().is_err(), "told although it worked");
            assert_eq!(
                fs::read_to_string(file).expect("the link"),
                "https://example.org/ 0"
            );
        }

        #[test]
        fn none_that_can_be_started_is_told_at_once() {
            let (begun, _) = begin("/nowhere/browser:w3m", LONG);
            assert_eq!(
                begun,
                Err("BROWSER is set, but /nowhere/browser was not found, w3m needs a terminal of its own".to_owned())
            );
        }

        #[test]
        fn one_that_fails_gives_way_to_the_next() {
            let folder = tempfile::tempdir().expect("a folder");
            let asked = folder.path().join("asked");
            let browser = format!("/nowhere/browser:false:sh -c 'touch {}'", asked.display());
            let (begun, failed) = begin(&browser, LONG);
            assert_eq!(begun, Ok(()));
            assert!(failed.recv().is_err(), "told although the last one worked");
            assert!(asked.exists());
        }

        #[test]
        fn when_all_have_failed_that_is_told_later() {
            let (begun, failed) = begin("false:sh -c 'exit 4':/nowhere/browser", LONG);
            assert_eq!(begun, Ok(()));
            assert_eq!(
                failed.recv().as_deref(),
                Ok(
                    "BROWSER is set, but false ended with status 1, sh ended with status 4, /nowhere/browser was not found"
                )
            );
        }

        #[test]
        fn one_that_goes_on_is_not_waited_for() {
            let (begun, failed) = begin("sh -c 'sleep 1; exit 1'", Duration::ZERO);
            assert_eq!(begun, Ok(()));
            assert!(failed.recv().is_err(), "told although it went on");
        }
    }
}
