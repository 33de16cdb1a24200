//! What Bitbucket writes into an error.
//!
//! Cloud: `{"error": {"message": …, "fields": {"key": […]}, "detail": …}}`, where the detail of a missing scope is
//! `{"required": […], "granted": […]}`, and for one field `{"key": [{"message": …}]}`. Data Center: `{"errors": [{"context":
//! …, "message": …, "exceptionName": …}]}`. What stands before either may write `{"message": …}` or `{"error": …,
//! "error_description": …}`.

use serde_json::Value;

use crate::check::stage::repository::Refused;

/// Where words stand at the top, the most general first.
const AT_THE_TOP: [&str; 7] = [
    "error",
    "errors",
    "message",
    "error_description",
    "detail",
    "key",
    "label",
];

/// Where words stand in one error.
const IN_AN_ERROR: [&str; 3] = ["message", "fields", "detail"];

/// Reads an error of JSON.
pub(super) fn read(status: u16, body: &Value) -> Refused {
    let mut words = Vec::new();
    for name in AT_THE_TOP {
        gather(&body[name], &mut words);
    }
    let required = body["error"]["detail"]["required"].as_array();
    let required = required.into_iter().flatten().filter_map(Value::as_str);
    let exceptions = body["errors"].as_array().into_iter().flatten();
    let exception = exceptions
        .filter_map(|error| error["exceptionName"].as_str())
        .find_map(|name| name.rsplit('.').next().filter(|name| !name.is_empty()));
    Refused {
        status,
        words: (!words.is_empty()).then(|| words.join(" ")),
        exception: exception.map(ToOwned::to_owned),
        required: required.map(ToOwned::to_owned).collect(),
    }
}

/// Collects the texts of a value, each once.
fn gather(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let text = text.trim();
            if !text.is_empty() && !words.iter().any(|known| known == text) {
                words.push(text.to_owned());
            }
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, words)),
        Value::Object(fields) if IN_AN_ERROR.iter().any(|name| fields.contains_key(*name)) => {
            for name in IN_AN_ERROR {
                gather(fields.get(name).unwrap_or(&Value::Null), words);
            }
        }
        // What is wrong with single fields. Which scopes are missing is told apart.
        Value::Object(fields) if !fields.contains_key("required") => {
            fields.values().for_each(|value| gather(value, words));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Forms seen in public logs and documentation, and near relatives.
    #[test]
    fn the_reason_is_found_in_each_form_of_error() {
        let unique = "SSH keys must be unique and deleted keys may take up to 30 days to be removed. Please use a unique SSH key.";
        for (body, words) in [
            (
                json!({"type": "error", "error": {"message": "a"}}),
                Some("a".to_owned()),
            ),
            (
                json!({"type": "error", "error": {"message": "Bad request", "fields": {"key": [unique]}}}),
                Some(format!("Bad request {unique}")),
            ),
            (
                json!({"type": "error", "error": {"message": "Bad request", "fields": {"key": unique}}}),
                Some(format!("Bad request {unique}")),
            ),
            (
                json!({"type": "error", "error": {"fields": {"key": [{"message": "a"}], "label": ["b"]}}}),
                Some("a b".to_owned()),
            ),
            (
                json!({"type": "error", "error": {"message": "Invalid SSH Key", "detail": "ssh-keygen says no"}}),
                Some("Invalid SSH Key ssh-keygen says no".to_owned()),
            ),
            (
                json!({"type": "error", "error": {"message": "scopes", "detail": {"required": ["x"], "granted": ["y"]}}}),
                Some("scopes".to_owned()),
            ),
            (
                json!({"type": "error", "error": {"message": "No", "id": "7", "data": {"shownotfound": true}}}),
                Some("No".to_owned()),
            ),
            (
                json!({"errors": [{"message": "a"}, {"message": "b"}]}),
                Some("a b".to_owned()),
            ),
            (
                json!({"errors": [{"context": "key", "message": "a", "exceptionName": null}]}),
                Some("a".to_owned()),
            ),
            (json!({"errors": ["a", "a"]}), Some("a".to_owned())),
            (json!({"key": [{"message": "a"}]}), Some("a".to_owned())),
            (json!({"key": ["a"]}), Some("a".to_owned())),
            (
                json!({"message": "a", "status-code": 401}),
                Some("a".to_owned()),
            ),
            (
                json!({"error": "invalid_token", "error_description": "It expired."}),
                Some("invalid_token It expired.".to_owned()),
            ),
            (json!({"error": {"message": "  "}}), None),
            (json!({"error": 7}), None),
            (json!(["a"]), None),
            (json!("a"), None),
            (json!(null), None),
        ] {
            assert_eq!(read(400, &body).words, words, "{body}");
        }
    }

    #[test]
    fn what_data_center_calls_an_error_is_told_without_its_package() {
        let long = "com.atlassian.bitbucket.AuthorisationException";
        for (errors, name) in [
            (
                json!([{"message": "a", "exceptionName": long}]),
                Some("AuthorisationException"),
            ),
            (
                json!([{"exceptionName": null}, {"exceptionName": long}]),
                Some("AuthorisationException"),
            ),
            (
                json!([{"exceptionName": "AuthorisationException"}]),
                Some("AuthorisationException"),
            ),
            (json!([{"exceptionName": ""}]), None),
            (json!([{"exceptionName": 7}]), None),
            (json!([]), None),
            (json!({"exceptionName": long}), None),
        ] {
            let told = read(401, &json!({"errors": errors}));
            assert_eq!(told.exception.as_deref(), name, "{errors}");
        }
    }

    #[test]
    fn the_scopes_that_are_asked_for_are_told() {
        let detail = json!({"required": ["admin:repository:bitbucket", 7], "granted": ["read:me"]});
        let told = read(403, &json!({"error": {"message": "no", "detail": detail}}));
        assert_eq!(told.required, ["admin:repository:bitbucket"]);
        assert!(
            read(403, &json!({"error": {"detail": "text"}}))
                .required
                .is_empty()
        );
    }
}
