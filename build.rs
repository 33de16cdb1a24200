//! Tells the program which commit and which target it was built for, for `--version`.

#[path = "build/commit.rs"]
mod commit;

use std::env;
use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build/commit.rs");
    let variable = |name| env::var(name).unwrap_or_default();
    let found = commit::find(&PathBuf::from(variable("CARGO_MANIFEST_DIR")));
    let commit = found
        .commit
        .unwrap_or_else(|| "an unknown commit".to_owned());
    let built_from = if variable("PROFILE") == "release" {
        for file in found.files {
            println!("cargo::rerun-if-changed={}", file.display());
        }
        commit
    } else {
        // Following every commit would compile everything again after each. This stays true without.
        format!("development build since {commit}")
    };
    let version = variable("CARGO_PKG_VERSION");
    let target = variable("TARGET");
    println!("cargo::rustc-env=DOORKEY_VERSION={version} ({built_from}, {target})");
}
