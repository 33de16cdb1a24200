//! `doorkey check`: one connection test, then exit.

use std::io::{self, Write as _};
use std::time::Duration;

use clap::Args;
use tokio::time::Instant;

use super::answer::Answer;
use super::error_form::ErrorForm;
use super::identity_options::{IdentityOptions, NoIdentity};
use super::progress::Progress;
use super::sheet::{Sheet, Tone};
use super::test_options::{self, TestOptions};
use super::told_to_end::told_to_end;
use super::verdict_options::VerdictOptions;
use super::{Exit, key_source, usage_error};
use crate::check::api_access::TOKEN_VARIABLE;
use crate::check::conclusion::Conclusion;
use crate::check::request::TestRequest;
use crate::check::watch::{Goal, Outlook, Watch};
use crate::check::{
    Check, CheckId, Code, Fix, FixId, Report, Rung, Standing, Status, TestEvent, Verdict,
};
use crate::runtime::{connection_test, engine};
use crate::text::width;

/// How long a watch goes on if nothing is said: [`crate::check::watch::USUAL_LIMIT`], as people write it.
const USUAL_WATCH: &str = "10m";

/// Test once whether Bitbucket would let the key in
///
/// Asks the server whether it would accept the public key; needs no private key, and logs in nowhere unless you give an
/// identity of your own. Exit status: 0 ready, 1 not ready, 2 address or key can't be used, 3 could not tell.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The repository's SSH URL, as entered in Coalesce Quality
    #[arg(value_name = "URL")]
    url: String,
    /// The public key's file, or - for standard input
    #[arg(long, value_name = "FILE")]
    key: String,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Test again, with growing pauses, until it is ready, for at most TIME (10m by default)
    ///
    /// With a token it goes on until Coalesce Quality has been in. It ends sooner where waiting can't help.
    #[arg(long, value_name = "TIME", num_args = 0..=1, require_equals = true, default_missing_value = USUAL_WATCH, value_parser = test_options::time_limit)]
    watch: Option<Duration>,
    #[command(flatten)]
    verdict: VerdictOptions,
    #[command(flatten)]
    test: TestOptions,
    #[command(flatten)]
    identity: IdentityOptions,
}

/// Runs one test and prints its report.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let errors = ErrorForm::of(arguments.json);
    if let Some(hint) = usage_error::saved_connection_hint(&arguments.url) {
        return errors.refuse(hint);
    }
    let key = match key_source::read(&arguments.key) {
        Ok(key) => key,
        Err(why) => return errors.refuse(&why),
    };
    let mut settings = match arguments.test.settings() {
        Ok(settings) => settings,
        Err(stop) => return stop.say(errors),
    };
    settings.required = arguments.verdict.required();
    settings.own_identity = match arguments.identity.identity() {
        Ok(identity) => identity,
        Err(NoIdentity::Unusable(why)) => return errors.refuse(&why),
        Err(NoIdentity::Interrupted) => return Exit::Interrupted,
    };
    let request = TestRequest {
        url: arguments.url.clone(),
        key,
        settings,
    };
    let report = match engine::for_a_test() {
        Ok(runtime) => runtime.block_on(test(&request, arguments.watch)),
        Err(why) => return errors.could_not_run(why),
    };
    let Some(report) = report else {
        return Exit::Interrupted;
    };
    let output = if arguments.json {
        report.to_json_pretty() + "\n"
    } else {
        table(Sheet::stdout(), &report) + arguments.verdict.remark(&report)
    };
    Answer {
        output,
        message: String::new(),
        exit: arguments.verdict.exit(&report),
    }
    .print()
}

/// The last report, or nothing if it was told to end first.
async fn test(request: &TestRequest, watch: Option<Duration>) -> Option<Report> {
    let mut progress = Progress::new();
    let report = tokio::select! {
        // Signals are listened for before anything is contacted.
        biased;
        () = told_to_end() => None,
        report = test_and_watch(request, watch, &mut progress) => Some(report),
    };
    progress.clear();
    report
}

/// Tests once, or until there is nothing left to wait for.
async fn test_and_watch(
    request: &TestRequest,
    watch: Option<Duration>,
    progress: &mut Progress,
) -> Report {
    let started = Instant::now();
    let goal = match request.settings.api.token {
        Some(_) => Goal::Used,
        None => Goal::Ready,
    };
    let mut watch = watch.map(|limit| Watch::new(goal, started.elapsed(), limit));
    loop {
        let tell = |event| {
            if let TestEvent::Started(id) = event {
                progress.show(format_args!("testing: {}", id.title()));
            }
        };
        let report = connection_test::run(request, tell).await;
        let now = started.elapsed();
        let outlook = watch.as_mut().map(|watch| watch.tested(&report, now));
        let Some(Outlook::Next(next)) = outlook else {
            return report;
        };
        let pause = next.saturating_sub(now);
        progress.clear();
        say_next(&report, pause);
        tokio::time::sleep(pause).await;
    }
}

/// Says how a test of a watch came out, and when the next one is.
fn say_next(report: &Report, pause: Duration) {
    let trouble = report.troubles().first().map_or("", |check| &check.summary);
    let seconds = crate::text::in_seconds(pause);
    writeln!(
        io::stderr(),
        "doorkey: {trouble}; testing again in {seconds}"
    )
    .ok();
}

fn table(sheet: Sheet, report: &Report) -> String {
    let checks = report
        .checks
        .iter()
        // What took time was tried; that it led to nothing is worth a line.
        .filter(|check| check.status != Status::Skip || check.elapsed.is_some())
        .map(|check| check_lines(sheet, check));
    checks
        .chain([
            String::from("\n"),
            verdict_lines(sheet, report),
            rung_lines(sheet, report),
        ])
        .collect()
}

/// The verdict, and of a ready one what it leaves open: the exit status 0 alone would look like more.
fn verdict_lines(sheet: Sheet, report: &Report) -> String {
    let (verdict, proof) = (report.verdict(), report.proof());
    let mut lines = sheet.paint(verdict.into(), &verdict.sentence(&proof)) + "\n";
    let open = Conclusion::of(&proof).open;
    if let (Verdict::Ready, Some(open)) = (verdict, open) {
        let with_token = format!("set {TOKEN_VARIABLE} and test again");
        lines.push_str(&sheet.prose(&open.words(&with_token)));
    }
    lines
}

fn rung_lines(sheet: Sheet, report: &Report) -> String {
    let mut lines = String::new();
    let mut line = |title: &str, names: &[&str]| {
        if !names.is_empty() {
            lines.push_str(&sheet.hanging(Tone::Dim, &format!("{title:<12}"), &names.join(", ")));
        }
    };
    line("Proven:", &rungs(report, Standing::Proven));
    line("Refuted:", &rungs(report, Standing::Refuted));
    line("Not proven:", &rungs(report, Standing::Unknown));
    let codes = report.warnings().into_iter();
    let codes: Vec<&str> = codes.filter_map(|check| check.code.map(Code::id)).collect();
    line("Warnings:", &codes);
    lines
}

fn check_lines(sheet: Sheet, check: &Check) -> String {
    const TITLE: usize = 16;
    let tone = Tone::from(check.status);
    let sign = sheet.sign(
        tone,
        match check.status {
            Status::Pass => "ok  ",
            Status::Warn => "warn",
            Status::Fail => "FAIL",
            Status::Skip => "skip",
        },
    );
    let title = check.id.title();
    let gap = " ".repeat(TITLE.saturating_sub(width(title)));
    let lead = format!("{sign}  {title}{gap}  ");
    let time = match check.elapsed {
        Some(elapsed) => format!("  ({:.0} ms)", elapsed.as_secs_f64() * 1000.0),
        None => String::new(),
    };
    let tone = match check.status {
        Status::Pass => Tone::Text,
        _ => tone,
    };
    let mut lines = sheet.hanging(tone, &lead, &format!("{}{time}", check.summary));
    let indent = " ".repeat(width(&lead));
    let mut line = |text: &str| lines.push_str(&sheet.hanging(Tone::Text, &indent, text));
    if let Some(code) = check.code {
        line(code.meaning());
    }
    if let Some(detail) = check
        .detail
        .as_deref()
        .filter(|_| check.id != CheckId::HostKey || check.code.is_some())
    {
        line(detail);
    }
    if let Some(code) = check.code {
        line(code.remedy());
        for words in check.fixes.iter().filter_map(fix_words) {
            line(&format!("→ {words}"));
        }
        line(&format!("[{code}]"));
    }
    lines
}

/// A fix as it can be applied here: with other arguments. The others are for the wizard.
fn fix_words(fix: &Fix) -> Option<String> {
    let value = fix.value.as_deref()?;
    Some(match fix.id {
        FixId::TrustHostKey => format!("To trust it: --host-key {value}"),
        _ => fix.title.clone(),
    })
}

fn rungs(report: &Report, standing: Standing) -> Vec<&'static str> {
    let proof = report.proof();
    let rungs = Rung::ALL.into_iter();
    let rungs = rungs.filter(|rung| proof.standing(*rung) == standing);
    rungs.map(Rung::title).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::watch;

    #[test]
    fn a_watch_lasts_as_long_as_in_the_wizard() {
        assert_eq!(
            humantime::parse_duration(USUAL_WATCH),
            Ok(watch::USUAL_LIMIT)
        );
    }
}
