//! Adding the key to the repository with the token that was given for it.

use std::time::Duration;

use crate::adapters::rest::{Addition, Client};
use crate::bitbucket::Api;
use crate::bitbucket::api::Purpose;
use crate::check::stage::repository::NoAnswer;
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
