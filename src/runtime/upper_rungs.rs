//! The part of a connection test that asks Bitbucket's REST interface: only with a token, which the user gave for it.

use std::time::Duration;

use futures::future::OptionFuture;

use super::given::Testable;
use crate::access_key::AccessKey;
use crate::adapters::rest;
use crate::bitbucket::api::ApiBaseError;
use crate::bitbucket::{Api, RepositoryAddress};
use crate::check::api_access::ApiAccess;
use crate::check::request::TestSettings;
use crate::check::stage::repository::{Asked, Observed, judge};
use crate::check::{Check, CheckId, Code};

/// A question about one repository.
pub(super) struct UpperRungs {
    api: Result<Api, ApiBaseError>,
    access: ApiAccess,
    tested: RepositoryAddress,
    limit: Duration,
}

impl UpperRungs {
    /// The question about what is tested. None without a token.
    pub(super) fn new(settings: &TestSettings, testable: Testable<'_>) -> Option<Self> {
        let access = &settings.api;
        access.token.as_ref()?;
        Some(Self {
            api: Api::new(testable.place, access.base.as_ref()),
            access: access.clone(),
            tested: testable.tested.clone(),
            limit: settings.limits.api.min(settings.limits.total),
        })
    }

    /// Begins to ask, on a thread of its own. What is observed is nothing where there is no address to ask at.
    pub(super) fn ask(
        &self,
        key: &AccessKey,
    ) -> impl Future<Output = Option<Observed>> + Send + use<> {
        let observed = self.api.as_ref().ok();
        OptionFuture::from(observed.map(|api| rest::observe(api, &self.access, key, self.limit)))
    }

    /// The checks that come of what was observed.
    pub(super) fn judge(&self, observed: Option<&Observed>) -> [Check; 3] {
        match (&self.api, observed) {
            (Ok(api), Some(observed)) => {
                let asked = Asked {
                    api,
                    token: self.access.given(),
                    tested: &self.tested,
                };
                judge(asked, observed)
            }
            (api, _) => {
                let why = api.as_ref().err().map(ToString::to_string);
                let why = why.unwrap_or_else(|| "it was not asked".to_owned());
                [
                    Check::found(Code::RepositoryApiUnreachable).with_detail(format!(
                        "The address of its web server can't be used: {why}."
                    )),
                    Check::skip(CheckId::Permission, "not known"),
                    Check::skip(CheckId::VendorUse, "not known"),
                ]
            }
        }
    }
}
