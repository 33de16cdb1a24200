//! What Bitbucket is: its editions, how its repositories are addressed, its pages and its published host keys.
//!
//! Nothing here touches the network, a file or the clock. What can change about Bitbucket is data in `assets/`.

pub mod address;
pub mod api;
mod assets;
pub mod branches;
pub mod guide;
pub mod host_keys;
pub mod other_door;
pub mod pages;
mod percent;
pub mod pkt_line;
pub mod refusal;
pub mod ssh_aliases;
pub mod ssh_session;
pub mod token;

pub use address::{Problem, Reading, Refusal, Repair, RepositoryAddress, read_address};
pub use api::{Api, ApiBase};
pub use branches::Branches;
pub use pages::RepositoryPlace;
pub use refusal::SshRefusal;
pub use ssh_aliases::SshAliases;
pub use token::TokenKind;

/// Where SSH listens unless an address says otherwise (IANA's list of services). The scp form and `ssh://` without a
/// port lead there, and `known_hosts` leaves this port out. On a Data Center the machine's own SSH server has it.
pub const SSH_PORT: u16 = 22;

/// Which of the two products.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edition {
    /// Bitbucket Cloud, at bitbucket.org.
    Cloud,
    /// Bitbucket Data Center (earlier: Server), run by a company itself.
    DataCenter,
}

impl Edition {
    /// Both.
    pub const ALL: [Edition; 2] = [Edition::Cloud, Edition::DataCenter];

    /// The stable name, as in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Edition::Cloud => "cloud",
            Edition::DataCenter => "data_center",
        }
    }

    /// The name on the screen.
    pub const fn title(self) -> &'static str {
        match self {
            Edition::Cloud => "Bitbucket Cloud",
            Edition::DataCenter => "Bitbucket Data Center",
        }
    }
}
