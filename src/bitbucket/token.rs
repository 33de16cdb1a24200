//! What a token's beginning says about it: which kind it is, and whose server may see it.

use super::assets::BITBUCKET;

/// The kinds that Bitbucket tells apart by how a token begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// An account's API token of Cloud; goes with the account's e-mail address.
    ApiToken,
    /// The token of a Cloud repository, project or workspace.
    AccessToken,
    /// An app password of Cloud, of which none is valid any longer.
    AppPassword,
    /// No known beginning: a Data Center's, or an old one.
    #[default]
    Unknown,
}

impl TokenKind {
    /// The kind of a token. The beginning is looked for anywhere, so that a quotation mark or a name pasted along
    /// does not make a Cloud token look like somebody else's.
    pub fn of(token: &str) -> Self {
        let tokens = &BITBUCKET.cloud.tokens;
        [
            (&tokens.api_token, TokenKind::ApiToken),
            (&tokens.access_token, TokenKind::AccessToken),
            (&tokens.app_password, TokenKind::AppPassword),
        ]
        .into_iter()
        .find(|(beginning, _)| token.contains(beginning.as_str()))
        .map_or(TokenKind::Unknown, |(_, kind)| kind)
    }

    /// Whether it belongs to Bitbucket Cloud's API and to no other server.
    pub fn is_clouds(self) -> bool {
        self != TokenKind::Unknown
    }
}

/// When Bitbucket Cloud stopped taking app passwords.
pub fn app_passwords_ended() -> &'static str {
    &BITBUCKET.cloud.tokens.app_passwords_ended
}

/// Where somebody makes an API token.
pub fn api_token_page() -> &'static str {
    &BITBUCKET.cloud.tokens.where_made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_tells_the_kind() {
        for (token, kind) in [
            ("ATATT3xFfGF0abc=1A2B3C4D", TokenKind::ApiToken),
            ("ATCTT3xFfGN0abc=1A2B3C4D", TokenKind::AccessToken),
            ("ATBBabcdefghijklmnop", TokenKind::AppPassword),
            ("\"ATATT3xFfGF0abc\"", TokenKind::ApiToken),
            ("token=ATCTT3xFfGN0abc", TokenKind::AccessToken),
            ("MDM0MjM5NDc2MDxxxxxxxxxxxxxxxxxxxxx", TokenKind::Unknown),
            ("atatt", TokenKind::Unknown),
            ("", TokenKind::Unknown),
        ] {
            assert_eq!(TokenKind::of(token), kind, "{token}");
            assert_eq!(kind.is_clouds(), kind != TokenKind::Unknown);
        }
    }
}
