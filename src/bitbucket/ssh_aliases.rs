//! Host aliases of an OpenSSH client configuration (`~/.ssh/config`), after `ssh_config(5)`.

/// A longer host name or pattern matches nothing: a DNS name has at most 253 characters (RFC 1035, section 2.3.4).
const LONGEST_NAME: usize = 253;

/// The `Host` blocks of a client configuration that give an alias another name, port or user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SshAliases {
    blocks: Vec<Block>,
}

/// What a configuration says about one host, as it is written there: nothing of it is judged yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alias {
    /// The real host name.
    pub host_name: Option<String>,
    /// The port, where the address names none.
    pub port: Option<String>,
    /// The user, where the address names none.
    pub user: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    /// What stands behind `Host`. None for a `Match` block: its conditions can't be judged here.
    patterns: Option<Vec<String>>,
    settings: Alias,
}

impl SshAliases {
    /// Reads what is needed from the text of a configuration file; anything else in it is passed over, `Match` and
    /// `Include` too.
    pub fn parse(text: &str) -> Self {
        // What stands before the first block holds for every host.
        let mut blocks = vec![Block::new(Some(vec!["*".to_owned()]))];
        for line in text.lines() {
            let Some((keyword, mut values)) = setting(line) else {
                continue;
            };
            match keyword.to_ascii_lowercase().as_str() {
                "host" => blocks.push(Block::new(Some(values))),
                "match" => blocks.push(Block::new(None)),
                keyword => {
                    if let (Some(block), false) = (blocks.last_mut(), values.is_empty()) {
                        block.settings.set_first(keyword, values.swap_remove(0));
                    }
                }
            }
        }
        blocks.retain(|block| block.patterns.is_some() && block.settings != Alias::default());
        Self { blocks }
    }

    /// What the configuration says about this host, if it says anything. As in OpenSSH, the first value wins.
    pub fn resolve(&self, host: &str) -> Option<Alias> {
        let mut found = Alias::default();
        for block in self.blocks.iter().filter(|block| block.is_about(host)) {
            let Alias {
                host_name,
                port,
                user,
            } = &block.settings;
            found.host_name = found.host_name.or_else(|| host_name.clone());
            found.port = found.port.or_else(|| port.clone());
            found.user = found.user.or_else(|| user.clone());
        }
        found.host_name = found.host_name.and_then(|name| expand(&name, host));
        (found != Alias::default()).then_some(found)
    }
}

impl Block {
    fn new(patterns: Option<Vec<String>>) -> Self {
        Self {
            patterns,
            settings: Alias::default(),
        }
    }

    /// One pattern must match, and none of the negated ones.
    fn is_about(&self, host: &str) -> bool {
        let mut about = false;
        for pattern in self.patterns.iter().flatten() {
            match pattern.strip_prefix('!') {
                Some(negated) if matches(negated, host) => return false,
                Some(_) => {}
                None => about |= matches(pattern, host),
            }
        }
        about
    }
}

impl Alias {
    /// Takes a setting unless an earlier line of the block has made it.
    fn set_first(&mut self, keyword: &str, value: String) {
        match keyword {
            "hostname" => self.host_name = self.host_name.take().or(Some(value)),
            "port" => self.port = self.port.take().or(Some(value)),
            "user" => self.user = self.user.take().or(Some(value)),
            _ => {}
        }
    }
}

/// The keyword of a line and its values: `Keyword value…`, `Keyword=value` or `Keyword = "value"`.
fn setting(line: &str) -> Option<(&str, Vec<String>)> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let end = line.find(|character: char| character.is_whitespace() || character == '=')?;
    let (keyword, rest) = line.split_at(end);
    let rest = rest.trim_start();
    Some((keyword, values(rest.strip_prefix('=').unwrap_or(rest))))
}

/// The values of a line, without the quotes around them, up to a comment.
fn values(text: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && !rest.starts_with('#') {
        let (value, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        values.push(value.to_owned());
        rest = after.trim_start();
    }
    values
}

/// Puts the host in for `%h`, and `%` for `%%`. Any other token means something only ssh can know.
fn expand(name: &str, host: &str) -> Option<String> {
    let mut parts = name.split('%');
    let mut expanded = parts.next()?.to_owned();
    while let Some(part) = parts.next() {
        match part.strip_prefix('h') {
            Some(after) => expanded.extend([host, after]),
            // Two signs in a row leave an empty part between them.
            None if part.is_empty() => expanded.extend(["%", parts.next()?]),
            None => return None,
        }
    }
    Some(expanded)
}

/// Whether a pattern with `*` and `?` fits a host, in any case of letters.
///
/// Goes back at most to the last `*`, so the work is bounded by the product of both (bounded) lengths.
fn matches(pattern: &str, host: &str) -> bool {
    if pattern.len() > LONGEST_NAME || host.len() > LONGEST_NAME {
        return false;
    }
    let (pattern, host) = (pattern.as_bytes(), host.as_bytes());
    let (mut at, mut next) = (0, 0);
    let mut last_star = None;
    while next < host.len() {
        match pattern.get(at) {
            Some(b'*') => {
                last_star = Some((at, next));
                at += 1;
            }
            Some(&wanted) if wanted == b'?' || wanted.eq_ignore_ascii_case(&host[next]) => {
                at += 1;
                next += 1;
            }
            _ => {
                let Some((star, taken)) = last_star else {
                    return false;
                };
                last_star = Some((star, taken + 1));
                (at, next) = (star + 1, taken + 1);
            }
        }
    }
    pattern[at..].iter().all(|&rest| rest == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CONFIG: &str = r#"
        # Two accounts on one machine
        AddKeysToAgent yes
        Host bb-work  bb-other   # both
            HostName bitbucket.org
            User git
        HOST=bb-quoted
            hostname = "ssh.bitbucket.org"
            HostName never.example.com
        Match host git.example.com exec "true"
            HostName matched.example.com
        Host git
            HostName %h.example.com
            Port 7999
        Host *.corp !secret.corp
            Port 2222
            HostName %h.example.com
        Host git.example.com
            Port notaport
            Port 7999
        Host percent
            HostName a%%b
        Host token
            HostName %k
        Include other
    "#;

    #[expect(
        clippy::unnecessary_wraps,
        reason = "compared with what resolve returns"
    )]
    fn alias(host_name: Option<&str>, port: Option<&str>, user: Option<&str>) -> Option<Alias> {
        Some(Alias {
            host_name: host_name.map(str::to_owned),
            port: port.map(str::to_owned),
            user: user.map(str::to_owned),
        })
    }

    #[test]
    fn blocks_are_read_as_openssh_reads_them() {
        let aliases = SshAliases::parse(CONFIG);
        let cases = [
            ("bb-work", alias(Some("bitbucket.org"), None, Some("git"))),
            ("BB-OTHER", alias(Some("bitbucket.org"), None, Some("git"))),
            ("bb-quoted", alias(Some("ssh.bitbucket.org"), None, None)),
            ("git", alias(Some("git.example.com"), Some("7999"), None)),
            (
                "db.corp",
                alias(Some("db.corp.example.com"), Some("2222"), None),
            ),
            ("secret.corp", None),
            ("git.example.com", alias(None, Some("notaport"), None)),
            ("percent", alias(Some("a%b"), None, None)),
            ("token", None),
            ("#", None),
            ("unknown", None),
        ];
        for (host, expected) in cases {
            assert_eq!(aliases.resolve(host), expected, "{host}");
        }
    }

    #[test]
    fn settings_before_the_first_block_hold_for_all() {
        let aliases = SshAliases::parse("User ada\nHost x\nUser bob\nPort 1\n");
        assert_eq!(aliases.resolve("x"), alias(None, Some("1"), Some("ada")));
        assert_eq!(aliases.resolve("y"), alias(None, None, Some("ada")));
    }

    #[test]
    fn patterns_match_as_globs() {
        let cases = [
            ("*", "", true),
            ("?", "", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("*.example.com", "example.com", false),
            ("b?-work", "bb-work", true),
            ("bb", "bb-work", false),
        ];
        for (pattern, host, expected) in cases {
            assert_eq!(matches(pattern, host), expected, "{pattern} {host}");
        }
    }

    #[test]
    fn hostile_patterns_take_no_time() {
        let config = format!("Host {}\nHostName x\n", "*a".repeat(1000));
        let aliases = SshAliases::parse(&config.repeat(100));
        assert_eq!(aliases.resolve(&"a".repeat(100_000)), None);
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in ".*", host in ".*") {
            SshAliases::parse(&text).resolve(&host);
        }

        #[test]
        fn anything_config_like_can_be_read(
            lines in prop::collection::vec("(Host|HostName|Port|User|Match|Include)[ =\"]{0,3}[a-z*?!%h#\" ]{0,9}", 0..9),
            host in "[a-z.]{0,9}",
        ) {
            SshAliases::parse(&lines.join("\n")).resolve(&host);
        }

        #[test]
        fn an_exact_name_always_resolves(name in "[a-z0-9.-]{1,20}", target in "[a-z0-9.-]{1,20}") {
            let aliases = SshAliases::parse(&format!("Host {name}\nHostName {target}\n"));
            prop_assert_eq!(aliases.resolve(&name), alias(Some(&target), None, None));
        }
    }
}
