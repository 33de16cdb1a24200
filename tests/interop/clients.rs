//! Clients for Bitbucket that people use, unchanged, against the simulation: what they take for Bitbucket, doorkey's tests may
//! take for it.

use std::process::Command;

use doorkey::bitbucket::Edition;
use doorkey::simulator::{Options, Simulator};
use serde_json::{Value, json};

use crate::python::{in_package, python_with};
use crate::support::requirements;

const KEY: &str = include_str!("../fixtures/keys/ed25519.pub");

fn start(edition: Edition) -> Simulator {
    let names = ["acme/reports", "fleet/one", "fleet/two"];
    let repositories = names.map(|name| name.parse().unwrap()).to_vec();
    let options = Options {
        repositories,
        ..Options::new(edition)
    };
    Simulator::start(options).unwrap()
}

/// What the script told, run with this module of Python's. Nothing if the module is not installed.
fn told_by(module: &str, script: &str, simulator: &Simulator) -> Option<Value> {
    let python = python_with(module);
    let missing = python.is_none().then_some(module);
    if !requirements::nothing_missing(missing) {
        return None;
    }
    let output = Command::new(python?)
        .arg(in_package("tests/interop/clients").join(script))
        .args([&simulator.api(), simulator.token(), KEY.trim()])
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn atlassian_python_api_finds_its_way_through_cloud() {
    let simulator = start(Edition::Cloud);
    let Some(told) = told_by("atlassian", "atlassian_cloud.py", &simulator) else {
        return;
    };
    assert_eq!(told["workspaces"], json!(["acme", "globex", "fleet"]));
    assert_eq!(told["projects"], json!(["ACME", "DATA", "WEB"]));
    assert_eq!(
        told["repositories"],
        json!(["analytics-platform", "legacy-reports", "reports", "website"])
    );
    assert_eq!(
        told["in_data"],
        json!(["analytics-platform", "legacy-reports"])
    );
    assert_eq!(
        told["branches"],
        json!(["develop", "feature/orders-model", "main"])
    );
    assert_eq!(told["main"], "main");
    assert_eq!(told["as_basic"], true);
    assert_eq!(told["added"]["type"], "deploy_key");
    assert_eq!(told["listed"], json!([told["added"]]));
    assert_eq!(told["changed"], "renamed");
    assert_eq!(told["left"], json!([]));
    assert_eq!(told["missing"][0], 404);
    let words = told["missing"][1].as_str().unwrap();
    assert!(
        words.starts_with("You may not have access to this repository or it no longer exists"),
        "{words}"
    );
    assert_eq!(told["refused"][0], 401);
    let scheme = told["refused"][2].as_str().unwrap();
    assert!(
        scheme.contains("Bearer") && scheme.contains("Basic"),
        "{scheme}"
    );
}

#[test]
fn atlassian_python_api_finds_its_way_through_data_center() {
    let simulator = start(Edition::DataCenter);
    let Some(told) = told_by("atlassian", "atlassian_data_center.py", &simulator) else {
        return;
    };
    for way in ["bearer", "basic"] {
        assert_eq!(told[way], json!(["ACME", "FLEET", "OPS"]));
    }
    let repositories = json!(["analytics-platform", "legacy-reports", "reports", "website"]);
    assert_eq!(told["repositories"], repositories);
    assert_eq!(told["objects"], repositories);
    assert_eq!(told["exists"], json!([true, false]));
    assert_eq!(told["branches"], json!(["master", "redesign"]));
    assert_eq!(told["default"], "master");
    let address = simulator.ssh_address();
    assert_eq!(told["ssh"]["enabled"], true);
    assert_eq!(told["ssh"]["accessKeysEnabled"], true);
    assert_eq!(told["ssh"]["baseUrl"], format!("ssh://{address}"));
    assert_eq!(told["ssh"]["port"], address.port());
    let fingerprint = told["ssh"]["fingerprint"]["value"].as_str().unwrap();
    assert_eq!(simulator.fingerprint(), format!("SHA256:{fingerprint}"));
    assert_eq!(told["properties"]["displayName"], "Bitbucket");
    assert_eq!(told["added"]["permission"], "REPO_WRITE");
    assert_eq!(told["added"]["key"]["expiryDays"], 30);
    assert_eq!(told["changed"], "REPO_READ");
    assert_eq!(told["one"], told["added"]["key"]["text"]);
    assert_eq!(told["listed"], json!([told["added"]["key"]["id"]]));
    assert_eq!(told["left"], json!([]));
}

#[test]
fn stashy_adds_a_key_on_data_center() {
    let simulator = start(Edition::DataCenter);
    let Some(told) = told_by("stashy", "stashy_data_center.py", &simulator) else {
        return;
    };
    assert_eq!(told["projects"], json!(["ACME", "FLEET", "OPS"]));
    let address = simulator.ssh_address();
    assert_eq!(
        told["clone"]["ssh"],
        format!("ssh://git@{address}/acme/website.git")
    );
    assert_eq!(told["default"], "master");
    assert_eq!(told["listed"], json!([["REPO_READ", KEY.trim()]]));
    let twice = told["twice"].as_str().unwrap();
    assert!(twice.contains("already used to access"), "{twice}");
    let missing = told["missing"].as_str().unwrap();
    assert!(
        missing.contains("Repository ACME/nowhere does not exist."),
        "{missing}"
    );
}
