//! The command in the text does what it says.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use doorkey::bitbucket::Edition;
use doorkey::check::Verdict;
use doorkey::hand_off::TEXT_COLUMNS;
use doorkey::simulator::{Options, Simulator};
use doorkey::text::capitalised;
use proptest::prelude::*;

use super::breaking_out::hostile;
use super::{fenced, hand_off, key_of, reading};

/// What `doorkey` is in the shell, with every connection led to a simulation. A function and no script: one that was just written
/// can't be started while another thread of the tests happens to be starting a program.
fn installed(simulator: &Simulator) -> String {
    format!(
        "doorkey() {{ '{}' \"$@\" --connect-to ::127.0.0.1:{} --host-key {}; }}\n",
        env!("CARGO_BIN_EXE_doorkey"),
        simulator.ssh_address().port(),
        simulator.fingerprint()
    )
}

/// Pastes a line into a shell that knows what was installed.
fn paste(directory: &Path, installed: &str, command: &str) -> Output {
    Command::new("sh")
        .args(["-c", &format!("{installed}{command}")])
        .env_clear()
        .env("HOME", directory)
        .env("PATH", std::env::var_os("PATH").expect("a path"))
        .current_dir(directory)
        .output()
        .expect("a shell")
}

#[test]
fn the_command_proves_it_when_pasted_into_a_shell() {
    for (edition, url) in [
        (
            Edition::Cloud,
            "git@ssh.bitbucket.org:acme/analytics-platform.git",
        ),
        (
            Edition::DataCenter,
            "ssh://git@git.example.com:7999/acme/analytics-platform.git",
        ),
    ] {
        let simulator = Simulator::start(Options::new(edition)).expect("a simulation");
        let directory = tempfile::tempdir().expect("a directory");
        let installed = installed(&simulator);
        // What stands in the comment does nothing.
        let key = key_of("it's \"Ada\" `touch a` $(touch b) ; touch c").expect("a key");
        let reading = reading(url);
        let text = hand_off(&key, &reading).document();
        let blocks = fenced(&text.to_markdown());
        let [line, command] = &blocks[..] else {
            panic!("a key and a command: {blocks:?}");
        };
        assert!(
            text.to_plain_text(TEXT_COLUMNS)
                .contains(command.trim_end())
        );

        let before = paste(directory.path(), &installed, command);
        assert_eq!(before.status.code(), Some(1), "{before:?}");
        simulator
            .add_key(line.trim_end())
            .expect("the key is added");
        let after = paste(directory.path(), &installed, command);
        assert_eq!(after.status.code(), Some(0), "{after:?}");
        let told = String::from_utf8_lossy(&after.stdout).into_owned();
        let promised = capitalised(Verdict::Ready.title());
        assert!(told.contains(&format!("\n{promised} (")), "{told}");
        let left: Vec<_> = fs::read_dir(directory.path()).expect("it").collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_word_comes_out_of_a_shell_as_it_went_in(text in hostile()) {
        // No argument of a program can hold it.
        prop_assume!(!text.contains('\0'));
        let command = format!("printf %s {}", doorkey::text::shell_word(&text));
        let output = Command::new("sh").args(["-c", &command]).output().expect("a shell");
        prop_assert_eq!(String::from_utf8_lossy(&output.stdout), text);
    }
}
