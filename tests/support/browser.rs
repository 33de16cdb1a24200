//! A real browser, driven over `WebDriver` (w3.org/TR/webdriver2): Debian's chromium through its chromedriver.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::http::Request;
use ureq::{Agent, AsSendBody};

use super::requirements;

/// Far more than anything here takes; only reached when something hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a page is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// The name by which `WebDriver` hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What the browser is told. It runs as whoever runs the tests, root among them, and talks to this computer only.
const ARGUMENTS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    // A name that somebody made point here, for a page that must not be fooled by it; no other name leads anywhere.
    "--host-resolver-rules=MAP rebound.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// A browser with one window. Ended when dropped.
pub(crate) struct Browser {
    driver: Child,
    agent: Agent,
    /// Where the session's commands go.
    session: String,
    _profile: TempDir,
}

/// An element of a page.
pub(crate) struct Element<'a> {
    browser: &'a Browser,
    id: String,
}

/// How often chromedriver is started: it ends where another program takes the port between its look for a free one and its use.
const ATTEMPTS: usize = 5;

/// Starts chromedriver, and reads on which port it listens; none if it ended.
fn start_driver(
    home: &Path,
) -> Option<(Child, u16, impl Iterator<Item = String> + Send + 'static)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .env("HOME", home)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver starts");
    let output = driver.stdout.take().expect("its output");
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let port = lines.find_map(|line| {
        let said = line.strip_prefix("ChromeDriver was started successfully on port ")?;
        said.trim_end_matches('.').parse().ok()
    });
    let Some(port) = port else {
        driver.wait().expect("it has ended");
        return None;
    };
    Some((driver, port, lines))
}

impl Browser {
    /// Starts one, with JavaScript or without; none if it is not installed, which is said.
    pub(crate) fn start(with_javascript: bool) -> Option<Self> {
        if !requirements::are_here(&["chromium", "chromedriver"]) {
            return None;
        }
        let chromium = requirements::program("chromium").expect("it is here");
        let profile = TempDir::new().expect("a directory");
        let (driver, port, lines) = (0..ATTEMPTS)
            .find_map(|_| start_driver(profile.path()))
            .expect("chromedriver says its port");
        // Its pipe must not fill up, nor close under it.
        std::thread::spawn(move || lines.for_each(drop));
        let data = format!("--user-data-dir={}", profile.path().join("data").display());
        let arguments: Vec<&str> = ARGUMENTS.into_iter().chain([data.as_str()]).collect();
        // 1 allows, 2 blocks.
        let javascript = if with_javascript { 1 } else { 2 };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(PATIENCE));
        let mut browser = Self {
            driver,
            agent: config.build().new_agent(),
            session: format!("http://127.0.0.1:{port}/session"),
            _profile: profile,
        };
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": chromium,
                "args": arguments,
                "prefs": {"profile.managed_default_content_settings.javascript": javascript},
            },
        }}});
        let begun = browser.post("", &capabilities);
        let id = begun["sessionId"].as_str().expect("a session").to_owned();
        browser.session = format!("{}/{id}", browser.session);
        Some(browser)
    }

    /// Opens an address and waits until it is there.
    pub(crate) fn open(&self, address: &str) {
        self.post("/url", &json!({"url": address}));
    }

    /// The title of the page.
    pub(crate) fn title(&self) -> String {
        text(&self.get("/title"))
    }

    /// All that can be read on the page; none while another takes its place.
    fn body(&self) -> Option<String> {
        let body = json!({"using": "css selector", "value": "body"});
        let found = self.send_json("/element", &body);
        let id = found.1[ELEMENT].as_str()?;
        let (status, said) = self.send(Request::get(self.at(&format!("/element/{id}/text"))), ());
        (status == 200).then(|| text(&said))
    }

    /// Waits until the page says something.
    #[track_caller]
    pub(crate) fn wait_for(&self, words: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let body = self.body();
            if body.as_ref().is_some_and(|body| body.contains(words)) {
                return;
            }
            assert!(Instant::now() < deadline, "never said {words:?}: {body:?}");
            std::thread::sleep(LOOK);
        }
    }

    /// The first element that a CSS selector names.
    #[track_caller]
    pub(crate) fn find(&self, selector: &str) -> Element<'_> {
        let found = self.post(
            "/element",
            &json!({"using": "css selector", "value": selector}),
        );
        Element {
            browser: self,
            id: text(&found[ELEMENT]),
        }
    }

    /// Presses keys wherever the focus is, as a person without a mouse would.
    pub(crate) fn press(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key.to_string()}))
            })
            .collect();
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": actions});
        self.post("/actions", &json!({"actions": [keyboard]}));
    }

    /// What a script gives back.
    pub(crate) fn evaluate(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// Waits until the page has an element, and gives it.
    #[track_caller]
    pub(crate) fn wait_for_element(&self, selector: &str) -> Element<'_> {
        let content = json!({"using": "css selector", "value": selector});
        let deadline = Instant::now() + PATIENCE;
        loop {
            let (status, found) = self.send_json("/element", &content);
            if status == 200 {
                let id = text(&found[ELEMENT]);
                return Element { browser: self, id };
            }
            assert!(Instant::now() < deadline, "there is never a {selector}");
            std::thread::sleep(LOOK);
        }
    }

    /// Puts a text into a field as a paste does: whatever is in it.
    pub(crate) fn fill(&self, selector: &str, text: &str) {
        let script = "document.querySelector(arguments[0]).value = arguments[1]";
        let content = json!({"script": script, "args": [selector, text]});
        self.post("/execute/sync", &content);
    }

    /// The element that has the focus.
    pub(crate) fn focused(&self) -> Element<'_> {
        Element {
            browser: self,
            id: text(&self.get("/element/active")[ELEMENT]),
        }
    }

    /// Shows pages as a screen of this width does.
    pub(crate) fn narrow_to(&self, columns: u16) {
        let metrics =
            json!({"width": columns, "height": 800, "deviceScaleFactor": 1, "mobile": false});
        self.develop("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// Shows pages to somebody who prefers light or dark.
    pub(crate) fn prefer(&self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.develop(
            "Emulation.setEmulatedMedia",
            &json!({"features": [feature]}),
        );
    }

    /// A command of the browser's own protocol for developers.
    fn develop(&self, command: &str, parameters: &Value) {
        let content = json!({"cmd": command, "params": parameters});
        self.post("/goog/cdp/execute", &content);
    }

    /// Whether a dialog of a script is open.
    pub(crate) fn has_dialog(&self) -> bool {
        let (status, _) = self.send(Request::get(self.at("/alert/text")), ());
        status != 404
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.session)
    }

    #[track_caller]
    fn get(&self, path: &str) -> Value {
        succeeded(self.send(Request::get(self.at(path)), ()))
    }

    #[track_caller]
    fn post(&self, path: &str, content: &Value) -> Value {
        succeeded(self.send_json(path, content))
    }

    #[track_caller]
    fn send_json(&self, path: &str, content: &Value) -> (u16, Value) {
        let request = Request::post(self.at(path)).header("content-type", "application/json");
        self.send(request, content.to_string())
    }

    /// Sends a command. Gives the status and the value of the answer.
    #[track_caller]
    fn send(
        &self,
        request: ureq::http::request::Builder,
        content: impl AsSendBody,
    ) -> (u16, Value) {
        let request = request.body(content).expect("a request");
        let mut answer = self.agent.run(request).expect("an answer");
        let status = answer.status().as_u16();
        let body = answer.body_mut().read_to_string().expect("its text");
        let mut body: Value = serde_json::from_str(&body).expect("JSON");
        (status, body["value"].take())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends the browser; its driver is ended either way.
        self.agent.delete(&self.session).call().ok();
        self.driver.kill().ok();
        self.driver.wait().ok();
    }
}

impl Element<'_> {
    /// What can be read of it.
    pub(crate) fn text(&self) -> String {
        text(&self.browser.get(&self.path("text")))
    }

    /// One of its properties.
    pub(crate) fn property(&self, name: &str) -> Value {
        self.browser.get(&self.path(&format!("property/{name}")))
    }

    /// What it is called where it is not seen.
    pub(crate) fn label(&self) -> String {
        text(&self.browser.get(&self.path("computedlabel")))
    }

    /// What it is where it is not seen.
    pub(crate) fn role(&self) -> String {
        text(&self.browser.get(&self.path("computedrole")))
    }

    /// Types into it.
    pub(crate) fn enter(&self, text: &str) {
        self.browser.post(&self.path("clear"), &json!({}));
        self.browser
            .post(&self.path("value"), &json!({"text": text}));
    }

    /// Clicks it.
    pub(crate) fn click(&self) {
        self.browser.post(&self.path("click"), &json!({}));
    }

    fn path(&self, what: &str) -> String {
        format!("/element/{}/{what}", self.id)
    }
}

#[track_caller]
fn succeeded((status, value): (u16, Value)) -> Value {
    assert_eq!(status, 200, "{value}");
    value
}

#[track_caller]
fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
