//! The simulation's answers have every field that the published descriptions require or, where they require none, every
//! field that they show for what is there. Facts taken from the descriptions, not copies of them.
//!
//! Source: the `OpenAPI` descriptions at developer.atlassian.com/cloud/bitbucket (2026) and /server/bitbucket (9.6).

use doorkey::bitbucket::Edition;
use doorkey::simulator::Place;
use serde_json::Value;

use crate::world::{REPOSITORY, World, repository};

/// What a description says of an object: where it is, its `type` on Cloud, and its fields.
type Described = (&'static str, Option<&'static str>, &'static [&'static str]);

const PAGE: &[&str] = &["values", "pagelen", "page", "size"];

/// On Cloud every object requires its `type`; the other fields are those of the description that are not optional extras.
const CLOUD: [Described; 12] = [
    (
        "/2.0/repositories/acme/analytics-platform/deploy-keys",
        None,
        PAGE,
    ),
    (
        "/2.0/repositories/acme/analytics-platform/deploy-keys#values/0",
        Some("deploy_key"),
        &[
            "key",
            "label",
            "comment",
            "added_on",
            "created_on",
            "last_used",
            "links/self/href",
            "repository/type",
            "repository/full_name",
            "repository/uuid",
        ],
    ),
    (
        "/2.0/repositories/acme/analytics-platform/deploy-keys/ID",
        Some("deploy_key"),
        &["key", "id"],
    ),
    (
        "/2.0/workspaces/acme/projects/DATA/deploy-keys#values/0",
        Some("project_deploy_key"),
        &[
            "key",
            "label",
            "comment",
            "added_on",
            "last_used",
            "links/self/href",
            "project/type",
            "project/key",
        ],
    ),
    (
        "/2.0/repositories/acme/analytics-platform",
        Some("repository"),
        &[
            "uuid",
            "full_name",
            "name",
            "slug",
            "is_private",
            "scm",
            "owner/type",
            "created_on",
            "updated_on",
            "size",
            "language",
            "has_issues",
            "has_wiki",
            "fork_policy",
            "project/key",
            "project/type",
            "mainbranch/name",
            "mainbranch/type",
            "links/self/href",
            "links/clone/0/name",
        ],
    ),
    ("/2.0/repositories/acme", None, PAGE),
    (
        "/2.0/workspaces/acme",
        Some("workspace"),
        &[
            "uuid",
            "name",
            "slug",
            "is_private",
            "created_on",
            "updated_on",
            "links/self/href",
            "links/projects/href",
            "links/repositories/href",
            "links/members/href",
        ],
    ),
    (
        "/2.0/workspaces/acme/projects/DATA",
        Some("project"),
        &[
            "uuid",
            "key",
            "name",
            "owner/type",
            "description",
            "is_private",
            "created_on",
            "updated_on",
            "has_publicly_visible_repos",
            "links/self/href",
        ],
    ),
    (
        "/2.0/user/workspaces#values/0",
        Some("workspace_access"),
        &["workspace/slug", "workspace/type", "administrator"],
    ),
    (
        "/2.0/user",
        Some("user"),
        &["uuid", "display_name", "created_on"],
    ),
    (
        "/2.0/repositories/acme/analytics-platform/refs/branches#values/0",
        Some("branch"),
        &[
            "name",
            "target/hash",
            "target/type",
            "links/self/href",
            "merge_strategies",
            "default_merge_strategy",
        ],
    ),
    (
        "/2.0/repositories/acme/analytics-platform/refs/branches/feature/orders-model",
        Some("branch"),
        &["name", "target/hash"],
    ),
];

const DATA_CENTER_PAGE: &[&str] = &["values", "size", "limit", "start", "isLastPage"];

const DATA_CENTER_KEY: &[&str] = &[
    "key/id",
    "key/text",
    "key/label",
    "key/algorithmType",
    "key/bitLength",
    "key/createdDate",
    "key/fingerprint",
    "key/lastAuthenticated",
    "permission",
    "repository/slug",
    "repository/id",
    "repository/name",
    "repository/project/key",
];

/// Data Center's description requires a project's key and nothing else.
const DATA_CENTER: [Described; 10] = [
    (
        "/rest/keys/latest/projects/ACME/repos/analytics-platform/ssh",
        None,
        DATA_CENTER_PAGE,
    ),
    (
        "/rest/keys/1.0/projects/ACME/repos/analytics-platform/ssh#values/0",
        None,
        DATA_CENTER_KEY,
    ),
    (
        "/rest/keys/latest/projects/ACME/repos/analytics-platform/ssh/ID",
        None,
        DATA_CENTER_KEY,
    ),
    (
        "/rest/keys/latest/projects/ACME/ssh#values/0",
        None,
        &["key/id", "key/text", "permission", "project/key"],
    ),
    (
        "/rest/api/latest/projects/ACME/repos/analytics-platform",
        None,
        &[
            "slug",
            "id",
            "name",
            "scmId",
            "state",
            "statusMessage",
            "forkable",
            "archived",
            "public",
            "hierarchyId",
            "scope",
            "project/key",
            "links/clone/0/href",
            "links/self/0/href",
        ],
    ),
    (
        "/rest/api/latest/projects/ACME",
        None,
        &[
            "key",
            "id",
            "name",
            "public",
            "type",
            "scope",
            "links/self/0/href",
        ],
    ),
    (
        "/rest/api/latest/projects/ACME/repos/analytics-platform/branches#values/0",
        None,
        &[
            "id",
            "displayId",
            "type",
            "latestCommit",
            "latestChangeset",
            "default",
        ],
    ),
    (
        "/rest/api/latest/projects/ACME/repos/analytics-platform/default-branch",
        None,
        &["id", "displayId", "type"],
    ),
    (
        "/rest/ssh/latest/settings",
        None,
        &[
            "enabled",
            "baseUrl",
            "port",
            "accessKeysEnabled",
            "fingerprint/algorithm",
            "fingerprint/value",
        ],
    ),
    (
        "/rest/api/latest/application-properties",
        None,
        &["version", "buildNumber", "buildDate", "displayName"],
    ),
];

/// The status of an answer and its JSON.
fn get(world: &World, path: &str) -> (u16, Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into();
    let mut response = agent
        .get(format!("{}{path}", world.simulator.api()))
        .header(
            "Authorization",
            format!("Bearer {}", world.simulator.token()),
        )
        .call()
        .expect("an answer");
    let text = response.body_mut().read_to_string().expect("text");
    let status = response.status().as_u16();
    (status, serde_json::from_str(&text).expect("JSON"))
}

fn at<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    body.pointer(&format!("/{path}"))
}

#[test]
fn answers_have_what_their_descriptions_require() {
    for (edition, described, project) in [
        (Edition::Cloud, &CLOUD[..], "acme/DATA"),
        (Edition::DataCenter, &DATA_CENTER[..], "ACME"),
    ] {
        let world = World::new(edition);
        let place = Place::Project(project.to_owned());
        world.add(
            &crate::world::new_key(),
            &place,
            doorkey::simulator::Permission::Read,
        );
        let id = world
            .add(
                &world.key,
                &repository(REPOSITORY),
                doorkey::simulator::Permission::Read,
            )
            .id;
        world.simulator.vendor_connects(&world.key.line());
        for (address, kind, fields) in described {
            let (path, inside) = address.split_once('#').unwrap_or((address, ""));
            for path in [
                path.replace("ID", &id.to_string()),
                format!("{}/", path.replace("ID", &id.to_string())),
            ] {
                let (status, body) = get(&world, &path);
                assert_eq!(status, 200, "{path}");
                let body = if inside.is_empty() {
                    Some(&body)
                } else {
                    at(&body, inside)
                };
                let body = body.unwrap_or_else(|| panic!("{address}: nothing there"));
                if let Some(kind) = kind {
                    assert_eq!(body["type"], *kind, "{address}");
                }
                for field in *fields {
                    assert!(
                        at(body, field).is_some(),
                        "{address}: {field} is missing in {body}"
                    );
                }
            }
        }
    }
}

#[test]
fn errors_are_json_in_the_form_of_their_edition() {
    for path in [
        "/2.0/repositories/acme/nowhere",
        "/2.0/workspaces/nobody",
        "/2.0/nothing/here",
        "/2.0/repositories/acme/website/deploy-keys/7",
    ] {
        let (status, body) = get(&World::cloud(), path);
        assert_eq!(
            (status, &body["type"]),
            (404, &Value::from("error")),
            "{path}"
        );
        assert!(body["error"]["message"].is_string(), "{path}: {body}");
    }
    for (path, exception) in [
        (
            "/rest/api/1.0/projects/ACME/repos/nowhere",
            "NoSuchRepositoryException",
        ),
        (
            "/rest/keys/latest/projects/ACME/repos/nowhere/ssh",
            "NoSuchRepositoryException",
        ),
        (
            "/rest/keys/latest/projects/ACME/repos/website/ssh/7",
            "NoSuchRepositoryException",
        ),
        ("/rest/api/latest/projects/NOPE", "NoSuchProjectException"),
        (
            "/rest/api/latest/projects/NOPE/repos/website",
            "NoSuchProjectException",
        ),
        ("/rest/keys/1.0/projects/NOPE/ssh", "NoSuchProjectException"),
    ] {
        let (status, body) = get(&World::data_center(), path);
        assert_eq!(status, 404, "{path}");
        let error = &body["errors"][0];
        let name = error["exceptionName"].as_str().unwrap_or_default();
        assert!(name.ends_with(exception), "{path}: {body}");
        assert!(
            error["message"].is_string() && error.get("context").is_some(),
            "{path}: {body}"
        );
    }
    let (status, body) = get(&World::data_center(), "/rest/nothing/here");
    assert_eq!((status, &body["status-code"]), (404, &Value::from(404)));
}
