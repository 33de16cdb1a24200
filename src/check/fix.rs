//! What can be done about a cause: each fix has an id, a key in the wizard and a title.

use serde::Serialize;

use crate::bitbucket::other_door::data_center_port;
use crate::bitbucket::{Edition, SshAliases, read_address};

macro_rules! fixes {
    ($($name:ident = $id:literal, $key:literal, $label:literal, $title:literal;)+) => {
        /// The name of a fix. In the wizard each is one key press.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the titles below describe each")]
        pub enum FixId { $($name),+ }

        impl FixId {
            /// Every fix.
            pub const ALL: &'static [FixId] = &[$(FixId::$name),+];

            /// The stable name, such as `use_suggested_url`.
            pub const fn id(self) -> &'static str {
                match self { $(FixId::$name => $id),+ }
            }

            /// The key that applies it in the wizard.
            pub const fn key(self) -> char {
                match self { $(FixId::$name => $key),+ }
            }

            /// A few words for the footer.
            pub const fn label(self) -> &'static str {
                match self { $(FixId::$name => $label),+ }
            }

            /// What it does, where nothing more exact is known.
            pub const fn title(self) -> &'static str {
                match self { $(FixId::$name => $title),+ }
            }
        }
    };
}

fixes! {
    UseSuggestedUrl = "use_suggested_url", 'u', "use suggestion", "Use the suggested address";
    EditUrl = "edit_url", 'e', "edit address", "Edit the address";
    RepasteKey = "repaste_key", 'v', "paste key again", "Paste the key again";
    CopyKey = "copy_key", 'c', "copy key", "Copy the key again";
    OpenAccessKeys = "open_access_keys", 'o', "open page", "Open the Access keys page";
    OpenAccessControls = "open_access_controls", 'a', "open guide", "Open the guide to the workspace's access controls";
    OpenStatusPage = "open_status_page", 's', "status page", "Open Bitbucket's status page";
    TrustHostKey = "trust_host_key", 't', "trust", "Trust this host key";
    TryPort7999 = "try_port_7999", 'p', "port 7999", "Try port 7999";
    TryPort443 = "try_port_443", 'x', "port 443", "Try port 443";
    Watch = "watch", 'w', "watch", "Watch until it turns green";
    Retry = "retry", 'r', "test again", "Test again";
    HandOff = "hand_off", 'h', "ask an administrator", "Hand this to an administrator";
    GiveToken = "give_token", 'g', "give token", "Give an access token";
    ConfirmWebHost = "confirm_web_host", 'y', "ask this server", "Ask the web server that doorkey has guessed";
    UseIdentity = "use_identity", 'i', "use your own identity", "Use your own SSH identity";
}

/// A fix offered for one failed check, with a title that names what it would use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Which fix.
    pub id: FixId,
    /// What it does here, such as `Use git@ssh.bitbucket.org:acme/analytics.git`.
    pub title: String,
    /// What it would use, such as the address or the fingerprint; not for reading by people.
    pub value: Option<String>,
}

impl Fix {
    /// The fix with its general title.
    pub fn new(id: FixId) -> Self {
        Self {
            id,
            title: id.title().to_owned(),
            value: None,
        }
    }

    /// Whether it comes to the same as the other one.
    pub fn does_the_same(&self, other: &Fix) -> bool {
        self.id == other.id || (self.leads_to_usual_port() && other.leads_to_usual_port())
    }

    /// Whether it makes an address with Data Center's usual port: what else such a suggestion repairs does no harm.
    fn leads_to_usual_port(&self) -> bool {
        let suggested = || self.value.as_deref();
        match self.id {
            FixId::TryPort7999 => true,
            FixId::UseSuggestedUrl => suggested().is_some_and(has_usual_port),
            _ => false,
        }
    }
}

fn has_usual_port(url: &str) -> bool {
    read_address(url, &SshAliases::default()).is_ok_and(|reading| {
        let address = reading.address;
        let is_as_written = reading.repair.is_none();
        is_as_written
            && address.edition() == Edition::DataCenter
            && address.port() == data_center_port()
    })
}

impl Serialize for FixId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggestion_with_the_usual_port_does_what_trying_that_port_does() {
        let suggestion = |url: &str| Fix {
            value: Some(url.to_owned()),
            ..Fix::new(FixId::UseSuggestedUrl)
        };
        let try_port = Fix::new(FixId::TryPort7999);
        let same = suggestion("ssh://git@git.example.com:7999/data/analytics.git");
        assert!(try_port.does_the_same(&same) && same.does_the_same(&try_port));
        let others = [
            suggestion("ssh://git@git.example.com:22/data/analytics.git"),
            suggestion("git@ssh.bitbucket.org:acme/analytics.git"),
            Fix::new(FixId::UseSuggestedUrl),
            Fix::new(FixId::EditUrl),
        ];
        assert!(others.iter().all(|other| !try_port.does_the_same(other)));
    }
}
