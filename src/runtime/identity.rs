//! Takes somebody's own SSH identity from where they say it is.

use std::sync::Arc;

use secrecy::ExposeSecret;

use super::ports::expand_home;
use crate::adapters::agent_socket;
use crate::adapters::identity_file::IdentityFile;
use crate::check::{NotOpened, OwnIdentity};
use crate::guide::effect::IdentitySource;

/// The identity. Takes its time: a file is read, and a passphrase is made slow to try.
pub(super) fn take(source: &IdentitySource) -> Result<OwnIdentity, NotOpened> {
    match source {
        IdentitySource::Agent => agent_socket::find_listening()
            .map_err(|why| NotOpened::Unusable(format!("{why}. Name a key file instead"))),
        IdentitySource::File { name, passphrase } => {
            let file = IdentityFile::read(&expand_home(name)).map_err(NotOpened::Unusable)?;
            let passphrase = passphrase.as_ref().map(ExposeSecret::expose_secret);
            let key = file.open(passphrase)?;
            Ok(OwnIdentity::Key(Arc::new(key)))
        }
    }
}
