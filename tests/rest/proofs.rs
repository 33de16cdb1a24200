//! What a token proves.

use doorkey::bitbucket::Edition;
use doorkey::check::Standing::{Proven, Refuted, Unknown};
use doorkey::check::{CheckId, Code, FixId, Rung, Status, TestEvent, Verdict};
use doorkey::simulator::{Event, Permission, Place};

use crate::provoked::assert_provoked;
use crate::world::{REPOSITORY, World, check, closed_port, detail, new_key, repository, upper};

#[test]
fn cloud_shows_the_repository_the_permission_and_the_first_use() {
    let world = World::cloud();
    world.add_key();
    let report = world.test();
    assert_eq!(report.verdict(), Verdict::Ready);
    // A first use that has not come yet shows nothing to be wrong.
    assert_eq!(upper(&report), [Proven, Proven, Unknown]);
    let found = check(&report, CheckId::Repository);
    assert_eq!(found.summary, "listed here as \"Coalesce Quality\"");
    assert!(found.elapsed.is_some());
    assert_provoked(&report, Code::VendorUseNever);

    let key = world.key.public_key().key_data();
    world.simulator.store().note_login(key);
    let report = world.test();
    assert_eq!(upper(&report), [Proven, Proven, Proven]);
    let used = &check(&report, CheckId::VendorUse).summary;
    assert!(
        used.starts_with("last used 20") && used.ends_with(" UTC"),
        "{used}"
    );
}

#[test]
fn an_api_token_goes_with_its_email_address() {
    let mut world = World::cloud();
    world.add_key();
    world.settings.api.email = Some("ada@example.com".to_owned());
    assert_eq!(upper(&world.test())[0], Proven);
}

#[test]
fn data_center_shows_the_repository_and_the_permission() {
    let world = World::data_center();
    let added = world.add_key();
    let report = world.test();
    assert_eq!(upper(&report), [Proven, Proven, Unknown]);
    assert_eq!(check(&report, CheckId::VendorUse).status, Status::Skip);

    let place = repository(REPOSITORY);
    world.simulator.store().remove_access_key(&place, added.id);
    world.add(&world.key, &place, Permission::ReadWrite);
    let report = world.test();
    assert_eq!(upper(&report), [Proven, Refuted, Unknown]);
    assert_provoked(&report, Code::PermissionReadWrite);
    assert_eq!(report.verdict(), Verdict::NotReady);
}

#[test]
fn a_key_on_the_project_opens_the_repository() {
    for (edition, project, name) in [
        (Edition::Cloud, "acme/DATA", "DATA"),
        (Edition::DataCenter, "ACME", "ACME"),
    ] {
        let world = World::new(edition);
        let place = Place::Project(project.to_owned());
        world.add(&world.key, &place, Permission::Read);
        let report = world.test();
        assert_eq!(upper(&report)[..2], [Proven, Proven], "{edition:?}");
        let summary = &check(&report, CheckId::Repository).summary;
        let expected = format!("listed on its project {name} as \"Coalesce Quality\"");
        assert_eq!(*summary, expected);
    }
}

#[test]
fn a_key_that_may_write_through_the_project_is_not_read_only() {
    let world = World::data_center();
    world.add_key();
    let place = Place::Project("ACME".to_owned());
    world.add(&world.key, &place, Permission::ReadWrite);
    let report = world.test();
    assert_eq!(upper(&report)[..2], [Proven, Refuted]);
    let summary = &check(&report, CheckId::Repository).summary;
    assert!(summary.contains("project ACME"), "{summary}");
}

#[test]
fn long_lists_are_read_to_their_end() {
    // A page has 10 keys on Cloud and 25 on Data Center.
    for (edition, others) in [(Edition::Cloud, 20), (Edition::DataCenter, 50)] {
        let world = World::new(edition);
        for _ in 0..others {
            world.add(&new_key(), &repository(REPOSITORY), Permission::Read);
        }
        let report = world.test();
        assert_provoked(&report, Code::RepositoryKeyNotHere);
        world.add_key();
        assert_eq!(upper(&world.test())[0], Proven, "{edition:?}");
    }
}

#[test]
fn a_key_on_another_repository_is_recognised_but_not_here() {
    for edition in [Edition::Cloud, Edition::DataCenter] {
        let world = World::new(edition);
        world.add(&world.key, &repository("acme/website"), Permission::Read);
        let report = world.test();
        assert_eq!(report.proof().standing(Rung::Recognised), Proven);
        assert_provoked(&report, Code::RepositoryKeyNotHere);
        assert_eq!(upper(&report), [Refuted, Unknown, Unknown]);
        assert_eq!(report.verdict(), Verdict::NotReady);
    }
}

#[test]
fn a_main_branch_of_another_name_is_worth_a_warning() {
    let world = World::cloud();
    let name = "acme/legacy-reports";
    world.add(&world.key, &repository(name), Permission::Read);
    let report = world.test_of(&world.url(name));
    assert_provoked(&report, Code::RepositoryNoMainBranch);
    assert!(detail(&report).contains("trunk"), "{}", detail(&report));
    assert_eq!(upper(&report)[..2], [Proven, Proven]);
    assert_eq!(report.verdict(), Verdict::Ready);
}

#[test]
fn bitbuckets_own_address_is_offered_where_it_is_another() {
    let world = World::data_center();
    world.add_key();
    let report = world.test_of("ssh://git@git.example.com:7999/acme/analytics-platform.git");
    let found = check(&report, CheckId::Repository);
    let own = world.url(REPOSITORY);
    assert_eq!(found.status, Status::Pass);
    assert_eq!(found.fix_value(FixId::UseSuggestedUrl), Some(&*own));
    assert!(detail(&report).contains(&own));

    let same = world.test();
    assert!(check(&same, CheckId::Repository).fixes.is_empty());
}

#[test]
fn without_a_token_nothing_is_asked() {
    let mut world = World::cloud();
    world.add_key();
    world.settings.api.token = None;
    let mut events = world.simulator.subscribe();
    let report = world.test();
    assert_eq!(upper(&report), [Unknown; 3]);
    let skipped = check(&report, CheckId::Repository);
    assert_eq!(skipped.status, Status::Skip);
    assert!(skipped.summary.contains("a public key alone"));
    let asked = std::iter::from_fn(|| events.try_recv().ok())
        .any(|event| matches!(event, Event::Rest { .. }));
    assert!(!asked);
}

#[test]
fn checks_are_told_in_their_order_and_each_begins_once() {
    let world = World::cloud();
    world.add_key();
    let (events, _) = world.events_of(&world.url(REPOSITORY));
    let begun: Vec<CheckId> = events
        .iter()
        .filter_map(|event| match event {
            TestEvent::Started(id) => Some(*id),
            _ => None,
        })
        .collect();
    assert_eq!(begun, CheckId::ALL);
    let finished = events.iter().filter_map(|event| match event {
        TestEvent::Finished(check) => Some(check.id),
        _ => None,
    });
    assert!(finished.is_sorted());
}

#[test]
fn the_interface_is_asked_once_for_an_address_that_is_tried_in_two_ways() {
    let world = World::cloud();
    world.add_key();
    let mut events = world.simulator.subscribe();
    let report = world.test_of("git@bitbucket.org:acme/analytics-platform.git");
    assert_eq!(upper(&report)[0], Proven);
    let lists = std::iter::from_fn(|| events.try_recv().ok())
        .filter(|event| matches!(event, Event::Rest { path, .. } if path.ends_with("/deploy-keys")))
        .count();
    assert_eq!(lists, 1);
}

#[test]
fn what_stops_ssh_does_not_stop_the_interface() {
    let mut world = World::cloud();
    world.add_key();
    let closed = closed_port();
    let route = format!("ssh.bitbucket.org:22:{closed}");
    world.settings.connect_to = vec![route.parse().expect("a route")];
    let report = world.test();
    assert_provoked(&report, Code::TcpRefused);
    assert_eq!(upper(&report)[..2], [Proven, Proven]);
    assert_eq!(report.verdict(), Verdict::NotReady);
}

#[test]
fn after_a_changed_host_key_nothing_more_is_told() {
    let mut world = World::cloud();
    world.add_key();
    // Not pinned any more, so Atlassian's published keys count.
    world.settings.host_keys = std::sync::Arc::default();
    let report = world.test();
    assert_provoked(&report, Code::HostKeyChanged);
    assert_eq!(upper(&report), [Unknown; 3]);
    let skipped = &check(&report, CheckId::Repository).summary;
    assert_eq!(skipped, "not tested: an earlier check failed");
}
