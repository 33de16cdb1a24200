//! The part of a connection test that asks Bitbucket's REST interface: only with a token, which the user gave for it.

use crate::access_key::AccessKey;
use crate::adapters::rest;
use crate::bitbucket::{Api, RepositoryAddress, RepositoryPlace};
use crate::check::request::TestSettings;
use crate::check::stage::repository::{Asked, judge};
use crate::check::{Check, CheckId, Code};

/// Begins to ask, on a thread of its own. None without a token.
pub(super) fn start(
    settings: &TestSettings,
    place: &RepositoryPlace,
    tested: &RepositoryAddress,
    key: &AccessKey,
) -> Option<impl Future<Output = [Check; 3]> + use<>> {
    let access = &settings.api;
    access.token.as_ref()?;
    let limit = settings.limits.api.min(settings.limits.total);
    let asked = Api::new(place, access.base.as_ref()).map(|api| {
        let observed = rest::observe(&api, access, key, limit);
        (api, observed)
    });
    let with_email = access.email.is_some();
    let tested = tested.clone();
    Some(async move {
        match asked {
            Ok((api, observed)) => {
                let asked = Asked {
                    api: &api,
                    with_email,
                    tested: &tested,
                };
                judge(asked, &observed.await)
            }
            Err(why) => [
                Check::found(Code::RepositoryApiUnreachable).with_detail(format!(
                    "The address of its web server can't be used: {why}."
                )),
                Check::skip(CheckId::Permission, "not known"),
                Check::skip(CheckId::VendorUse, "not known"),
            ],
        }
    })
}
