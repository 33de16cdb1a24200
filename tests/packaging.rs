//! `packaging/make` and what it is made of, as far as no package has to be built for it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may fail this way")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(command: &mut Command) -> (Option<i32>, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.current_dir(root()).output().unwrap();
    let said = [stdout, stderr].concat();
    (status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn a_wrong_target_gets_the_list() {
    let (status, said) = run(Command::new("packaging/make").arg("linux_riscv"));
    assert_eq!(status, Some(2), "{said}");
    assert!(said.starts_with("No such target: linux_riscv"), "{said}");
    for target in ["linux_amd64", "windows_amd64", "wheel", "deb", "manifests"] {
        assert!(said.contains(target), "{said}");
    }
}

#[test]
fn a_missing_tool_is_named_before_anything_is_made() {
    // A copy, so that nothing in it is there but what make leaves.
    let folder = TempDir::new().unwrap();
    let copy = folder.path().join("packaging");
    fs::create_dir(&copy).unwrap();
    for file in ["make", "common.sh"] {
        fs::copy(root().join("packaging").join(file), copy.join(file)).unwrap();
    }
    let path = folder.path().join("path");
    fs::create_dir(&path).unwrap();
    for program in ["bash", "dirname", "env"] {
        let found = ["/usr/bin", "/bin"].map(|place| Path::new(place).join(program));
        let found = found.iter().find(|file| file.exists()).unwrap();
        std::os::unix::fs::symlink(found, path.join(program)).unwrap();
    }
    let mut make = Command::new(path.join("bash"));
    let (status, said) = run(make.arg(copy.join("make")).env("PATH", &path));
    assert_eq!(status, Some(1), "{said}");
    assert_eq!(said, "packaging: cargo is missing. Nothing was built.\n");
    assert!(!folder.path().join("dist").exists() && !folder.path().join("target").exists());
}

/// Runs a command of `packaging/pack.py` on a text.
fn packed(command: &str, text: &str, repository: &str) -> Option<String> {
    let folder = TempDir::new().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    fs::write(&from, text).unwrap();
    let mut python = Command::new("python3");
    python
        .args(["packaging/pack.py", command])
        .args([&from, &to]);
    python.env("PACKAGE_REPOSITORY", repository);
    python
        .env("PACKAGE_COMMIT", "0123456789ab")
        .env("PACKAGE_VERSION", "1.2.3");
    let (status, said) = run(&mut python);
    assert_eq!(status, Some(0), "{said}");
    fs::read_to_string(&to).ok()
}

#[test]
fn a_readme_elsewhere_leads_to_the_repository_or_nowhere() {
    let text = "![A picture [of it]](assets/demo.gif)\n\n[Guide](docs/guide.md#steps) [Rust](https://rustup.rs) [up](#top)\n";
    assert_eq!(
        packed("readme", text, "https://github.com/o/r").unwrap(),
        "![A picture [of it]](https://github.com/o/r/raw/0123456789ab/assets/demo.gif)\n\n\
         [Guide](https://github.com/o/r/blob/0123456789ab/docs/guide.md#steps) [Rust](https://rustup.rs) [up](#top)\n"
    );
    assert_eq!(
        packed("readme", text, "").unwrap(),
        "\n\nGuide [Rust](https://rustup.rs) [up](#top)\n"
    );
}

#[test]
fn a_description_names_an_address_only_where_there_is_one() {
    let text = "version: @version@\nhomepage: @repository@\n";
    assert_eq!(packed("fill", text, "").unwrap(), "version: 1.2.3\n");
    assert_eq!(
        packed("fill", text, "https://example.com/r").unwrap(),
        "version: 1.2.3\nhomepage: https://example.com/r\n"
    );
}

#[test]
fn checksums_are_those_that_sha256sum_checks() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.tar.gz"), "abc").unwrap();
    let mut python = Command::new("python3");
    let (status, said) = run(python
        .args(["packaging/pack.py", "checksums"])
        .arg(folder.path()));
    assert_eq!(status, Some(0), "{said}");
    // FIPS 180-4's own example.
    assert_eq!(
        fs::read_to_string(folder.path().join("checksums.txt")).unwrap(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.tar.gz\n"
    );
}

/// The stated version of Rust is one that every dependency builds with, and clippy (`incompatible_msrv`) holds our own code to it.
#[test]
fn no_dependency_needs_a_newer_rust_than_is_stated() {
    let mut cargo = Command::new(env!("CARGO"));
    // Only what this machine builds: that was fetched.
    let (_, target) = env!("DOORKEY_VERSION").rsplit_once(' ').unwrap();
    let target = target.trim_end_matches(')');
    cargo.args(["metadata", "--locked", "--offline", "--format-version", "1"]);
    cargo.args(["--filter-platform", target]);
    let metadata = cargo.current_dir(root()).output().unwrap();
    assert!(metadata.status.success(), "{metadata:?}");
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let number = |version: &str| -> Vec<u32> {
        let mut parts: Vec<u32> = version
            .split('.')
            .map(|part| part.parse().unwrap())
            .collect();
        parts.resize(3, 0);
        parts
    };
    let stated = number(env!("CARGO_PKG_RUST_VERSION"));
    for package in metadata["packages"].as_array().unwrap() {
        let needs = package["rust_version"].as_str().map_or(vec![0; 3], number);
        assert!(needs <= stated, "{} needs {needs:?}", package["name"]);
    }
}
