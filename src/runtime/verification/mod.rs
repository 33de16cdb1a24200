//! Testing many connections together. Each gets the report that a test of its own would give it, with fewer questions:
//! what is true of a server is found out once, and one session serves for many keys.

mod asking;
mod assembly;
mod server;
mod upper;
mod visit;

use futures::StreamExt as _;
use futures::stream;

use self::assembly::Assembly;
use crate::check::Report;
use crate::check::request::{TestSettings, VerificationRequest};
use crate::check::stage::key_query::Retired;

/// How many servers are tested at a time, if nothing is said.
pub const USUAL_SERVERS_AT_ONCE: usize = 8;

/// What is told of a verification as it goes. Connections are meant by their place in the list.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// The server is about to be asked about this connection's key.
    Began(usize),
    /// What the server said about the keys that this connection had before. Its report follows, and says whether the server is
    /// the one it claims to be.
    AskedAboutRetired(usize, Vec<Retired>),
    /// This connection's report is there.
    Finished(usize, Box<Report>),
}

/// Tests all connections and tells each report as soon as it is there, in no order.
///
/// At most so many servers are visited at a time, each in at most two connections at once. `settings` holds for all;
/// your own identity in it is not used. Dropping the future ends everything at once.
pub async fn run(
    requests: &[VerificationRequest],
    settings: &TestSettings,
    servers_at_once: usize,
    mut tell: impl FnMut(Progress) + Send,
) {
    let assembly = Assembly::new(requests, settings, &mut tell);
    let servers = server::by_place(&assembly);
    stream::iter(servers)
        .for_each_concurrent(servers_at_once.max(1), |server| server.verify(&assembly))
        .await;
}
