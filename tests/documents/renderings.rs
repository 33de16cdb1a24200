//! Pictures of the renderings, and what has to be in them.

use doorkey::bitbucket::Edition;
use doorkey::coalesce::Region;
use doorkey::document::Document;
use doorkey::hand_off::{HandOff, TEXT_COLUMNS};

use super::{CLOUD, DATA_CENTER, hand_off, key, reading};

macro_rules! pictures {
    ($name:literal, $document:expr) => {
        let document: Document = $document;
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(concat!($name, "_markdown"), document.to_markdown());
            insta::assert_snapshot!(concat!($name, "_text"), document.to_plain_text(TEXT_COLUMNS));
            insta::assert_snapshot!(concat!($name, "_html"), document.to_html());
        });
    };
}

#[test]
fn cloud_with_a_region() {
    let (key, reading) = (key(), reading(CLOUD));
    let hand_off = HandOff {
        region: Region::from_id("us"),
        allowlist_used: true,
        ..hand_off(&key, &reading)
    };
    pictures!("cloud", hand_off.document());
}

#[test]
fn data_center_with_guesses() {
    let (key, reading) = (key(), reading(DATA_CENTER));
    let hand_off = HandOff {
        address_guessed: true,
        ..hand_off(&key, &reading)
    };
    pictures!("data_center", hand_off.document());
}

#[test]
fn what_is_missing_is_said() {
    let nothing = HandOff {
        edition: Edition::Cloud,
        key: None,
        place: None,
        address: None,
        address_guessed: false,
        region: None,
        allowlist_used: false,
        simulated_page: None,
    };
    let text = nothing.document().to_markdown();
    assert!(text.contains("# Please add an access key to our repository\n"));
    assert!(text.contains("The key is not known yet"));
    assert!(!text.contains("doorkey check"));
}

#[test]
fn a_demo_says_that_it_is_one() {
    let (key, reading) = (key(), reading(CLOUD));
    let page = "http://127.0.0.1:8000/secret/acme/analytics/admin/access-keys/";
    let hand_off = HandOff {
        simulated_page: Some(page),
        ..hand_off(&key, &reading)
    };
    let text = hand_off.document().to_markdown();
    assert!(text.contains("comes from a demo"));
    assert!(text.contains(&format!("<{page}>")));
    assert!(!text.contains("https://bitbucket.org/acme"));
}

#[test]
fn every_region_names_its_address_or_says_that_there_is_none() {
    let (key, reading) = (key(), reading(CLOUD));
    let text = hand_off(&key, &reading).document().to_markdown();
    for region in Region::all() {
        let named = match region.egress_addresses() {
            none if none.is_empty() => {
                format!("{}: not published as of {}", region.title, region.date)
            }
            addresses => format!(
                "{}: `{addresses}`, as of {}, from <{}>",
                region.title, region.date, region.source
            ),
        };
        assert!(text.contains(&named), "{named}\n{text}");
    }
}
