//! Tells the program which commit it was built from, for `--version`.

#[path = "build/commit.rs"]
mod commit;

use std::env;
use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build/commit.rs");
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    // A development build does not follow each commit, or each would compile everything again.
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let mut told = format!("{version} (development build)");
    if is_release {
        let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
        let found = commit::find(&root);
        for file in found.files {
            println!("cargo::rerun-if-changed={}", file.display());
        }
        told = match found.commit {
            Some(commit) => format!("{version} ({commit})"),
            None => version,
        };
    }
    println!("cargo::rustc-env=DOORKEY_VERSION={told}");
}
