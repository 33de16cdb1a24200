//! The verdict rule, written a second time and from the JSON alone: every report that any test makes is held to it.

use serde_json::Value;

/// Asserts of each report in an output that its verdict follows from its rungs. Output that is not JSON has none.
#[track_caller]
pub(crate) fn assert_every_verdict_follows(output: &str) {
    if !output.contains("\"doorkey.check/") {
        return;
    }
    let whole = serde_json::from_str(output).map(|value: Value| vec![value]);
    let lines = || output.lines().map(serde_json::from_str).collect();
    // `--json-lines` has a report on each line. What was cut off, as by a reader that went away, can't be judged.
    let values: Vec<Value> = whole.or_else(|_| lines()).unwrap_or_default();
    for value in &values {
        match value {
            Value::Array(reports) => reports.iter().for_each(assert_follows),
            report => assert_follows(report),
        }
    }
}

#[track_caller]
fn assert_follows(report: &Value) {
    if report["schema"] != "doorkey.check/1" {
        return;
    }
    let proof = report["proof"].as_object().expect("a proof");
    let is_refuted = proof.values().any(|standing| standing == "refuted");
    let is_unusable = report["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .any(|check| (check["id"] == "url" || check["id"] == "key") && check["status"] == "fail");
    let required = report["required"].as_array().expect("required rungs");
    for always in ["reachable", "genuine", "recognised"] {
        assert!(required.iter().any(|rung| rung == always), "{report}");
    }
    let is_climbed = required
        .iter()
        .all(|rung| proof[rung.as_str().expect("a rung's name")] == "proven");
    let expected = match (is_refuted || is_unusable, is_climbed) {
        (true, _) => "not_ready",
        (false, true) => "ready",
        (false, false) => "inconclusive",
    };
    assert_eq!(report["verdict"], expected, "{report}");
}
