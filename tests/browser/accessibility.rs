//! Whether everybody can use the page: names and roles for those who hear it, the keyboard alone, contrast, and a narrow screen.

use doorkey::bitbucket::Edition;
use doorkey::simulator::Simulator;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::{EDITIONS, listed, new_key, start};

const TAB: &str = "\u{e004}";

/// A simulation with two keys of the same label.
fn with_keys(edition: Edition) -> Simulator {
    let simulator = start(edition);
    for _ in 0..2 {
        simulator.add_key(&new_key()).unwrap();
    }
    simulator
}

/// Opens the page, and there tries in vain to add a key, so that there is an error to see.
fn open_with_error(browser: &Browser, simulator: &Simulator) {
    browser.open(&simulator.web_page());
    browser.find("#key").enter("nonsense");
    browser.find(crate::ADD).click();
    browser.wait_for_element("#key-error");
}

/// The names of what the tabulator leads to, in its order. What has several stops, such as a date, counts once.
fn tab_order(browser: &Browser) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for _ in 0..30 {
        browser.press(TAB);
        let focused = browser.focused();
        if focused.property("tagName") == json!("BODY") {
            break;
        }
        let outline = browser.evaluate(
            "const style = getComputedStyle(document.activeElement); return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2",
        );
        let name = focused.label();
        assert_eq!(outline, json!(true), "the focus on {name} can't be seen");
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    names
}

#[test]
fn the_keyboard_alone_reaches_all_of_it_in_the_order_it_is_read() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    for (edition, fields) in [
        (Edition::Cloud, &["Label", "Key", "Add SSH key"][..]),
        (
            Edition::DataCenter,
            &["Read", "Key", "Expiry (optional)", "Add key"],
        ),
    ] {
        let simulator = with_keys(edition);
        browser.open(&simulator.web_page());
        let mut expected = vec!["Skip to content".to_owned(), "Repositories".to_owned()];
        expected.extend(
            listed(&simulator)
                .iter()
                .map(|key| format!("Delete access key {}, {}", key.label, key.fingerprint())),
        );
        expected.extend(fields.iter().map(|&field| field.to_owned()));
        assert_eq!(tab_order(&browser), expected);
        // Adding a key takes no mouse.
        browser.open(&simulator.web_page());
        while browser.focused().property("id") != json!("key") {
            browser.press(TAB);
        }
        browser.press(&new_key());
        while browser.focused().property("type") != json!("submit") {
            browser.press(TAB);
        }
        browser.press(" ");
        browser.wait_for("was added.");
        assert_eq!(listed(&simulator).len(), 3);
    }
}

#[test]
fn everything_has_a_name_and_a_role_and_a_place() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    for simulator in EDITIONS.map(with_keys) {
        open_with_error(&browser, &simulator);
        assert_eq!(browser.find("html").property("lang"), json!("en"));
        for (selector, role, name) in [
            ("aside", "complementary", "Simulation"),
            ("nav", "navigation", "Where you are"),
            ("main", "main", ""),
            ("table", "table", "Access keys of this repository"),
            ("tbody th", "rowheader", "Coalesce Quality"),
            ("thead th", "columnheader", "Label"),
            ("section", "region", "Add key"),
            ("[role=alert]", "alert", ""),
            ("#key", "textbox", "Key"),
        ] {
            let element = browser.find(selector);
            assert_eq!(
                (element.role(), element.label()),
                (role.to_owned(), name.to_owned()),
                "{selector}"
            );
        }
        // What is wrong is said at the top, and beside the field that has the focus then.
        let key = browser.focused();
        assert_eq!(key.property("id"), json!("key"));
        assert_eq!(key.property("ariaInvalid"), json!("true"));
        let described = browser.evaluate(
            "return document.activeElement.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).textContent).join(' ')",
        );
        assert!(
            described
                .as_str()
                .unwrap()
                .starts_with("Invalid SSH Key Paste the public key")
        );
        let strays = browser.evaluate(
            "return [...document.body.children].filter(child => !child.matches('a.skip, aside, header, main')).length",
        );
        assert_eq!(strays, json!(0), "all of it is in a landmark");
        let counts = browser.evaluate(
            "const ids = [...document.querySelectorAll('[id]')].map(element => element.id); return [document.querySelectorAll('h1').length, ids.length - new Set(ids).size, document.querySelectorAll('input:not([id]), textarea:not([id])').length]",
        );
        assert_eq!(
            counts,
            json!([1, 0, 0]),
            "headings, ids twice, fields without a label"
        );
    }
}

/// What is harder to read than WCAG 2.2 allows (1.4.3, and 1.4.11 for the edges of fields), computed from what the browser draws.
const TOO_FAINT: &str = r"
    const channels = colour => colour.match(/[\d.]+/g).map(Number);
    const luminance = ([red, green, blue]) => {
        const [r, g, b] = [red, green, blue].map(value => value / 255)
            .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one, other) => {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    };
    const ground = element => {
        for (let at = element; at; at = at.parentElement) {
            const colour = channels(getComputedStyle(at).backgroundColor);
            if (colour.length < 4 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    const found = [];
    let looked = 0;
    for (const element of document.body.querySelectorAll('*')) {
        const style = getComputedStyle(element);
        const says = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
        if (says || element.matches('input, textarea')) {
            const size = parseFloat(style.fontSize);
            const isLarge = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
            looked += 1;
            const ratio = contrast(channels(style.color), ground(element));
            if (ratio < (isLarge ? 3 : 4.5)) found.push([element.outerHTML, ratio]);
        }
        if (element.matches('input[type=text], input[type=date], textarea')) {
            const ratio = contrast(channels(style.borderTopColor), ground(element.parentElement));
            if (ratio < 3) found.push(['edge of ' + element.outerHTML, ratio]);
        }
    }
    return [looked > 15, found];
";

#[test]
fn it_can_be_read_in_light_and_dark() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    let ground = || browser.evaluate("return getComputedStyle(document.body).backgroundColor");
    let mut grounds: Vec<Value> = Vec::new();
    for scheme in ["light", "dark"] {
        browser.prefer(scheme);
        for simulator in EDITIONS.map(with_keys) {
            open_with_error(&browser, &simulator);
            assert_eq!(browser.evaluate(TOO_FAINT), json!([true, []]), "{scheme}");
            browser.find("#key").enter(&new_key());
            browser.find(crate::ADD).click();
            browser.wait_for("was added.");
            assert_eq!(browser.evaluate(TOO_FAINT), json!([true, []]), "{scheme}");
        }
        grounds.push(ground());
    }
    assert_ne!(grounds[0], grounds[1], "both were seen");
    // It would notice.
    browser.evaluate("document.querySelector('h1').style.color = '#333'");
    assert_ne!(browser.evaluate(TOO_FAINT), json!([true, []]));
}

#[test]
fn on_a_narrow_screen_nothing_has_to_be_moved_sideways() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    browser.narrow_to(320);
    for simulator in EDITIONS.map(with_keys) {
        open_with_error(&browser, &simulator);
        let widths = "const page = document.documentElement; return [innerWidth, page.scrollWidth - page.clientWidth]";
        assert_eq!(browser.evaluate(widths), json!([320, 0]));
        let outside = "return [...document.querySelectorAll('button, input, textarea, td, code, aside')].filter(element => { const place = element.getBoundingClientRect(); return place.left < 0 || place.right > 320 }).map(element => element.outerHTML)";
        assert_eq!(browser.evaluate(outside), json!([]));
        let tall = "return Math.max(...[...document.querySelectorAll('code')].map(code => code.getBoundingClientRect().height))";
        let tall = browser.evaluate(tall).as_f64().unwrap();
        assert!(
            tall < 60.0,
            "a fingerprint takes two lines, not {tall} pixels"
        );
        let banner = "return document.querySelector('aside').getBoundingClientRect().width - document.documentElement.clientWidth";
        assert_eq!(browser.evaluate(banner), json!(0));
        // A row is still one for those who hear it.
        assert_eq!(browser.find("tbody tr").role(), "row");
        assert_eq!(browser.find("tbody td").role(), "cell");
    }
}
