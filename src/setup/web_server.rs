//! Which web server the repository is on, as far as the wizard knows: an SSH URL does not say it, and a token must go to
//! no other.

use super::Wizard;
use crate::bitbucket::{Api, ApiBase, RepositoryPlace};
use crate::check::FixId;

impl Wizard {
    /// Where the repository of the SSH URL is on the web. What step 4 says of it, or what Bitbucket answered from, is
    /// better than the guess that an SSH URL allows.
    pub(super) fn place(&self) -> Option<RepositoryPlace> {
        let place = &self.journey.ssh_url.reading.as_ref().ok()?.place;
        let said = self.journey.access_keys_page.place();
        let said = said.filter(|said| is_same_repository(said, place) && !said.base_guessed);
        let answered = self.journey.answered_from.as_ref().map(ApiBase::as_str);
        let base = said.map(|said| said.base.as_str()).or(answered);
        Some(match base {
            Some(base) => RepositoryPlace {
                base: base.to_owned(),
                base_guessed: false,
                ..place.clone()
            },
            None => place.clone(),
        })
    }

    /// Where Bitbucket's REST interface is asked.
    pub(super) fn api_base(&self) -> Option<ApiBase> {
        let api = Api::new(&self.place()?, self.settings.api.base.as_ref());
        api.ok().map(|api| api.base().clone())
    }

    /// Takes the web server that doorkey has guessed for the right one, because the person says so.
    pub(super) fn confirm_web_host(&mut self) {
        let guessed = self.connection_test().fix_value(FixId::ConfirmWebHost);
        self.journey.answered_from = guessed.and_then(|base| base.parse().ok());
    }

    /// Forgets a token that was given for another server than the next test asks.
    pub(super) fn keep_token_from_other_servers(&mut self) {
        let Some(next) = self.api_base().filter(|_| self.has_token()) else {
            return;
        };
        let given_for = self.token_goes_to.get_or_insert_with(|| next.clone());
        if given_for.is_origin_of(&format!("{next}/")) {
            return;
        }
        let words = format!("The token was given for {given_for} and is not sent to {next}.");
        self.drop_token();
        self.problem(words);
    }
}

/// Data Center writes a project's key large on the web, and small in SSH URLs.
fn is_same_repository(one: &RepositoryPlace, other: &RepositoryPlace) -> bool {
    one.edition == other.edition
        && one.project.eq_ignore_ascii_case(&other.project)
        && one.repository.eq_ignore_ascii_case(&other.repository)
}
