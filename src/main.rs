//! The `doorkey` program: arguments to outcome to exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    doorkey::cli::run().into()
}
