//! Every cause doorkey can name: its code, its words, what it refutes and what can be done.
//!
//! This table is the only place a code is described. The report, the wizard and the JSON all read it.

pub mod reference;

use std::fmt;

use super::fix::FixId::{self, *};
use super::{CheckId, Standing, Status};

/// Everything there is to say about one cause.
struct Entry {
    id: &'static str,
    status: Status,
    standing: Standing,
    title: &'static str,
    meaning: &'static str,
    remedy: &'static str,
    fixes: &'static [FixId],
}

/// `fail`: the rung is refuted. `unclear`: the check failed but the rung stays unknown.
/// `warn`: worth saying, and the rung is proven all the same. `doubt`: a warning that leaves the rung unknown.
/// `negative`: a warning that refutes the rung.
macro_rules! outcome {
    (fail) => {
        (Status::Fail, Standing::Refuted)
    };
    (unclear) => {
        (Status::Fail, Standing::Unknown)
    };
    (warn) => {
        (Status::Warn, Standing::Proven)
    };
    (doubt) => {
        (Status::Warn, Standing::Unknown)
    };
    (negative) => {
        (Status::Warn, Standing::Refuted)
    };
}

macro_rules! codes {
    ($($name:ident = $id:literal $outcome:ident {
        $title:literal, $meaning:literal, $remedy:literal, [$($fix:ident),+ $(,)?]
    })+) => {
        /// One cause of a failed or doubtful check.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the table below describes each")]
        pub enum Code { $($name),+ }

        impl Code {
            /// Every code, in the order of the checks.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            const fn entry(self) -> Entry {
                match self {
                    $(Code::$name => {
                        let (status, standing) = outcome!($outcome);
                        Entry {
                            id: $id, status, standing,
                            title: $title, meaning: $meaning, remedy: $remedy,
                            fixes: &[$($fix),+],
                        }
                    })+
                }
            }
        }
    };
}

codes! {
    // ── url ────────────────────────────────────────────────────────────────────────────────────
    UrlEmpty = "url.empty" fail {
        "No address yet",
        "The address is empty.",
        "Paste the repository's SSH URL, or the address of any of its pages.",
        [EditUrl]
    }
    UrlHttps = "url.https" fail {
        "This is an HTTPS address",
        "Coalesce Quality connects over SSH; an HTTPS address never works there.",
        "Use the SSH form of the same repository.",
        [UseSuggestedUrl, EditUrl]
    }
    UrlBrowserPage = "url.browser_page" fail {
        "This is the address of a web page",
        "It shows the repository in a browser, but Coalesce Quality needs the address Git uses.",
        "Use the SSH URL of the same repository.",
        [UseSuggestedUrl, EditUrl]
    }
    UrlGitCloneCommand = "url.git_clone_command" fail {
        "There is more here than the address",
        "Coalesce Quality's form takes the address alone. Here a command, or something else, is around it.",
        "Use only the address.",
        [UseSuggestedUrl, EditUrl]
    }
    UrlScpPort = "url.scp_port" fail {
        "A port does not fit in this form",
        "In git@host:path, what follows the colon is the path, so the port would be read as a folder.",
        "Write the port in the ssh:// form.",
        [UseSuggestedUrl, EditUrl]
    }
    UrlWrongPort = "url.wrong_port" fail {
        "Bitbucket Cloud has another port",
        "Its SSH server listens on port 22 of ssh.bitbucket.org. Port 7999 is the usual one of a Data Center.",
        "Use the address without a port.",
        [UseSuggestedUrl, EditUrl]
    }
    UrlUserMissing = "url.user_missing" fail {
        "The user git@ is missing",
        "Without it, SSH logs in under the name of whoever runs it, and Bitbucket refuses that.",
        "Put git@ before the host.",
        [UseSuggestedUrl, EditUrl]
    }
    UrlUserNotGit = "url.user_not_git" fail {
        "The user must be git",
        "With another user Bitbucket looks only at that account's keys, so an access key is refused.",
        "Use git as the user.",
        [UseSuggestedUrl, EditUrl]
    }
    UrlRetiredHost = "url.retired_host" warn {
        "Bitbucket moved SSH to another host",
        "Since 12 November 2026 Git over SSH belongs on ssh.bitbucket.org; bitbucket.org was to keep only HTTPS.",
        "Use the new host, here and in Coalesce Quality.",
        [UseSuggestedUrl, EditUrl]
    }
    UrlSshConfigAlias = "url.ssh_config_alias" fail {
        "This host name is not a public one",
        "It is an alias from your SSH configuration or a name of your own network. Coalesce Quality knows neither.",
        "Use the server's full name.",
        [UseSuggestedUrl, EditUrl]
    }
    UrlMisspeltHost = "url.misspelt_host" fail {
        "This host is nearly Bitbucket's",
        "Its name differs from bitbucket.org in a few letters, so the connection would go to somebody else's server.",
        "Write bitbucket.org, if that is what you mean.",
        [UseSuggestedUrl, EditUrl]
    }
    UrlUnknownServer = "url.unknown_server" fail {
        "Nothing says that this is Bitbucket",
        "The host is not Bitbucket Cloud's, and the address has no port, path or name that a Data Center's has.",
        "Copy the SSH URL from Bitbucket's Clone button: a Data Center's has its port in it.",
        [UseSuggestedUrl, EditUrl]
    }
    UrlDataCenterPort22 = "url.data_center_port_22" warn {
        "This address means port 22",
        "Bitbucket Data Center usually listens on port 7999; on port 22 the machine's own SSH server answers.",
        "Copy the SSH URL from Bitbucket's Clone button, or try port 7999.",
        [UseSuggestedUrl, EditUrl]
    }
    UrlNoRepository = "url.no_repository" fail {
        "No repository in this address",
        "It names a server, a workspace or a project, but not which repository.",
        "Open the repository in Bitbucket and copy the address from there.",
        [EditUrl]
    }
    UrlUnsafe = "url.unsafe" fail {
        "This address could do harm",
        "It holds characters or a form that a program could take for something other than an address.",
        "Type the address by hand, or copy it again from Bitbucket.",
        [EditUrl]
    }
    UrlOtherForge = "url.other_forge" fail {
        "This is not Bitbucket",
        "The address belongs to another service.",
        "Follow Coalesce Quality's guide for that service, or paste a Bitbucket address.",
        [EditUrl]
    }
    UrlSeveral = "url.several" fail {
        "There are two repositories here",
        "The text names two different repositories, and one connection is for one of them.",
        "Paste the address of one repository.",
        [EditUrl]
    }
    UrlMailHidden = "url.mail_hidden" fail {
        "The page hid a part of this address",
        "It took the user and the host for somebody's mail address, and wrote something else in their place.",
        "Copy the address from Bitbucket's Clone button.",
        [UseSuggestedUrl, EditUrl]
    }
    UrlNotAnAddress = "url.not_an_address" fail {
        "This does not look like an address",
        "No repository address can be read from it.",
        "Paste the repository's SSH URL, or the address of any of its pages.",
        [UseSuggestedUrl, EditUrl]
    }

    // ── key ────────────────────────────────────────────────────────────────────────────────────
    KeyEmpty = "key.empty" fail {
        "No key yet",
        "There is nothing to read a public key from.",
        "Copy the public key from the integration in Coalesce Quality.",
        [RepasteKey]
    }
    KeyPrivate = "key.private" fail {
        "This is a private key",
        "A private key must never leave its owner. doorkey did not keep or show it and wiped its own copy; your terminal and clipboard may still hold theirs.",
        "Use the public key shown in Coalesce Quality. If this private key was sent to you, tell its owner to replace it.",
        [RepasteKey]
    }
    KeyCutOff = "key.cut_off" fail {
        "The key is incomplete",
        "Part of it is missing, most often the end of a long line.",
        "Copy it again with the copy button in Coalesce Quality.",
        [RepasteKey]
    }
    KeyPrefixMissing = "key.prefix_missing" fail {
        "The start of the key is missing",
        "The key data is there, but not the type before it, such as ssh-ed25519. Bitbucket refuses it like this.",
        "Copy the whole line, from ssh- on.",
        [RepasteKey]
    }
    KeyUnsupported = "key.unsupported" fail {
        "Not a type of key to use here",
        "Bitbucket takes Ed25519, ECDSA and RSA keys in the one-line OpenSSH format.",
        "Use the key that Coalesce Quality shows.",
        [RepasteKey]
    }
    KeyTooShort = "key.too_short" fail {
        "This key is too short",
        "Bitbucket asks for at least 2048 bits in an RSA key.",
        "Create a new key in Coalesce Quality.",
        [RepasteKey]
    }
    KeySeveral = "key.several" fail {
        "There is more than one key",
        "doorkey can't tell which of them is meant.",
        "Paste only the key that Coalesce Quality shows.",
        [RepasteKey]
    }
    KeyNotAKey = "key.not_a_key" fail {
        "This is not a public key",
        "A public key is one long line that starts with ssh-ed25519, ssh-rsa or ecdsa-.",
        "Copy the public key from the integration in Coalesce Quality.",
        [RepasteKey]
    }

    // ── dns ────────────────────────────────────────────────────────────────────────────────────
    DnsNotFound = "dns.not_found" fail {
        "The host name is not known",
        "No address was found for it. It may be misspelt, or known only inside your company's network.",
        "Compare the host with the address bar of Bitbucket.",
        [EditUrl, Retry]
    }
    DnsTimeout = "dns.timeout" unclear {
        "The host lookup took too long",
        "The name server did not answer in time.",
        "Check this machine's network, then test again.",
        [Retry, EditUrl]
    }
    DnsFailed = "dns.failed" unclear {
        "The host lookup failed",
        "No name server could say whether the name exists. This machine may have no network.",
        "Check this machine's network, then test again.",
        [Retry, EditUrl]
    }
    DnsPrivateAddress = "dns.private_address" warn {
        "This host has a private address",
        "Your machine may reach it, but Coalesce Quality connects from the internet and can't.",
        "Ask the administrator of this Bitbucket for the name that is reachable from the internet.",
        [EditUrl, HandOff]
    }

    // ── tcp ────────────────────────────────────────────────────────────────────────────────────
    TcpRefused = "tcp.refused" fail {
        "Nothing listens there",
        "The machine answered, but no server takes connections on this port.",
        "Check host and port against Bitbucket's Clone button.",
        [EditUrl, TryPort7999, OpenStatusPage, Retry]
    }
    TcpReset = "tcp.reset" unclear {
        "The connection was reset",
        "It ended before the server said anything. A firewall or an overloaded server does that.",
        "Wait a little, then test again. If it stays like this, ask whether your network lets SSH out.",
        [Retry, EditUrl, OpenStatusPage]
    }
    TcpTimeout = "tcp.timeout" unclear {
        "No answer",
        "Nothing came back from this host and port. A firewall drops such connections without a word.",
        "Check host and port. If they are right, ask whether your network lets SSH out.",
        [Retry, EditUrl, TryPort7999, TryPort443]
    }
    TcpUnreachable = "tcp.unreachable" unclear {
        "No way to this host from here",
        "The network said that there is no way to it.",
        "Check this machine's network or VPN, then test again.",
        [Retry, EditUrl]
    }

    // ── ssh ────────────────────────────────────────────────────────────────────────────────────
    SshNotSsh = "ssh.not_ssh" fail {
        "What answers there is not SSH",
        "The port belongs to another kind of server, or this network lets nothing but the web through and answers itself.",
        "Check the port against Bitbucket's Clone button. If it is right, take another network and test again.",
        [EditUrl, TryPort7999, Retry]
    }
    SshNoGreeting = "ssh.no_greeting" unclear {
        "The server says nothing",
        "An SSH server greets first. This one, or something in between, kept silent.",
        "Test again; if it stays like this, check the port.",
        [Retry, EditUrl, OpenStatusPage]
    }
    SshClosed = "ssh.closed" unclear {
        "The server hung up at once",
        "It hung up before the keys were exchanged. An overloaded server or a firewall does that.",
        "Wait a little, then test again.",
        [Retry, OpenStatusPage]
    }
    SshTurnedAway = "ssh.turned_away" unclear {
        "The server turns callers away",
        "It said so in place of its greeting. Servers do that for a while when they are busy, or after many tries from one address.",
        "Wait a few minutes, then test again.",
        [Retry, OpenStatusPage]
    }
    SshNoCommonAlgorithm = "ssh.no_common_algorithm" unclear {
        "No encryption both sides know",
        "The server offers only algorithms that are no longer considered safe, or newer ones than doorkey knows.",
        "Ask the administrator of this Bitbucket to update its SSH server.",
        [HandOff, Retry]
    }
    SshMachineSshd = "ssh.machine_sshd" fail {
        "This SSH server is not Bitbucket's",
        "OpenSSH answered. Bitbucket Data Center has an SSH server of its own, usually on port 7999.",
        "Use the SSH URL from Bitbucket's Clone button.",
        [TryPort7999, EditUrl]
    }
    SshProtocolError = "ssh.protocol_error" unclear {
        "The server broke the rules of SSH",
        "The connection could not be set up, because what it sent makes no sense in SSH.",
        "Test again; if it stays like this, something in between may be changing the traffic.",
        [Retry, EditUrl]
    }

    // ── host_key ───────────────────────────────────────────────────────────────────────────────
    HostKeyChanged = "host_key.changed" fail {
        "This is not the expected host key",
        "Either the server has a new host key, or somebody stands in between. Nothing more was asked of it.",
        "Compare the fingerprint with the one the administrator or Atlassian publishes before going on.",
        [Retry, EditUrl, HandOff]
    }
    HostKeyWithdrawn = "host_key.withdrawn" fail {
        "The server shows a withdrawn key",
        "This host key was withdrawn and must not be trusted any more. Nothing more was asked of the server.",
        "Don't connect from this network until you know why. Tell your administrator.",
        [Retry, HandOff]
    }
    HostKeyUnknown = "host_key.unknown" doubt {
        "This host key is not known yet",
        "It is neither published nor in your known_hosts, so doorkey can't tell whether the server is the real one.",
        "Compare the fingerprint with the administrator's, then trust it.",
        [TrustHostKey, HandOff]
    }

    // ── key_query ──────────────────────────────────────────────────────────────────────────────
    KeyQueryNotRecognised = "key_query.not_recognised" fail {
        "Bitbucket does not know this key",
        "It was not added yet, or a different key was added.",
        "Add it on the repository's Access keys page.",
        [OpenAccessKeys, CopyKey, Watch, Retry, HandOff]
    }
    KeyQueryAnyKeyAccepted = "key_query.any_key_accepted" doubt {
        "This server accepts any key",
        "It took your key, but also a fresh one that nobody has added. So its answer says nothing.",
        "Check that the address leads to Bitbucket and not to something in front of it.",
        [EditUrl, Retry]
    }
    KeyQueryRetiredKeyAccepted = "key_query.retired_key_accepted" warn {
        "The replaced key still gets in",
        "It accepts a key that this connection had before. The key may still be here, or on another repository.",
        "Remove the old key on the repository's Access keys page, and wherever else nothing needs it.",
        [OpenAccessKeys, Retry, HandOff]
    }
    KeyQueryRemovedKeyAccepted = "key_query.removed_key_accepted" fail {
        "A removed key gets in again",
        "An earlier test saw this server refuse a key that this connection had before. Somebody has added it again, here or elsewhere.",
        "Find out who added it, and remove it on the repository's Access keys page and wherever else nothing needs it.",
        [OpenAccessKeys, Retry, HandOff]
    }
    KeyQueryRsaNotAnnounced = "key_query.rsa_not_announced" warn {
        "Many clients won't use this RSA key",
        "The server knows the key, but announces no signature that OpenSSH 8.8 or later makes with an RSA key. Such clients don't even try it.",
        "Ask for an Ed25519 key in Coalesce Quality and add that one, or have the server updated.",
        [RepasteKey, HandOff, Retry]
    }
    KeyQuerySha1Only = "key_query.sha1_only" unclear {
        "Known only with SHA-1",
        "The server has this RSA key, but takes only the old signature ssh-rsa (SHA-1) from it, which clients no longer make.",
        "Ask for an Ed25519 key in Coalesce Quality and add that one, or have the server updated.",
        [RepasteKey, HandOff, Retry]
    }
    KeyQueryPublickeyNotOffered = "key_query.publickey_not_offered" unclear {
        "This server does not take keys",
        "It offers other ways to log in, but not by key.",
        "Check the address; on Data Center, ask whether SSH access keys are switched on.",
        [EditUrl, HandOff]
    }
    KeyQueryTooManyAttempts = "key_query.too_many_attempts" unclear {
        "Too many attempts for this server",
        "It allows few tries for each connection and gave no answer about this key.",
        "Wait a little, then test again.",
        [Retry, HandOff]
    }
    KeyQueryClosed = "key_query.closed" unclear {
        "It hung up without an answer",
        "The connection ended before it said whether it knows the key.",
        "Wait a little, then test again.",
        [Retry, OpenStatusPage]
    }

    // ── repository ─────────────────────────────────────────────────────────────────────────────
    RepositoryNotFound = "repository.not_found" unclear {
        "No such repository",
        "Bitbucket finds no repository under this address, or hides it from whoever asked.",
        "Compare workspace or project and repository with Bitbucket's address bar.",
        [EditUrl, GiveToken]
    }
    RepositoryKeyNotHere = "repository.key_not_here" fail {
        "The key is not on this repository",
        "Bitbucket's list of this repository's access keys does not hold it.",
        "Add it on the repository's Access keys page.",
        [OpenAccessKeys, CopyKey, Retry]
    }
    RepositoryKeyElsewhere = "repository.key_elsewhere" fail {
        "The key is on another repository",
        "Bitbucket knows the key, but not for this repository.",
        "Add it on this repository's Access keys page too, or correct the address.",
        [OpenAccessKeys, EditUrl, Retry]
    }
    RepositoryAddressNotAllowed = "repository.address_not_allowed" unclear {
        "Only listed IP addresses get in",
        "The address the connection came from is not on its allowlist.",
        "Add the egress address of your Coalesce Quality region to the allowlist.",
        [OpenAccessControls, HandOff, Retry]
    }
    RepositoryTwoStepRequired = "repository.two_step_required" unclear {
        "Two-step verification is missing",
        "The identity you used has not set it up.",
        "Use an access key, or set up two-step verification for your own account.",
        [OpenAccessControls, Retry]
    }
    RepositoryAnswerUnclear = "repository.answer_unclear" unclear {
        "Bitbucket gave no clear answer",
        "The key itself was used to read the repository, and doorkey does not understand what came of it.",
        "Test again. If it stays like this, show the administrator what the server said.",
        [Retry, OpenAccessKeys, HandOff]
    }
    RepositoryNoMainBranch = "repository.no_main_branch" warn {
        "The main branch has another name",
        "It is neither main nor master, and Coalesce Quality analyses only these two unless you name others.",
        "Name the branch in the integration in Coalesce Quality.",
        [Retry]
    }
    RepositoryKeyEnds = "repository.key_ends" warn {
        "The key was added for a time",
        "Bitbucket lets nobody in with it after that day, so Coalesce Quality will lose its access.",
        "Before that day, add the key again without an end, or change it with doorkey rotate.",
        [OpenAccessKeys, HandOff, Retry]
    }
    RepositoryTokenRefused = "repository.token_refused" unclear {
        "Bitbucket refused the token",
        "It has expired, was mistyped, or needs your account's e-mail address with it.",
        "Give a valid token.",
        [GiveToken]
    }
    RepositoryTokenNotForThisHost = "repository.token_not_for_this_host" unclear {
        "This token is for Bitbucket Cloud",
        "Tokens that begin with ATATT, ATCTT or ATBB belong to api.bitbucket.org, so doorkey sent this one nowhere.",
        "Give a token that was made in this repository's own Bitbucket.",
        [GiveToken, EditUrl]
    }
    RepositoryWebHostUnconfirmed = "repository.web_host_unconfirmed" unclear {
        "Nobody has confirmed the web server",
        "An SSH address does not name Bitbucket's web server, and doorkey sends no token to a server it has guessed.",
        "Name the web server with --api-url, or give the address of the repository's page in the step Access keys page.",
        [ConfirmWebHost, EditUrl]
    }
    RepositoryContextPath = "repository.context_path" unclear {
        "Bitbucket has another web address",
        "The web server answers, but its Bitbucket is below a path such as /bitbucket.",
        "Name the web address with its path.",
        [ConfirmWebHost, GiveToken]
    }
    RepositoryTokenScope = "repository.token_scope" unclear {
        "The token may not see access keys",
        "It is valid, but lacks a permission, or it is the wrong kind of token.",
        "Give a token that may read the repository's settings.",
        [GiveToken]
    }
    RepositoryRateLimited = "repository.rate_limited" unclear {
        "Bitbucket asks for a pause",
        "Too many requests came from this account within an hour.",
        "Wait a while, then test again.",
        [Retry]
    }
    RepositoryApiUnreachable = "repository.api_unreachable" unclear {
        "Bitbucket's API could not be asked",
        "There was no usable answer from it.",
        "Check this machine's network or proxy, then test again.",
        [Retry, OpenStatusPage]
    }

    // ── permission ─────────────────────────────────────────────────────────────────────────────
    PermissionReadWrite = "permission.read_write" negative {
        "The key may also write",
        "Coalesce Quality only reads; this key could also change the repository.",
        "Remove the key and add it again with the permission Read.",
        [OpenAccessKeys, CopyKey, Retry]
    }

    // ── vendor_use ─────────────────────────────────────────────────────────────────────────────
    VendorUseNever = "vendor_use.never" doubt {
        "Coalesce has not used the key yet",
        "Bitbucket has never seen this key in use.",
        "Press Test connection in Coalesce Quality, then test again.",
        [Watch, Retry]
    }
}

impl Code {
    /// The stable name, such as `key_query.not_recognised`.
    pub const fn id(self) -> &'static str {
        self.entry().id
    }

    /// The code with this name, if there is one.
    pub fn from_id(id: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.id() == id)
    }

    /// Which check reports it.
    pub fn check(self) -> CheckId {
        let prefix = self.id().split('.').next().unwrap_or_default();
        CheckId::ALL
            .into_iter()
            .find(|check| check.id() == prefix)
            .unwrap_or(CheckId::Url)
    }

    /// Whether the check fails over it, or only warns.
    pub const fn status(self) -> Status {
        self.entry().status
    }

    /// How it leaves the rung of its check, unless the case at hand says otherwise.
    pub const fn standing(self) -> Standing {
        self.entry().standing
    }

    /// What is wrong, in a few words.
    pub const fn title(self) -> &'static str {
        self.entry().title
    }

    /// What that means, in one or two sentences.
    pub const fn meaning(self) -> &'static str {
        self.entry().meaning
    }

    /// What to do about it.
    pub const fn remedy(self) -> &'static str {
        self.entry().remedy
    }

    /// The fixes that can help, the likeliest first. Never empty.
    pub const fn fixes(self) -> &'static [FixId] {
        self.entry().fixes
    }

    /// The fixes' titles, for a text.
    pub fn fix_titles(self) -> Vec<&'static str> {
        self.fixes().iter().copied().map(FixId::title).collect()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_belongs_to_the_check_its_name_begins_with() {
        for code in Code::ALL {
            assert!(
                code.id().starts_with(&format!("{}.", code.check().id())),
                "{code}"
            );
            assert_eq!(Code::from_id(code.id()), Some(*code));
        }
    }

    #[test]
    fn every_code_has_words_and_a_fix() {
        for code in Code::ALL {
            assert!(
                !code.title().is_empty() && !code.title().ends_with('.'),
                "{code}"
            );
            assert!(code.meaning().ends_with('.'), "{code}");
            assert!(code.remedy().ends_with('.'), "{code}");
            assert!(!code.fixes().is_empty(), "{code}");
        }
    }

    /// The ladder shows a title beside its rung: at 60 columns there are 35 for it.
    #[test]
    fn titles_fit_beside_their_rung() {
        for code in Code::ALL {
            assert!(
                crate::text::width(code.title()) <= 35,
                "{code}: {}",
                code.title()
            );
        }
    }

    /// A page is 57 columns wide in a terminal of 60: words that take more than this push the fixes out of sight.
    #[test]
    fn words_fit_the_narrowest_panel() {
        let lines = |text: &str| textwrap::wrap(text, 57).len();
        for code in Code::ALL {
            assert!(lines(code.meaning()) <= 3, "{code}: {}", code.meaning());
            assert!(lines(code.remedy()) <= 3, "{code}: {}", code.remedy());
        }
    }

    #[test]
    fn no_fix_is_offered_twice_and_no_two_fixes_of_a_code_share_a_key() {
        for code in Code::ALL {
            for (index, fix) in code.fixes().iter().enumerate() {
                for other in &code.fixes()[..index] {
                    assert_ne!(fix.key(), other.key(), "{code}");
                }
            }
        }
    }
}
