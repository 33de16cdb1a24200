//! The text with which the administrator of a repository can add the key instead of you. Who has nothing but this text
//! can finish.

use crate::access_key::AccessKey;
use crate::bitbucket::guide::{
    MISSING_SETTINGS, access_key_clicks, missing_settings_for_administrators, where_to_let_in,
};
use crate::bitbucket::pages::access_controls_guide;
use crate::bitbucket::refusal::KeyRefusal;
use crate::bitbucket::{Edition, RepositoryAddress, RepositoryPlace};
use crate::check::Verdict;
use crate::coalesce::{self, Region};
use crate::document::{Block, Document, Language, Piece, code, link, strong, words};
use crate::text::{capitalised, shell_word};

/// How wide the plain text is: mail quotes it, and terminals have 80 columns.
pub const TEXT_COLUMNS: usize = 76;

/// What is known of the setup, for the text. What is missing is said to be missing.
#[derive(Clone, Copy, Debug)]
pub struct HandOff<'a> {
    /// Which Bitbucket.
    pub edition: Edition,
    /// The public key.
    pub key: Option<&'a AccessKey>,
    /// Where the repository is on the web.
    pub place: Option<&'a RepositoryPlace>,
    /// The SSH URL.
    pub address: Option<&'a RepositoryAddress>,
    /// Whether host or port of the SSH URL are a guess.
    pub address_guessed: bool,
    /// The region of Coalesce Quality, if it is known.
    pub region: Option<&'static Region>,
    /// Whether it is known that only listed addresses get in.
    pub allowlist_used: bool,
    /// In a demo, the page that stands for the real one.
    pub simulated_page: Option<&'a str>,
}

impl HandOff<'_> {
    /// The text.
    pub fn document(&self) -> Document {
        let title = vec![words("Please add an access key to "), self.repository()];
        Document::new(title)
            .introduction(self.request())
            .section("Why this is harmless", self.harmlessness())
            .section("The key", self.key())
            .section("Where to add it", self.clicks())
            .section(MISSING_SETTINGS, self.missing_settings())
            .section("If Bitbucket refuses the key", refusals())
            .section(self.allowlist_heading(), self.allowlist())
            .section("How to see that it worked", self.proof())
    }

    fn repository(&self) -> Piece {
        match self.place {
            Some(place) => code(place.name()),
            None => words("our repository"),
        }
    }

    fn request(&self) -> Vec<Block> {
        let simulated = self.simulated_page.map(|_| {
            let what = "This text comes from a demo. The Bitbucket in it is simulated on the sender's computer.";
            Block::Paragraph(vec![strong(what)])
        });
        let asked = Block::Paragraph(vec![
            words(
                "Coalesce Quality watches over our data and has to read one Git repository for that: ",
            ),
            self.repository(),
            words(format!(
                " on {}. It asks for an access key there, the public half of an SSH key. \
                 Adding it takes an administrator of the repository and a few minutes.",
                self.edition.title()
            )),
        ]);
        simulated.into_iter().chain([asked]).collect()
    }

    fn harmlessness(&self) -> Vec<Block> {
        let reads = match self.edition {
            Edition::Cloud => "access keys of Bitbucket Cloud can't change anything.",
            Edition::DataCenter => "with the permission Read it can't change anything.",
        };
        let points: [(&str, &str); 4] = [
            ("It only reads:", reads),
            (
                "It opens one repository:",
                "added there, it opens no other one.",
            ),
            (
                "It can be taken back:",
                "remove it at any time, on the page where it is added.",
            ),
            (
                "Nothing here is secret:",
                "the private half of the key never leaves Coalesce Quality.",
            ),
        ];
        let point = |(title, reason): (&str, &str)| vec![strong(title), words(" "), words(reason)];
        vec![Block::Points(points.map(point).to_vec())]
    }

    fn key(&self) -> Vec<Block> {
        let Some(key) = self.key else {
            let unknown = "The key is not known yet: Coalesce Quality shows it once the integration is created there.";
            return vec![Block::Paragraph(vec![words(unknown)])];
        };
        vec![
            Block::Paragraph(vec![words("All of this, as one line:")]),
            Block::verbatim(Language::Text, &key.line()),
            Block::Points(vec![
                vec![
                    words("Type: "),
                    code(key.algorithm()),
                    words(format!(", {} bits", key.bits())),
                ],
                vec![words("Fingerprint: "), code(key.fingerprint())],
            ]),
        ]
    }

    fn clicks(&self) -> Vec<Block> {
        let page = match (self.simulated_page, self.place) {
            (Some(page), _) => Some(("The simulated page: ", link(page))),
            (None, Some(place)) if place.base_guessed => Some((
                "The page should be this one, as far as the SSH address tells: ",
                link(place.access_keys_page()),
            )),
            (None, Some(place)) => Some(("The page: ", link(place.access_keys_page()))),
            (None, None) => None,
        };
        let page = page.map(|(before, link)| Block::Paragraph(vec![words(before), link]));
        let clicks = access_key_clicks(self.edition).iter();
        let clicks = Block::Steps(clicks.map(|click| vec![words(click)]).collect());
        let answer = "Then tell whoever sent you this that the key is in.";
        let answer = Block::Paragraph(vec![words(answer)]);
        page.into_iter().chain([clicks, answer]).collect()
    }

    fn missing_settings(&self) -> Vec<Block> {
        let hints: Vec<&str> = missing_settings_for_administrators(self.edition).collect();
        let hints = hints.join(" ");
        vec![Block::Paragraph(vec![words(hints)])]
    }

    fn allowlist_heading(&self) -> &'static str {
        match (self.edition, self.allowlist_used) {
            (Edition::Cloud, true) => "The workspace's IP allowlist",
            (Edition::Cloud, false) => "If the workspace has an IP allowlist",
            (Edition::DataCenter, true) => "The firewall",
            (Edition::DataCenter, false) => "If there is a firewall in front of this Bitbucket",
        }
    }

    fn allowlist(&self) -> Vec<Block> {
        let regions = match self.region {
            Some(region) => vec![region],
            None => Region::all().iter().collect(),
        };
        let which = match self.region {
            Some(_) => "Let Coalesce Quality in; it connects from this address:",
            None => {
                "Let Coalesce Quality in; it connects from the address of one region. Ask whoever sent you this which it is:"
            }
        };
        let guide = access_controls_guide(self.edition)
            .map(|guide| Block::Paragraph(vec![words("Atlassian's guide to it: "), link(guide)]));
        let source = Block::Paragraph(vec![
            words("Coalesce Quality keeps its addresses up to date at "),
            link(coalesce::addresses_page()),
        ]);
        [
            Block::Paragraph(vec![words(which)]),
            Block::Points(regions.into_iter().map(egress).collect()),
            Block::Paragraph(vec![words(where_to_let_in(self.edition))]),
        ]
        .into_iter()
        .chain(guide)
        .chain([source])
        .collect()
    }

    fn proof(&self) -> Vec<Block> {
        let (Some(key), Some(address)) = (self.key, self.address) else {
            return Vec::new();
        };
        let command = format!(
            "echo {} | doorkey check {} --key -",
            // Without the comment, which may hold anything and is not asked about.
            shell_word(&key.bare_line()),
            shell_word(&address.ssh())
        );
        let paragraph = |text: &str| Block::Paragraph(vec![words(text)]);
        let mut blocks = vec![
            paragraph(
                "This asks Bitbucket whether it would let the key in. It needs no password and no private key, and changes nothing:",
            ),
            Block::verbatim(Language::Shell, &command),
            Block::Paragraph(vec![
                words("When the key is in, it says: "),
                code(capitalised(Verdict::Ready.title())),
                words(". Otherwise it says what is wrong and what to do."),
            ]),
        ];
        if self.address_guessed {
            blocks.push(paragraph(
                "Host and port in it are a guess; compare them with the SSH URL behind the repository's Clone button.",
            ));
        }
        if self.edition == Edition::DataCenter {
            blocks.push(Block::Paragraph(vec![
                words(
                    "If doorkey meets this server for the first time, it shows the fingerprint of its host key and can't tell more. \
                     Compare it with the one that whoever runs the server has, and add it to the command: ",
                ),
                code("--host-key SHA256:…"),
            ]));
        }
        blocks.push(Block::Paragraph(vec![
            words("doorkey is a single program. Whoever sent you this has it, and "),
            code("cargo install --path ."),
            words(
                " builds it from its source code. Without it, leave this to the sender: the command works from any computer \
                 that reaches Bitbucket.",
            ),
        ]));
        blocks
    }
}

/// Where a region connects from, and who says so.
fn egress(region: &'static Region) -> Vec<Piece> {
    let title = words(format!("{}: ", region.title));
    let addresses = region.egress_addresses();
    if addresses.is_empty() {
        let missing = format!("not published as of {}", region.date);
        return vec![title, words(missing)];
    }
    vec![
        title,
        code(addresses),
        words(format!(", as of {}, from ", region.date)),
        link(&region.source),
    ]
}

/// What Bitbucket may say instead of taking the key.
fn refusals() -> Vec<Block> {
    let point = |refusal: KeyRefusal| {
        let sentences = format!("{} {}", refusal.cause(), refusal.cure());
        vec![words(sentences)]
    };
    vec![Block::Points(KeyRefusal::ALL.map(point).to_vec())]
}
