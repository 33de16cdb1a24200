//! How to ask Bitbucket's REST interface: options, and a token from the environment.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use zeroize::Zeroizing;

use crate::adapters::{key_file, rest};
use crate::bitbucket::ApiBase;
use crate::check::api_access::{ApiAccess, TOKEN_VARIABLE, read_email, read_token};

/// How to get into the REST interface.
#[derive(Clone, Debug, Args)]
#[command(
    next_help_heading = "Bitbucket's REST interface, with the token in DOORKEY_BITBUCKET_TOKEN"
)]
pub(super) struct ApiOptions {
    /// The Atlassian account's e-mail address, for an API token of Bitbucket Cloud
    #[arg(long, value_name = "ADDRESS", value_parser = read_email)]
    email: Option<String>,
    /// Where Bitbucket's web server is, if it can't be told from the SSH URL
    #[arg(long, value_name = "URL")]
    api_url: Option<ApiBase>,
    /// Trust these certificates too (PEM)
    #[arg(long, value_name = "FILE")]
    cacert: Option<PathBuf>,
}

impl ApiOptions {
    /// What was given, with the token if there is one. Fails with a sentence.
    pub(super) fn access(&self) -> Result<ApiAccess, String> {
        Ok(ApiAccess {
            token: token()?,
            email: self.email.clone(),
            base: self.api_url.clone(),
            certificates: self.certificates()?,
        })
    }

    fn certificates(&self) -> Result<Option<Arc<[u8]>>, String> {
        let Some(file) = &self.cacert else {
            return Ok(None);
        };
        let bytes = key_file::read_many(file)?;
        match rest::check_certificates(&bytes) {
            Ok(()) => Ok(Some(Arc::from(bytes.as_slice()))),
            Err(why) => Err(format!("--cacert can't be used: {why}")),
        }
    }
}

fn token() -> Result<Option<secrecy::SecretString>, String> {
    let refused = |why: &str| format!("{TOKEN_VARIABLE} can't be used: {why}");
    match std::env::var_os(TOKEN_VARIABLE).map(std::ffi::OsString::into_string) {
        None => Ok(None),
        Some(Ok(text)) => read_token(&Zeroizing::new(text)).map_err(refused),
        Some(Err(_)) => Err(refused("it is not text")),
    }
}
