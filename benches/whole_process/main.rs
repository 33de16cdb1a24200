//! doorkey as a whole process, against what else can ask a server about a public key, and by itself on a terminal.
//!
//! `cargo bench --profile dist --bench whole_process` runs it, on the program that is shipped. It starts an OpenSSH server of its own, as the tests do, and lets every
//! program ask it in turn, A B C A B C and so on, so that whatever else the machine does strikes all of them. The same
//! again through a path on which each round trip takes 100 ms (`contest`). Then a thousand saved connections on fifty
//! servers, and how time and memory grow with their number (`fleet`). Then the wizard: how soon it shows its first picture,
//! and the next after a key or a paste, how much it writes for a spinner, how much memory it has needed, what it does while
//! nobody presses a key, and how large the program is (`terminal`). Named after `--`, a part runs alone.
//!
//! There are no limits here to pass or fail: a machine at work on other things would break them. The number of round
//! trips is held by `tests/round_trips.rs`.

#[cfg(unix)]
mod contest;
#[cfg(unix)]
mod figures;
#[cfg(unix)]
mod fleet;
#[cfg(unix)]
mod memory;
#[cfg(unix)]
#[path = "../../tests/support/pty.rs"]
mod pty;
#[cfg(unix)]
#[path = "../../tests/support/mod.rs"]
mod support;
#[cfg(unix)]
mod terminal;

#[cfg(unix)]
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // What `cargo bench` adds, and `cargo test --benches` does not.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let parts: [(&str, fn()); 3] = [
        ("contest", contest::run),
        ("fleet", fleet::run),
        ("terminal", terminal::run),
    ];
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let all = !parts.iter().any(|(name, _)| named(name));
    for (name, run) in parts {
        if all || named(name) {
            run();
        }
    }
}

#[cfg(not(unix))]
fn main() {}
