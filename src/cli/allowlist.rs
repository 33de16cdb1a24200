//! `doorkey allowlist`: the addresses Coalesce Quality connects from, for an IP allowlist or a firewall.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::Exit;
use super::answer::Answer;
use crate::coalesce::{self, Region};

/// Print the addresses Coalesce Quality connects from, one a line
///
/// For the IP allowlist of a Bitbucket Cloud workspace, or the firewall in front of a Bitbucket Data Center. Standard
/// error says where the addresses are from.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Arguments {
    /// Only the addresses of this region
    #[arg(long, value_parser = region())]
    region: Option<&'static Region>,
}

/// Reads a region by its name.
pub(super) fn region() -> impl TypedValueParser<Value = &'static Region> {
    let names = Region::all().iter().map(|region| region.id.as_str());
    PossibleValuesParser::new(names).try_map(|name| Region::from_id(&name).ok_or("no such region"))
}

/// Runs the command.
pub(super) fn run(arguments: Arguments) -> Exit {
    let Arguments { region } = arguments;
    match region {
        Some(region) => answer(&[region]).print(),
        None => answer(&Region::all().iter().collect::<Vec<_>>()).print(),
    }
}

fn answer(regions: &[&Region]) -> Answer {
    let addresses = || regions.iter().flat_map(|region| &region.egress);
    let lines: Vec<String> = addresses().map(|address| format!("{address}\n")).collect();
    let mut message: String = regions.iter().map(|region| describe(region)).collect();
    message.push_str("Kept up to date at ");
    message.push_str(coalesce::addresses_page());
    message.push('\n');
    Answer {
        output: lines.concat(),
        message,
        exit: match addresses().next() {
            Some(_) => Exit::Done,
            None => Exit::CouldNotTell,
        },
    }
}

fn describe(region: &Region) -> String {
    let Region {
        id,
        title,
        source,
        date,
        ..
    } = region;
    if region.egress.is_empty() {
        return format!(
            "{id} ({title}): no address is published as of {date}. Ask Coalesce Quality for it.\n"
        );
    }
    let addresses: Vec<String> = region.egress.iter().map(ToString::to_string).collect();
    format!(
        "{id} ({title}): {}, from {source}, {date}\n",
        addresses.join(", ")
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use super::*;
    use insta::assert_snapshot;

    fn of(id: &str) -> Answer {
        answer(&[Region::from_id(id).unwrap()])
    }

    #[test]
    fn one_address_a_line_and_nothing_else() {
        assert_eq!(of("eu").output, "34.105.135.39\n");
        assert_eq!(of("us").output, "35.238.250.82\n");
        assert_eq!(of("eu").exit, Exit::Done);
        assert_snapshot!(of("eu").message, @r"
        eu (Europe): 34.105.135.39, from https://github.com/getsynq/synq-google-cloud-storage, 2026-11-22
        Kept up to date at https://docs.synq.io/security/ip#ip-addresses-by-region
        ");
    }

    #[test]
    fn without_a_region_all_that_are_published() {
        let all = answer(&Region::all().iter().collect::<Vec<_>>());
        assert_eq!(all.output, "34.105.135.39\n35.238.250.82\n");
        assert_eq!(all.exit, Exit::Done);
    }

    #[test]
    fn what_is_not_published_is_said_and_not_invented() {
        let answer = of("au");
        assert_eq!(answer.output, "");
        assert_eq!(answer.exit, Exit::CouldNotTell);
        assert_snapshot!(answer.message, @r"
        au (Australia): no address is published as of 2026-11-22. Ask Coalesce Quality for it.
        Kept up to date at https://docs.synq.io/security/ip#ip-addresses-by-region
        ");
    }
}
