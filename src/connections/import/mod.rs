//! Reading a list of connections from a CSV or TOML file: each line is judged like a paste, and every problem is told with
//! its line.

mod csv_rows;
mod toml_rows;

use std::collections::HashMap;

use super::{Connection, Connections, FIRST_NUMBER, Name};
use crate::access_key::{AccessKey, is_private};
use crate::bitbucket::{Repair, RepositoryAddress, SshAliases, read_address};
use crate::check::Code;
use crate::coalesce::Region;
use crate::text::harmless;

/// As much of what a file says is repeated.
const SAID_AT_MOST: usize = 200;

/// As many problems and remarks are told, each; of the others the number.
pub const TOLD_AT_MOST: usize = 50;

/// What stands in the line with which a private key begins.
const PRIVATE: &str = "PRIVATE KEY";

/// The form of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `name,url,key` and perhaps `region`, one connection a line; a first line with these words may order them otherwise.
    Csv,
    /// A `[[connection]]` for each, with these as keys.
    Toml,
}

impl Format {
    /// The form that a text seems to have: in TOML the first thing said is that a connection follows.
    pub fn of(text: &str) -> Self {
        let said = |line: &&str| !line.is_empty() && !line.starts_with('#');
        match text.lines().map(str::trim).find(said) {
            Some(line) if line.starts_with("[[") => Self::Toml,
            _ => Self::Csv,
        }
    }
}

/// What a file comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Import {
    /// The connections to save.
    pub connections: Vec<Connection>,
    /// How many are saved already, just so.
    pub already: usize,
    /// What was put right in an address.
    pub remarks: Remarks,
    /// What can't be taken.
    pub problems: Remarks,
}

/// The first remarks, and how many there are. A list of a million bad lines is told by its first ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    first: Vec<Remark>,
    count: usize,
}

impl Remarks {
    /// The first of them, at most [`TOLD_AT_MOST`], as they come in the file.
    pub fn first(&self) -> &[Remark] {
        &self.first
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    fn push(&mut self, remark: impl FnOnce() -> Remark) {
        self.count += 1;
        if self.first.len() < TOLD_AT_MOST {
            self.first.push(remark());
        }
    }
}

/// Something to say of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The line, from 1.
    pub line: usize,
    /// What it is about: the cause's code where there is one.
    pub code: Option<Code>,
    /// The words, safe to print.
    pub words: String,
}

impl Remark {
    fn new(line: usize, words: impl Into<String>) -> Self {
        Self {
            line,
            code: None,
            words: words.into(),
        }
    }

    fn of_code(line: usize, code: Code, detail: Option<&str>) -> Self {
        let words = [Some(code.title()), detail, Some(code.remedy())];
        let words: Vec<&str> = words.into_iter().flatten().collect();
        Self {
            line,
            code: Some(code),
            words: words.join(". ").replace("..", "."),
        }
    }
}

/// One connection as the file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Row {
    line: usize,
    name: String,
    url: String,
    key: String,
    region: String,
}

/// Reads a file. `saved` are the connections there are already.
pub fn read(text: &str, format: Format, saved: &Connections) -> Import {
    let mut import = Import::default();
    // A private key is refused before anything makes a copy of it.
    if is_private(text) {
        let is_where = |(_, line): &(usize, &str)| line.contains(PRIVATE) || is_private(line);
        let line = (1..).zip(text.lines()).find(is_where);
        let line = line.map_or(1, |(line, _)| line);
        let remark = || Remark::of_code(line, Code::KeyPrivate, None);
        import.problems.push(remark);
        return import;
    }
    let mut taken = Taken::new(saved);
    let take = |row: Result<Row, Remark>| match row {
        Ok(row) => taken.judge(&row, &mut import),
        Err(remark) => import.problems.push(|| remark),
    };
    match format {
        Format::Csv => csv_rows::read(text, take),
        Format::Toml => toml_rows::read(text).into_iter().for_each(take),
    }
    import
}

/// What is saved or was read before, so that nothing comes twice.
struct Taken<'a> {
    saved: &'a Connections,
    /// Connections by repository and key.
    known: HashMap<(String, String), Known>,
    /// Names that lines of the file have, and the lines.
    names: HashMap<Name, usize>,
    /// Of a name that is made up with a number, the number that may be free. All before it are taken.
    numbers: HashMap<Name, u64>,
}

struct Known {
    name: Name,
    /// The line of the file, for one that is not saved yet.
    line: Option<usize>,
}

impl<'a> Taken<'a> {
    fn new(saved: &'a Connections) -> Self {
        let known = saved.iter().map(|connection| {
            let name = connection.name.clone();
            (identity(connection), Known { name, line: None })
        });
        Self {
            saved,
            known: known.collect(),
            names: HashMap::new(),
            numbers: HashMap::new(),
        }
    }

    fn judge(&mut self, row: &Row, import: &mut Import) {
        let found = import.problems.count();
        let reading = read_address(&row.url, &SshAliases::default());
        let key = AccessKey::read(&row.key);
        let region = read_region(row);
        let name = read_name(row);
        let problems = [
            name.as_ref().err().cloned(),
            reading
                .as_ref()
                .err()
                .map(|refusal| Remark::of_code(row.line, refusal.code, refusal.detail.as_deref())),
            key.as_ref()
                .err()
                .map(|refusal| Remark::of_code(row.line, refusal.code, refusal.detail.as_deref())),
            region.as_ref().err().cloned(),
        ];
        for problem in problems.into_iter().flatten() {
            import.problems.push(|| problem);
        }
        let (Ok(name), Ok(reading), Ok(key), Ok(region)) = (name, reading, key, region) else {
            debug_assert!(import.problems.count() > found);
            return;
        };
        let given = name.clone();
        let name = name.unwrap_or_else(|| self.free_name(&reading.address));
        let mut connection = Connection::new(name, reading.address, reading.place, key);
        connection.region = region;
        match self.place_for(row.line, given.as_ref(), &connection) {
            Ok(Place::Free) => {
                if let Some(repair) = reading.repair {
                    let remark = || repaired(row.line, &repair, &connection);
                    import.remarks.push(remark);
                }
                self.take(row.line, &connection);
                import.connections.push(connection);
            }
            Ok(Place::SavedAlready) => import.already += 1,
            Err(words) => import.problems.push(|| Remark::new(row.line, words)),
        }
    }

    /// A name for a repository that neither a saved connection nor a line has.
    fn free_name(&mut self, address: &RepositoryAddress) -> Name {
        let is_free =
            |name: &Name| self.saved.get(name).is_none() && !self.names.contains_key(name);
        let [short, long] = Name::of_repository(address);
        if let Some(name) = [&short, &long].into_iter().find(|name| is_free(name)) {
            return name.clone();
        }
        // Names only come in here, so that the search goes on where it last ended.
        let first = self.numbers.get(&long).copied().unwrap_or(FIRST_NUMBER);
        let found = (first..=u64::MAX)
            .map(|number| (number, long.with_number(number)))
            .find(|(_, name)| is_free(name));
        let Some((number, name)) = found else {
            return long;
        };
        self.numbers.insert(long, number);
        name
    }

    /// Whether there is a place for a connection: its name is not taken, and it is not there under another.
    fn place_for(
        &self,
        line: usize,
        given: Option<&Name>,
        connection: &Connection,
    ) -> Result<Place, String> {
        if let Some(known) = self.known.get(&identity(connection)) {
            return match (known.line, given) {
                (Some(first), _) => Err(format!("The same connection stands in line {first}.")),
                (None, Some(given)) if *given != known.name => Err(format!(
                    "This connection is saved already, as {}.",
                    known.name
                )),
                (None, _) => Ok(Place::SavedAlready),
            };
        }
        let name = &connection.name;
        if let Some(first) = self.names.get(name).filter(|first| **first != line) {
            return Err(format!("The name {name} stands in line {first} already."));
        }
        if self.saved.is_taken(name) {
            return Err(format!(
                "Another connection is called {name}. Give this one another name, or use doorkey forget {name} before."
            ));
        }
        Ok(Place::Free)
    }

    fn take(&mut self, line: usize, connection: &Connection) {
        let name = connection.name.clone();
        let known = Known {
            name: name.clone(),
            line: Some(line),
        };
        self.known.insert(identity(connection), known);
        self.names.insert(name, line);
    }
}

enum Place {
    Free,
    SavedAlready,
}

/// What makes a connection the same whatever it is called.
fn identity(connection: &Connection) -> (String, String) {
    (connection.address.ssh(), connection.key.fingerprint())
}

fn repaired(line: usize, repair: &Repair, connection: &Connection) -> Remark {
    let guess = if repair.guessed {
        " Host or port is a guess; compare it with Bitbucket's Clone button."
    } else {
        ""
    };
    Remark {
        line,
        code: Some(repair.code),
        words: format!(
            "{}. Taken as {}, which belongs in Coalesce Quality's form, too.{guess}",
            repair.code.title(),
            connection.address
        ),
    }
}

fn read_name(row: &Row) -> Result<Option<Name>, Remark> {
    if row.name.is_empty() {
        return Ok(None);
    }
    let name = row.name.parse().map(Some);
    name.map_err(|error| Remark::new(row.line, format!("The name can't be used: {error}.")))
}

fn read_region(row: &Row) -> Result<Option<&'static Region>, Remark> {
    if row.region.is_empty() {
        return Ok(None);
    }
    if let Some(region) = Region::from_id(&row.region) {
        return Ok(Some(region));
    }
    let ids: Vec<&str> = Region::all().iter().map(|region| &*region.id).collect();
    let given = harmless(&row.region, SAID_AT_MOST);
    let words = format!("There is no region {given}; there are {}.", ids.join(", "));
    Err(Remark::new(row.line, words))
}
