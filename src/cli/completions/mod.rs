//! `doorkey completions`: what a shell needs to complete doorkey's arguments.
//!
//! What can stand at the cursor is said in one place for all shells (`candidates.rs`), from the definitions of the commands. Each
//! shell's script only asks for it (`complete.rs`) and shows it in that shell's way.

mod candidates;
pub(super) mod complete;

use clap::{Args, ValueEnum};

use super::Exit;
use super::answer::Answer;

/// Print the completions for a shell
///
/// bash:
///   doorkey completions bash > ~/.local/share/bash-completion/completions/doorkey
///
/// zsh, with ~/.zfunc in $fpath before compinit:
///   doorkey completions zsh > ~/.zfunc/_doorkey
///
/// fish:
///   doorkey completions fish > ~/.config/fish/completions/doorkey.fish
///
/// elvish, in rc.elv:
///   eval (doorkey completions elvish | slurp)
///
/// PowerShell, in $PROFILE:
///   doorkey completions powershell | Out-String | Invoke-Expression
#[derive(Clone, Copy, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// The shell to complete in
    #[arg(value_enum)]
    shell: Shell,
}

/// A shell that is known here.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

impl Shell {
    /// What it reads once, to ask doorkey from then on.
    const fn script(self) -> &'static str {
        match self {
            Shell::Bash => include_str!("doorkey.bash"),
            Shell::Elvish => include_str!("doorkey.elv"),
            Shell::Fish => include_str!("doorkey.fish"),
            Shell::Powershell => include_str!("doorkey.ps1"),
            Shell::Zsh => include_str!("doorkey.zsh"),
        }
    }
}

/// Runs the command.
pub(super) fn run(arguments: Arguments) -> Exit {
    Answer::result(arguments.shell.script()).print()
}
