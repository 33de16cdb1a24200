//! Adding the key to the repository with the token that was given for it.

use std::time::Duration;

use crate::adapters::rest::{Addition, Client};
use crate::bitbucket::Api;
use crate::bitbucket::api::Purpose;
use crate::check::stage::repository::{NoAnswer, Permission};
use crate::text::harmless;
use crate::wizard::effect::GrantRequest;

/// How long Bitbucket may take over it.
const LIMIT: Duration = Duration::from_secs(30);

/// As much of Bitbucket's words as is shown.
const WORDS_LIMIT: usize = 200;

/// Adds the key. A key that is there already is as good. Fails with sentences that say why and what to do.
///
/// Waits for the network; call it where waiting holds nobody up.
pub(super) fn add_key(request: &GrantRequest) -> Result<(), String> {
    let access = &request.access;
    let api = Api::new(&request.place, access.base.as_ref())
        .map_err(|why| format!("Bitbucket's web server can't be asked: {why}."))?;
    let unanswered = |none: NoAnswer| {
        let check = none.to_check(&api, access.email.is_some(), Purpose::Add);
        match check.detail {
            Some(detail) => format!("{}. {detail}", check.summary),
            None => format!("{}.", check.summary),
        }
    };
    let client = Client::new(&api, access, LIMIT).map_err(unanswered)?;
    match client
        .add(&request.key, &request.label)
        .map_err(unanswered)?
    {
        Addition::AlreadyHere(Some(listed)) if listed.permission == Permission::ReadWrite => Err(
            "The key is there already, but it may also write. Remove it on the Access keys page, then add it again."
                .to_owned(),
        ),
        Addition::Added | Addition::AlreadyHere(_) => Ok(()),
        Addition::Refused {
            refusal: Some(refusal),
            ..
        } => Err(format!("{} {}", refusal.cause(), refusal.cure())),
        Addition::Refused { words, .. } => Err(format!(
            "Bitbucket did not add the key. It said: {}",
            harmless(&words, WORDS_LIMIT)
        )),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use crate::access_key::AccessKey;
    use crate::bitbucket::{Edition, SshAliases, read_address};
    use crate::check::api_access::{ApiAccess, read_token};
    use crate::simulator::{self, NewKey, Options, Place, Simulator};

    use super::*;

    #[test]
    fn a_key_that_is_there_already_is_as_good_unless_it_may_write() {
        let key = AccessKey::read(include_str!("../../tests/fixtures/keys/ed25519.pub")).unwrap();
        for (permission, is_good) in [
            (simulator::Permission::Read, true),
            (simulator::Permission::ReadWrite, false),
        ] {
            let bitbucket = Simulator::start(Options::new(Edition::DataCenter)).unwrap();
            let place = Place::Repository(bitbucket.repository().to_owned());
            let new = NewKey {
                line: &key.line(),
                label: "Coalesce Quality",
                permission,
                expires: None,
            };
            bitbucket.store().add_access_key(&place, new).unwrap();
            let reading = read_address(&bitbucket.ssh_url(), &SshAliases::default()).unwrap();
            let request = GrantRequest {
                place: reading.place,
                key: key.clone(),
                label: "Coalesce Quality".to_owned(),
                access: ApiAccess {
                    token: read_token(bitbucket.token()).unwrap(),
                    base: bitbucket.api().parse().ok(),
                    ..ApiAccess::default()
                },
            };
            let added = add_key(&request);
            assert_eq!(added.is_ok(), is_good, "{added:?}");
        }
    }
}
