//! Pictures of every step in its main states, at four sizes: with colours, without them and in ASCII. And what must hold for
//! any state at any size.
//!
//! In a picture with colours, a line that begins with `:` tells the looks of the line above it, cell by cell: `a` for the
//! accent, `g` good, `b` bad, `w` warning, `d` quieter; a capital for the same in bold, `S` for bold alone, `#` for the cursor.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail this way"
)]

#[path = "support/picture.rs"]
mod picture;
#[path = "support/walk.rs"]
mod walk;

use std::time::Duration;

use crossterm::event::KeyCode;
use doorkey::bitbucket::other_door::other_door;
use doorkey::check::stage::key_query::Answer;
use doorkey::check::stage::tcp::through_door;
use doorkey::check::{Check, CheckId, Code, FixId, NotOpened, OwnIdentity, Standing, TestEvent};
use doorkey::guide::{
    Binding, BrowserHere, Copied, CopyId, Drive as _, Event, Reply, Surroundings, Target,
};
use doorkey::plain::Narrator;
use doorkey::setup::StepId;
use doorkey::view::draw;
use doorkey::view::theme::{Background, Colours, Theme};
use picture::{SIZES, buffer, lines, pictures, plain};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Color;
use walk::{CLOUD_URL, KEY, Walk, refused};

const DATA_CENTER_URL: &str = "ssh://git@git.example.com:7999/data/analytics.git";
const LONG_URL: &str =
    "ssh://git@git.acme-engineering.example.com:22/data-platform/analytics-models-and-metrics.git";
const LONG_SUGGESTION: &str = "ssh://git@git.acme-engineering.example.com:7999/data-platform/analytics-models-and-metrics.git";
const LONG_PAGE: &str = "https://git.acme-engineering.example.com/projects/DATA-PLATFORM/repos/analytics-models-and-metrics/browse";
const FINGERPRINT: &str = "SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM";

macro_rules! screens {
    ($($name:ident: $walk:expr;)+) => {
        $(#[test]
        fn $name() {
            insta::with_settings!({ omit_expression => true }, {
                insta::assert_snapshot!(pictures(&$walk.wizard));
            });
        })+
    };
}

fn with(mut walk: Walk, change: impl FnOnce(&mut Walk)) -> Walk {
    change(&mut walk);
    walk
}

fn looked_around(walk: Walk) -> Walk {
    with(walk, |walk| {
        walk.reply(Reply::Surroundings(Surroundings {
            network: Some(true),
            clipboard: false,
            browser: BrowserHere::No,
        }));
    })
}

fn not_recognised() -> Walk {
    Walk::given(CLOUD_URL)
        .to(StepId::ConnectionTest)
        .answered(&refused(), None)
}

fn with_token() -> Walk {
    with(not_recognised(), |walk| {
        walk.keys("g");
        walk.paste("s3cret");
        walk.press(KeyCode::Enter);
        walk.press(KeyCode::Enter);
    })
    .answered(&refused(), None)
}

fn tested(url: &str, found: Vec<Check>) -> Walk {
    let mut walk = Walk::given(url).to(StepId::ConnectionTest);
    let mut checks = walk::climb(&walk.wizard, &Answer::Accepted, Some(&refused()));
    for check in found {
        checks.retain(|other| other.id < check.id);
        checks.push(check);
    }
    walk.tell(checks);
    walk
}

screens! {
    prerequisites: looked_around(Walk::empty());
    prerequisites_not_an_administrator: with(looked_around(Walk::empty()), |walk| {
        walk.press(KeyCode::Enter);
        walk.press(KeyCode::Down);
        walk.press(KeyCode::Enter);
        walk.press(KeyCode::Down);
    });
    allowlist_not_used: Walk::given(CLOUD_URL).to(StepId::Allowlist);
    allowlist_with_a_region: with(Walk::given(CLOUD_URL).to(StepId::Allowlist), |walk| {
        walk.press(KeyCode::Down);
        walk.press(KeyCode::Enter);
        walk.press(KeyCode::Down);
    });
    allowlist_region_without_addresses: with(Walk::given(DATA_CENTER_URL).to(StepId::Allowlist), |walk| {
        walk.press(KeyCode::Down);
        walk.press(KeyCode::Enter);
        walk.press(KeyCode::Down);
        walk.press(KeyCode::Down);
    });
    public_key_empty: Walk::empty().to(StepId::PublicKey);
    public_key_empty_without_a_clipboard: looked_around(Walk::empty()).to(StepId::PublicKey);
    public_key_good: Walk::given(CLOUD_URL).to(StepId::PublicKey);
    public_key_repaired: with(Walk::empty().to(StepId::PublicKey), |walk| {
        let (head, tail) = KEY.trim().split_at(40);
        walk.paste(&format!("{head}\n{tail}"));
    });
    public_key_private: with(Walk::empty().to(StepId::PublicKey), |walk| {
        walk.paste("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n");
    });
    public_key_cut_off: with(Walk::empty().to(StepId::PublicKey), |walk| {
        walk.paste(&KEY[..50]);
    });
    public_key_sent_to_the_terminal: with(Walk::given(CLOUD_URL).to(StepId::PublicKey), |walk| {
        walk.keys("c");
        walk.reply(Reply::Copied(CopyId::Key, Copied::SentToTerminal));
    });
    ssh_url_typed_with_a_suggestion: with(Walk::given(CLOUD_URL).to(StepId::SshUrl), |walk| {
        walk.keys("e");
        walk.control('u');
        walk.keys("git@bitbucket.org:acme/analytics.git");
    });
    public_key_from_a_file: with(Walk::given(CLOUD_URL).to(StepId::PublicKey), |walk| {
        walk.keys("f~/Downloads/vendor.pub");
    });
    access_keys_page_empty: with(Walk::empty().to(StepId::PublicKey), |walk| {
        walk.paste(KEY);
        walk.press(KeyCode::Enter);
    });
    access_keys_page_cloud: Walk::given(CLOUD_URL).to(StepId::AccessKeysPage);
    access_keys_page_data_center_guessed: Walk::given(DATA_CENTER_URL).to(StepId::AccessKeysPage);
    access_keys_page_settings_missing: with(Walk::given(CLOUD_URL).to(StepId::AccessKeysPage), |walk| {
        walk.keys("m");
    });
    access_keys_page_settings_missing_data_center: with(Walk::given(DATA_CENTER_URL).to(StepId::AccessKeysPage), |walk| {
        walk.keys("m");
    });
    access_keys_page_other_forge: Walk::given("git@github.com:acme/analytics.git").to(StepId::AccessKeysPage);
    access_keys_page_demo: Walk::demo(CLOUD_URL).to(StepId::AccessKeysPage);
    ssh_url_good: Walk::given(CLOUD_URL).to(StepId::SshUrl);
    ssh_url_https: Walk::given("https://bitbucket.org/acme/analytics.git").to(StepId::SshUrl);
    ssh_url_retired_host: Walk::given("git@bitbucket.org:acme/analytics.git").to(StepId::SshUrl);
    ssh_url_guessed_port: Walk::given("git@git.example.com:data/analytics.git").to(StepId::SshUrl);
    ssh_url_derived_with_a_guess: {
        let mut walk = Walk::given(CLOUD_URL).to(StepId::AccessKeysPage);
        walk.keys("e");
        walk.control('u');
        walk.paste("https://git.example.com/projects/DATA/repos/analytics/browse");
        walk.press(KeyCode::Enter);
        walk
    };
    connection_test_unknown_host_key_and_refused_key: tested(DATA_CENTER_URL, vec![
        Check::found(Code::HostKeyUnknown)
            .with_detail(format!("The server shows ssh-ed25519 {FINGERPRINT}."))
            .with_fix(FixId::TrustHostKey, format!("Trust {FINGERPRINT}"))
            .with_fix_value(FixId::TrustHostKey, FINGERPRINT),
        Check::found(Code::KeyQueryNotRecognised),
    ]);
    ssh_url_typing: with(Walk::given(CLOUD_URL).to(StepId::SshUrl), |walk| {
        walk.keys("e");
        walk.control('u');
        walk.keys("git@ssh.bitbucket.org:acme");
    });
    public_key_edited_in_the_middle: with(Walk::given(CLOUD_URL).to(StepId::PublicKey), |walk| {
        walk.keys("e");
        for _ in 0..60 {
            walk.press(KeyCode::Left);
        }
    });
    connection_test_running: with(Walk::given(CLOUD_URL).to(StepId::ConnectionTest), |walk| {
        let run = walk.wizard.connection_test().last_run;
        let tcp = Check::pass(CheckId::Tcp, "ssh.bitbucket.org:22").took(Duration::from_millis(12));
        walk.event(Event::Test(run, TestEvent::Finished(tcp)));
        walk.event(Event::Test(run, TestEvent::Started(CheckId::Ssh)));
    });
    connection_test_not_recognised: Walk::given(CLOUD_URL).to(StepId::ConnectionTest).answered(&refused(), None);
    connection_test_watching: with(
        with(Walk::given(CLOUD_URL).to(StepId::ConnectionTest).answered(&refused(), None), |walk| {
            walk.keys("w");
        })
        .answered(&refused(), None),
        |walk| drop(walk.wait(Duration::from_millis(1200))),
    );
    connection_test_ready: Walk::given(CLOUD_URL)
        .to(StepId::ConnectionTest)
        .answered(&Answer::Accepted, Some(&refused()));
    connection_test_not_on_this_repository: tested(CLOUD_URL, vec![
        Check::pass(CheckId::KeyQuery, "knows this key, refuses a fresh one"),
        Check::found(Code::RepositoryKeyNotHere),
    ]);
    connection_test_any_key_accepted: Walk::given(CLOUD_URL)
        .to(StepId::ConnectionTest)
        .answered(&Answer::Accepted, Some(&Answer::Accepted));
    connection_test_retired_host: tested("git@bitbucket.org:acme/analytics.git", vec![
        Check::found(Code::TcpTimeout)
            .without_fix(FixId::TryPort7999)
            .without_fix(FixId::TryPort443)
            .with_detail("104.192.141.1:22 did not answer.")
            .with_fix(FixId::UseSuggestedUrl, format!("Use {CLOUD_URL}, which answers"))
            .with_fix_value(FixId::UseSuggestedUrl, CLOUD_URL),
    ]);
    access_keys_page_long_address: Walk::given(LONG_URL).to(StepId::AccessKeysPage);
    ssh_url_long_suggestion: with(Walk::given(LONG_URL).to(StepId::SshUrl), |walk| {
        walk.keys("e");
        walk.paste(LONG_PAGE);
        walk.press(KeyCode::Esc);
    });
    connection_test_long_suggestion: tested(LONG_URL, vec![
        Check::found(Code::TcpRefused)
            .with_detail("10.0.0.1:22 refused the connection.")
            .with_fix(FixId::UseSuggestedUrl, format!("Use {LONG_SUGGESTION}, which answers"))
            .with_fix_value(FixId::UseSuggestedUrl, LONG_SUGGESTION),
    ]);
    connection_test_host_key_unknown: tested(DATA_CENTER_URL, vec![
        Check::found(Code::HostKeyUnknown)
            .with_detail(format!("The server shows ssh-ed25519 {FINGERPRINT}."))
            .with_fix(FixId::TrustHostKey, format!("Trust {FINGERPRINT}"))
            .with_fix_value(FixId::TrustHostKey, FINGERPRINT),
    ]);
    connection_test_host_key_changed: tested(CLOUD_URL, vec![
        Check::found(Code::HostKeyChanged)
            .with_detail(format!("The server shows ssh-ed25519 {FINGERPRINT}.")),
    ]);
    connection_test_port_22_blocked: tested(CLOUD_URL, vec![
        Check::found(Code::TcpTimeout)
            .without_fix(FixId::TryPort7999)
            .with_detail("104.192.141.1:22 did not answer. altssh.bitbucket.org answers on port 443, so it is your network that blocks port 22. Coalesce Quality is not affected.")
            .with_fix(FixId::TryPort443, "Test over port 443, which answers"),
    ]);
    connection_test_beside_port_22: with(tested(CLOUD_URL, vec![Check::found(Code::TcpTimeout)]), |walk| {
        walk.keys("x");
        let mut checks = walk::climb(&walk.wizard, &Answer::Accepted, Some(&refused()));
        let address = walk.wizard.address().expect("an address");
        let door = other_door(address).expect("a door");
        let tcp = checks.iter_mut().find(|check| check.id == CheckId::Tcp).expect("a check");
        *tcp = through_door(tcp.clone(), &door, address);
        walk.tell(checks);
    });
    connection_test_machine_sshd: tested("ssh://git@git.example.com:22/data/analytics.git", vec![
        Check::found(Code::SshMachineSshd)
            .with_detail("Port 22 answered as SSH-2.0-OpenSSH_9.2p1."),
    ]);
    access_token: with(not_recognised(), |walk| {
        walk.keys("g");
        walk.paste("s3cret");
    });
    access_token_data_center: with(tested(DATA_CENTER_URL, vec![]), |walk| {
        walk.keys("g");
        walk.paste("s3cret");
    });
    access_token_help: with(not_recognised(), |walk| {
        walk.keys("g");
        walk.press(KeyCode::F(1));
    });
    own_identity: with(not_recognised(), |walk| drop(walk.keys("i")));
    own_identity_locked: with(not_recognised(), |walk| {
        walk.keys("if~/.ssh/id_ed25519");
        walk.press(KeyCode::Enter);
        walk.reply(Reply::IdentityTaken(Err(NotOpened::Locked)));
        walk.keys("s3cret");
    });
    connection_test_with_own_identity: with(not_recognised(), |walk| {
        walk.keys("ia");
        let agent = OwnIdentity::Agent("/tmp/agent".into());
        walk.reply(Reply::IdentityTaken(Ok(agent)));
        let mut checks = walk::climb(&walk.wizard, &Answer::Accepted, Some(&refused()));
        let summary = format!("found with your own identity ({FINGERPRINT}): 2 branches, main branch main");
        let found = Check::pass(CheckId::Repository, summary).in_doubt();
        checks.push(found.with_detail("Branches: develop, main. This shows nothing about the key of Coalesce Quality."));
        walk.tell(checks);
    });
    connection_test_data_center_with_a_token: with(tested(DATA_CENTER_URL, vec![
        Check::pass(CheckId::Repository, "listed here as \"Coalesce Quality\""),
        Check::found(Code::PermissionReadWrite),
        Check::skip(CheckId::VendorUse, "not known: Bitbucket does not tell"),
    ]), |_| {});
    grant_question: with(with_token(), |walk| drop(walk.keys("d")));
    connection_test_token_refused: with(with_token(), |walk| {
        walk.keys("r");
        let mut checks = walk::climb(&walk.wizard, &Answer::Accepted, Some(&refused()));
        checks.push(Check::found(Code::RepositoryTokenRefused));
        let unknown = [CheckId::Permission, CheckId::VendorUse];
        checks.extend(unknown.map(|id| Check::skip(id, "not known: no list was read")));
        walk.tell(checks);
    });
    connection_test_with_a_token: with(with_token(), |walk| {
        walk.keys("r");
        let mut checks = walk::climb(&walk.wizard, &Answer::Accepted, Some(&refused()));
        checks.extend([
            Check::pass(CheckId::Repository, "listed here as \"Coalesce Quality\""),
            Check::pass(CheckId::Permission, "may only read"),
            Check::found(Code::VendorUseNever),
        ]);
        walk.tell(checks);
    });
    values_in_full: with(Walk::given(DATA_CENTER_URL).to(StepId::SshUrl), |walk| drop(walk.keys("z")));
    access_keys_page_without_a_browser: looked_around(Walk::given(CLOUD_URL).to(StepId::AccessKeysPage));
    qr_code: with(Walk::given(CLOUD_URL).to(StepId::AccessKeysPage), |walk| drop(walk.keys("#")));
    help: with(Walk::given(CLOUD_URL).to(StepId::PublicKey), |walk| drop(walk.keys("?")));
    quit_question: with(Walk::given(CLOUD_URL).to(StepId::SshUrl), |walk| drop(walk.keys("q")));
    hand_off: with(Walk::given(CLOUD_URL), |walk| drop(walk.keys("h")));
    hand_off_saved: with(Walk::given(CLOUD_URL), |walk| {
        walk.keys("hs");
        let folder = "/home/ada/projects/analytics/documents/for/others";
        walk.reply(Reply::FileWritten(Ok(format!("{folder}/doorkey-handoff.md"))));
    });
    report: with(
        Walk::given(CLOUD_URL)
            .to(StepId::ConnectionTest)
            .answered(&Answer::Accepted, Some(&refused())),
        |walk| drop(walk.keys("b")),
    );
}

/// Dots of a photograph for each module.
const DOTS: usize = 4;

/// What a camera reads in a picture: each cell an upper and a lower half, each light or dark.
fn photographed(buffer: &Buffer, background: Background) -> Vec<String> {
    let area = buffer.area;
    let is_dark = |colour, is_ink: bool| match colour {
        Color::Black => true,
        Color::White => false,
        // The terminal's own: it writes dark on light, or light on dark.
        _ => is_ink == (background == Background::Light),
    };
    let half = |column: usize, row: usize| {
        let cell = &buffer.content[row / 2 * usize::from(area.width) + column];
        let (ink, paper) = (is_dark(cell.fg, true), is_dark(cell.bg, false));
        match (cell.symbol(), row % 2) {
            (" ", _) | ("▀", 1) | ("▄", 0) => paper,
            _ => ink,
        }
    };
    // A cell is half as wide as it is high.
    let (width, height) = (usize::from(area.width), 2 * usize::from(area.height));
    let mut photograph =
        rqrr::PreparedImage::prepare_from_bitmap(width * DOTS, height * DOTS, |x, y| {
            half(x / DOTS, y / DOTS)
        });
    let grids = photograph.detect_grids();
    let read = grids.iter().filter_map(|grid| grid.decode().ok());
    read.map(|(_, text)| text).collect()
}

#[test]
fn a_camera_reads_the_link_off_the_screen() {
    let themes = [Background::Dark, Background::Light]
        .into_iter()
        .flat_map(|background| {
            [Colours::None, Colours::Sixteen, Colours::True].map(|colours| (background, colours))
        });
    let cloud = Walk::given(CLOUD_URL);
    let link = "https://bitbucket.org/acme/analytics/admin/access-keys/";
    let data_center = Walk::given("https://git.example.com/projects/DATA/repos/analytics/browse");
    let longer = "https://git.example.com/plugins/servlet/ssh/projects/DATA/repos/analytics/keys";
    for (background, colours) in themes {
        for (walk, link, sizes) in [
            (&cloud, link, &SIZES[..]),
            (&data_center, longer, &SIZES[1..]),
        ] {
            let mut walk = walk.clone().to(StepId::AccessKeysPage);
            walk.keys("#");
            let theme = Theme::new(background, colours, false);
            for size in sizes {
                let buffer = buffer(&walk.wizard, &theme, *size);
                let read = photographed(&buffer, background);
                assert_eq!(read, [link], "{size:?} {background:?} {colours:?}");
            }
        }
    }
}

#[test]
fn too_small_a_terminal_is_told_so_and_keeps_the_input() {
    let walk = with(Walk::given(CLOUD_URL).to(StepId::SshUrl), |walk| {
        walk.keys("e");
    });
    let small = lines(&buffer(&walk.wizard, &plain(), (40, 6)));
    assert_eq!(small[0], "doorkey needs 60×18; this is 40×6.");
    let smaller = lines(&buffer(&walk.wizard, &plain(), (20, 6)));
    assert_eq!(smaller[..2], ["doorkey needs 60×18;", "this is 20×6."]);
    let again = lines(&buffer(&walk.wizard, &plain(), (80, 24))).concat();
    assert!(again.contains(CLOUD_URL));
}

#[test]
fn page_by_page_every_line_is_seen() {
    for (columns, rows) in SIZES {
        let mut walk = with(not_recognised(), |walk| drop(walk.keys("h")));
        let mut seen_to = 0;
        loop {
            let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
            let surface = draw(&walk.wizard, &plain(), &mut buffer);
            let seen = surface.seen();
            assert!(
                surface.scrolled <= seen_to,
                "{columns}×{rows}: lines are skipped"
            );
            seen_to = surface.scrolled + seen.page_rows;
            if !seen.has_more_below {
                break;
            }
            walk.wizard.drawn(seen);
            walk.press(KeyCode::PageDown);
            let wanted = walk.wizard.scroll().unwrap_or(0);
            assert!(wanted > surface.scrolled, "{columns}×{rows}: it goes on");
        }
    }
}

#[test]
fn the_help_speaks_of_the_mouse_only_where_it_works() {
    let walk = with(Walk::empty(), |walk| drop(walk.keys("?")));
    for mouse in [true, false] {
        let help = lines(&buffer(&walk.wizard, &plain().with_mouse(mouse), (80, 24))).concat();
        assert_eq!(help.contains("The mouse works"), mouse, "{help}");
    }
}

#[test]
fn the_footer_always_names_help_and_quit_outside_of_fields() {
    for step in StepId::ALL {
        let walk = Walk::given(CLOUD_URL).to(step);
        for size in SIZES {
            let lines = lines(&buffer(&walk.wizard, &plain(), size));
            let footer = lines.iter().rfind(|line| !line.is_empty());
            let footer = footer.expect("a footer");
            assert!(
                ["? help", "? more"]
                    .iter()
                    .any(|help| footer.contains(help))
                    && footer.contains("q quit"),
                "{step:?}: {footer}"
            );
        }
    }
}

#[test]
fn the_footer_always_names_help_and_the_way_out_of_a_field() {
    for (step, keys, way_out) in [
        (StepId::PublicKey, "e", "esc leave field"),
        (StepId::PublicKey, "f", "esc don't"),
        (StepId::AccessKeysPage, "e", "esc leave field"),
        (StepId::SshUrl, "e", "esc leave field"),
        (StepId::ConnectionTest, "g", "esc leave it"),
        (StepId::ConnectionTest, "if", "esc leave it"),
    ] {
        let mut walk = Walk::given(CLOUD_URL).to(step);
        if step == StepId::ConnectionTest {
            walk = walk.answered(&refused(), None);
        }
        walk.keys(keys);
        for size in SIZES {
            let lines = lines(&buffer(&walk.wizard, &plain(), size));
            let footer = lines.iter().rfind(|line| !line.is_empty());
            let footer = footer.expect("a footer");
            assert!(
                footer.contains(way_out)
                    && (footer.contains("f1 help") || footer.contains("f1 more")),
                "{footer}"
            );
        }
    }
}

/// What is seen in a part of a picture.
fn seen(buffer: &Buffer, area: Rect) -> String {
    let cells = area.positions().map(|position| buffer[position].symbol());
    cells.collect()
}

#[test]
fn a_click_does_what_is_written_where_it_goes() {
    let overlays = ["", "?", "h", "q", "z"];
    for (step, size, keys) in StepId::ALL
        .into_iter()
        .flat_map(|step| SIZES.map(|size| (step, size)))
        .flat_map(|(step, size)| overlays.map(|keys| (step, size, keys)))
    {
        let mut walk = Walk::given(CLOUD_URL).to(step);
        if step == StepId::ConnectionTest {
            walk = walk.answered(&refused(), None);
        }
        walk.keys(keys);
        let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
        let surface = draw(&walk.wizard, &plain(), &mut buffer);
        let keys: Vec<Binding> = walk.wizard.bindings();
        for (area, target) in surface.targets() {
            let seen = seen(&buffer, *area);
            match target {
                Target::Step(number) => {
                    let step = StepId::ALL[number - 1];
                    let is_wide = area.width > 10;
                    assert!(!is_wide || seen.contains(step.title()), "{seen}");
                }
                Target::Key(key) => {
                    let binding = keys.iter().find(|binding| binding.matches(*key));
                    let name = binding.expect("a key that does something").name();
                    assert!(seen.trim_start().starts_with(&name), "{name}: {seen}");
                }
                Target::Answer { .. } => {
                    assert!(seen.contains("(•)") || seen.contains("( )"), "{seen}");
                }
                // A place in its text, or all of it.
                Target::Field { .. } => {
                    assert!(area.width == 1 || seen.starts_with(['┃', '│']), "{seen}");
                }
            }
        }
        let is_step = |(_, target): &(Rect, Target)| matches!(target, Target::Step(_));
        assert_eq!(
            surface.targets().iter().filter(|hit| is_step(hit)).count(),
            6
        );
    }
}

#[test]
fn a_click_puts_the_cursor_where_it_goes() {
    const LONG: &str =
        "ssh://git@git.example.com:7999/data-platform-engineering/analytics-warehouse-models.git";
    const WIDE: &str = "git@git.example.com:字/analytics.git";
    // Where nobody types, and with the cursor at the end and at the beginning.
    let keys: [&[KeyCode]; 3] = [&[KeyCode::Esc], &[], &[KeyCode::Home]];
    let walks = [CLOUD_URL, LONG, WIDE].map(|url| {
        keys.map(|keys| {
            let mut walk = Walk::given(CLOUD_URL).to(StepId::SshUrl);
            walk.paste(url);
            for key in keys {
                walk.press(*key);
            }
            walk
        })
    });
    for walk in walks.into_iter().flatten() {
        for size in SIZES {
            let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
            let surface = draw(&walk.wizard, &plain(), &mut buffer);
            let mut seen_all = String::new();
            for (area, target) in surface.targets() {
                let Target::Field { at, .. } = target else {
                    continue;
                };
                let mut clicked = walk.clone();
                clicked.event(Event::Click(*target));
                let field = &clicked.wizard.journey.ssh_url.field;
                assert!(clicked.wizard.journey.ssh_url.typing);
                let (before, after) = field.around_cursor();
                if *at == usize::MAX {
                    assert_eq!(after, "");
                    continue;
                }
                let symbol = buffer[area.as_position()].symbol();
                // The second half of a wide character is drawn as nothing.
                if !matches!(symbol, "‹" | "›" | "…" | " ") {
                    assert!(after.starts_with(symbol), "{symbol}: {before}|{after}");
                }
                seen_all.push_str(symbol);
            }
            assert!(
                seen_all.contains("analytics") || seen_all.contains("git@git"),
                "{seen_all}"
            );
        }
    }
}

#[test]
fn the_cursor_in_a_secret_stands_where_it_is() {
    let mut walk = not_recognised();
    walk.keys("gs3字t");
    let drawn = |walk: &Walk| {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
        draw(&walk.wizard, &plain(), &mut buffer)
    };
    let at_end = drawn(&walk).cursor.expect("a cursor");
    walk.press(KeyCode::Left);
    walk.press(KeyCode::Left);
    let cursor = drawn(&walk).cursor.expect("a cursor");
    assert_eq!((at_end.x - cursor.x, at_end.y), (2, cursor.y));
    // A click on the sign for the second character.
    let second = Position::new(at_end.x - 3, at_end.y);
    let target = drawn(&walk).target_at(second).expect("a target");
    walk.event(Event::Click(target));
    assert_eq!(drawn(&walk).cursor, Some(second));
    walk.keys("-");
    assert_eq!(walk.wizard.token.token.text(), "s-3字t");
}

#[test]
fn without_colours_no_cell_has_one() {
    let walk = Walk::given(CLOUD_URL)
        .to(StepId::ConnectionTest)
        .answered(&refused(), None);
    let buffer = buffer(&walk.wizard, &plain(), (80, 24));
    assert!(
        buffer
            .content()
            .iter()
            .all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset)
    );
}

#[test]
fn in_ascii_every_cell_is_ascii() {
    let theme = Theme::new(Background::Dark, Colours::True, true);
    for step in StepId::ALL {
        let walk = Walk::given(CLOUD_URL).to(step);
        for line in lines(&buffer(&walk.wizard, &theme, (80, 24))) {
            assert!(line.is_ascii(), "{step:?}: {line}");
        }
    }
}

fn any_walk() -> impl Strategy<Value = Walk> {
    let code = prop::sample::select(Code::ALL);
    let typed = prop_oneof![
        ".{0,120}",
        "[字é\u{301}\u{200d}\u{1f469}\t]{0,60}",
        Just(KEY.repeat(20))
    ];
    let step = prop::sample::select(&StepId::ALL[..]);
    (code, typed, step, any::<bool>(), any::<Option<u16>>()).prop_map(
        |(code, typed, step, help, scroll)| {
            let mut walk = Walk::given(CLOUD_URL).to(step);
            if step == StepId::ConnectionTest {
                walk.tell(vec![Check::found(code).with_detail(typed)]);
            } else {
                walk.paste(&typed);
            }
            if help {
                walk.press(KeyCode::Esc);
                walk.keys("?");
            }
            if let Some(line) = scroll {
                walk.wizard.scroll_to(line % 60);
            }
            walk
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_state_and_no_size_makes_drawing_panic(
        walk in any_walk(),
        columns in 1u16..220,
        rows in 1u16..80,
    ) {
        for ascii in [false, true] {
            let theme = Theme::new(Background::Light, Colours::True, ascii);
            let drawn = buffer(&walk.wizard, &theme, (columns, rows));
            prop_assert!(drawn.content().iter().all(|cell| !cell.symbol().chars().any(char::is_control)));
        }
    }
}

/// A rung that could not be told is unknown, whatever failed; only what is refuted looks like a failure, in the sign of the
/// screen and in the word of the lines.
#[test]
fn only_what_is_refuted_looks_like_a_failure() {
    for code in Code::ALL {
        let Some(rung) = code.check().rung() else {
            continue;
        };
        for check in [Check::found(*code), Check::found(*code).in_doubt()] {
            let standing = check.standing;
            let walk = tested(DATA_CENTER_URL, vec![check]);
            let is_refuted = standing == Standing::Refuted;
            let shown =
                picture::lines(&picture::buffer(&walk.wizard, &picture::plain(), (120, 60)));
            let holds = |words: &str| shown.iter().any(|line| line.contains(words));
            assert_eq!(
                holds(&format!("✗ {}", rung.title())),
                is_refuted,
                "{code} {standing:?}"
            );
            assert_eq!(
                holds(&format!("✗ {}", code.title())),
                is_refuted,
                "{code} {standing:?}"
            );
            assert!(holds(code.title()), "{code} says why");
            let said = Narrator::default().news(&walk.wizard);
            let mut of_rung = said.iter().filter(|line| line.starts_with(rung.title()));
            let line = of_rung.next().expect("the rung is told");
            assert_eq!(line.contains("failed"), is_refuted, "{code}: {line}");
        }
    }
}
