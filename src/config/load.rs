//! Settings from a file and the environment: which values there are, whether each is known and fits its shape. What the
//! values mean together is looked at in `check`.

use std::fmt;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Config;
use super::keys::{KEYS, Key, LATER, variable};

/// The file that is read where none is named, if it exists.
const USUAL_FILE: &str = "cordee.toml";

/// Variables that begin like settings and are none: for logs, tests and the harness.
const RESERVED: &[&str] = &["CORDEE_LOG", "CORDEE_ACCEPTANCE"];
const RESERVED_PREFIX: &str = "CORDEE_TEST_";

/// What is wrong with the settings, in one line: what, where, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    what: String,
    place: String,
    mend: String,
}

impl Problem {
    /// Words it: `what` is wrong in `place`, and `mend` is what to do.
    pub fn new(what: impl Into<String>, place: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            place: place.into(),
            mend: mend.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = format!("{} in {}: {}", self.what, self.place, self.mend);
        f.write_str(&whole.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

impl std::error::Error for Problem {}

/// One value and where it was found.
struct Found {
    key: &'static Key,
    value: Value,
    place: String,
}

impl Config {
    /// Reads the named file (else `./cordee.toml` if it is there), lets `environment` override it and checks everything.
    ///
    /// # Errors
    /// The first problem, in one line.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Problem> {
        let usual = PathBuf::from(USUAL_FILE);
        let file = file.or_else(|| usual.exists().then_some(usual.as_path()));
        let mut found = match file {
            Some(path) => from_file(path)?,
            None => Vec::new(),
        };
        found.extend(from_environment(environment)?);
        let config = assemble(found)?;
        config.check()?;
        Ok(config)
    }

    /// Reads settings from the text of a file.
    ///
    /// # Errors
    /// The first problem, in one line that names `place`.
    pub fn from_toml(text: &str, place: &str) -> Result<Self, Problem> {
        let config = assemble(from_text(text, place)?)?;
        config.check()?;
        Ok(config)
    }
}

fn from_file(path: &Path) -> Result<Vec<Found>, Problem> {
    let place = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Problem::new(
            format!("cannot read the settings ({error})"),
            &place,
            "name another --config",
        )
    })?;
    from_text(&text, &place)
}

fn from_text(text: &str, place: &str) -> Result<Vec<Found>, Problem> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| {
            text.get(..span.start)
                .map_or(1, |before| before.lines().count().max(1))
        });
        Problem::new(
            format!("line {line} is not TOML ({})", error.message()),
            place,
            "mend that line; `cordee config example` shows a whole file",
        )
    })?;
    let mut found = Vec::new();
    let mut tables = vec![(String::new(), table)];
    while let Some((section, table)) = tables.pop() {
        for (key, value) in table {
            let path = format!("{section}{key}");
            match value {
                Value::Table(inner) => tables.push((format!("{path}."), inner)),
                value => found.push(known(&path, value, place, str::to_owned)?),
            }
        }
    }
    Ok(found)
}

fn from_environment(
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Vec<Found>, Problem> {
    let mut found = Vec::new();
    for (name, text) in variables {
        let Some(rest) = name.strip_prefix("CORDEE_") else {
            continue;
        };
        if RESERVED.contains(&name.as_str()) || name.starts_with(RESERVED_PREFIX) {
            continue;
        }
        let path = rest.replace("__", ".").to_lowercase();
        let value = match shape_of(&path) {
            Some(shape) => shape.read(&text),
            None => Value::String(text),
        };
        found.push(known(&path, value, "the environment", variable)?);
    }
    Ok(found)
}

/// The shape of the value that a path takes; a `…_file` takes the name of a file.
fn shape_of(path: &str) -> Option<super::keys::Shape> {
    KEYS.iter()
        .find(|key| key.path == path)
        .map(|key| key.shape)
}

/// Finds the setting for a path and checks the value. `spell` writes a path as the reader wrote it.
fn known(
    path: &str,
    value: Value,
    place: &str,
    spell: fn(&str) -> String,
) -> Result<Found, Problem> {
    let name = spell(path);
    if let Some(key) = KEYS.iter().find(|key| key.path == path) {
        return fits(key, value, &name, place);
    }
    if let Some(key) = path
        .strip_suffix("_file")
        .and_then(|path| KEYS.iter().find(|key| key.secret && key.path == path))
    {
        return fits(key, from_secret_file(&value, &name, place)?, &name, place);
    }
    if LATER
        .iter()
        .any(|prefix| format!("{path}.").starts_with(prefix))
    {
        return Err(Problem::new(
            format!("`{name}` is set"),
            place,
            "this is not built yet, take it out",
        ));
    }
    let nearest = KEYS
        .iter()
        .map(|key| key.path)
        .min_by_key(|known| strsim::damerau_levenshtein(known, path))
        .map(spell)
        .unwrap_or_default();
    Err(Problem::new(
        format!("unknown setting `{name}`"),
        place,
        format!("the nearest known one is `{nearest}`; `cordee config example` lists all"),
    ))
}

fn fits(key: &'static Key, value: Value, name: &str, place: &str) -> Result<Found, Problem> {
    if !key.shape.accepts(&value) {
        let shown = if key.secret {
            "(a secret)".to_owned()
        } else {
            value.to_string()
        };
        return Err(Problem::new(
            format!("`{name}` is {shown}"),
            place,
            format!("it takes {}", key.shape.expected()),
        ));
    }
    Ok(Found {
        key,
        value,
        place: place.to_owned(),
    })
}

fn from_secret_file(value: &Value, name: &str, place: &str) -> Result<Value, Problem> {
    let path = value.as_str().ok_or_else(|| {
        Problem::new(
            format!("`{name}` is {value}"),
            place,
            "it takes the path of a file in quotes",
        )
    })?;
    let text = std::fs::read_to_string(path).map_err(|error| {
        Problem::new(
            format!("the file `{path}` of `{name}` cannot be read ({error})"),
            place,
            "name a file that this user may read",
        )
    })?;
    Ok(Value::String(
        text.trim_end_matches(['\n', '\r']).to_owned(),
    ))
}

/// Later values override earlier ones; whatever is missing keeps its default.
fn assemble(found: Vec<Found>) -> Result<Config, Problem> {
    let mut whole = Table::new();
    let mut places = Vec::new();
    for Found { key, value, place } in found {
        let (section, name) = key.parts();
        let mut table = &mut whole;
        for part in section.split('.').filter(|part| !part.is_empty()) {
            let entry = table
                .entry(part)
                .or_insert_with(|| Value::Table(Table::new()));
            table = entry.as_table_mut().ok_or_else(|| {
                Problem::new(format!("`{section}` is no section"), &place, "mend it")
            })?;
        }
        table.insert(name.to_owned(), value);
        places.push(place);
    }
    let place = places.pop().unwrap_or_else(|| "the settings".to_owned());
    Config::deserialize_table(whole)
        .map_err(|error| Problem::new(error, place, "`cordee config example` shows how"))
}
