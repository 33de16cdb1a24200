//! The options that say when a test counts as ready.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::Exit;
use crate::check::{Report, Required, Rung, Verdict};

/// When a test counts as ready.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Verdict")]
pub(super) struct VerdictOptions {
    /// Also require these rungs to be proven, such as read_only (comma-separated, may be repeated)
    ///
    /// reachable, genuine and recognised are always required. The others take a token, or the vendor's very key as your identity.
    #[arg(long, value_name = "RUNG", value_delimiter = ',', value_parser = rung())]
    require: Vec<Rung>,
    /// Exit with status 1 if there is a warning
    #[arg(long)]
    pub(super) strict: bool,
}

fn rung() -> impl TypedValueParser<Value = Rung> {
    let unknown = "not a rung of the proof ladder";
    PossibleValuesParser::new(Rung::ALL.map(Rung::id))
        .try_map(move |id| Rung::from_id(&id).ok_or(unknown))
}

impl VerdictOptions {
    /// The rungs that must be proven.
    pub(super) fn required(&self) -> Required {
        self.require.iter().copied().collect()
    }

    /// How a command ends that made this report.
    pub(super) fn exit(&self, report: &Report) -> Exit {
        if report.bad_input() {
            return Exit::BadInput;
        }
        if self.counts_as_not_ready(report) {
            return Exit::NotReady;
        }
        match report.verdict() {
            Verdict::Ready => Exit::Done,
            Verdict::NotReady => Exit::NotReady,
            Verdict::Inconclusive => Exit::CouldNotTell,
        }
    }

    /// What there is to say where the exit status is not that of the verdict.
    pub(super) fn remark(&self, report: &Report) -> &'static str {
        if self.counts_as_not_ready(report) {
            "A warning counts as not ready (--strict).\n"
        } else {
            ""
        }
    }

    /// Whether a warning makes it not ready although the verdict does not.
    pub(super) fn counts_as_not_ready(&self, report: &Report) -> bool {
        self.strict && report.verdict() != Verdict::NotReady && !report.warnings().is_empty()
    }
}
