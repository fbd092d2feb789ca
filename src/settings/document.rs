//! From octets to a raw shape: TOML, then the shape its schema prescribes, then serde. Every problem on the way is kept;
//! what was wrong is left out of the raw shape, so that the check after it still sees the rest.

use std::{io::ErrorKind, path::Path};

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use toml::de::DeTable;

use super::{problem::Code, shape, source::Reporter};

/// What one file gave.
pub struct Document<T> {
    pub reporter: Reporter,
    /// `None`: not even its outline could be read; the reporter says why.
    pub raw: Option<T>,
}

/// Configuration is written by hand; more than this is a mistake.
const MOST_OCTETS: usize = 4 * 1024 * 1024;

/// Reads a file of the shape `T`.
pub fn read<T: DeserializeOwned + JsonSchema>(path: &Path) -> Document<T> {
    match std::fs::read(path) {
        Ok(octets) => parse(path, octets),
        Err(error) => {
            let mut reporter = Reporter::new(path, String::new());
            let message = match error.kind() {
                ErrorKind::NotFound => "there is no such file".to_owned(),
                kind => format!("this file can't be read: {kind}"),
            };
            reporter.error(Code::Unreadable, &(0..0), message, "create it, or name another configuration folder with `--config`");
            Document { reporter, raw: None }
        }
    }
}

/// Reads a file that is already in memory.
pub fn parse<T: DeserializeOwned + JsonSchema>(path: &Path, octets: Vec<u8>) -> Document<T> {
    let text = match String::from_utf8(octets) {
        Ok(text) => text,
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let mut reporter = Reporter::new(path, String::from_utf8_lossy(error.as_bytes()).into_owned());
            reporter.error(
                Code::Syntax,
                &(good..good + 1),
                "this is not UTF-8 text",
                "save the file as UTF-8; TOML allows no other encoding",
            );
            return Document { reporter, raw: None };
        }
    };
    let length = text.len();
    let mut reporter = Reporter::new(path, text);
    if length > MOST_OCTETS {
        reporter.error(Code::Unreadable, &(0..0), "this file is larger than 4 MiB", "put long lists of accounts into a CSV file");
        return Document { reporter, raw: None };
    }
    let source = std::sync::Arc::clone(reporter.source());
    let (mut table, errors) = DeTable::parse_recoverable(&source.text);
    report_syntax(&errors, &mut reporter);
    if !errors.is_empty() {
        // What the parser made up to go on with would only lead to problems nobody has.
        return Document { reporter, raw: None };
    }
    shape::prune(&mut table, &schema_of::<T>(), &mut reporter);
    let raw = match T::deserialize(toml::Deserializer::from(table)) {
        Ok(raw) => Some(raw),
        Err(error) => {
            let at = error.span().unwrap_or(0..0);
            reporter.error(Code::WrongType, &at, error.message().to_owned(), "compare with the JSON Schema in `config/`");
            None
        }
    };
    Document { reporter, raw }
}

/// One problem per line; and none after a bracket, brace or quotation mark that is never closed, because the parser then takes
/// everything that follows for something else.
fn report_syntax(errors: &[toml::de::Error], reporter: &mut Reporter) {
    let mut last_line = 0;
    let mut repeated_table = 0..0;
    for error in errors {
        let at = error.span().unwrap_or(0..0);
        let (line, _) = reporter.source().position(at.start);
        if repeated_table.contains(&at.start) && error.message().contains("duplicate") {
            continue;
        }
        let bare = reporter.source().text.get(at.clone()).is_some_and(|word| word.starts_with(|c: char| c.is_alphabetic()));
        let message = match error.message() {
            // A word that begins like `nan` or `inf`.
            message if message.contains("float") && bare => "string values must be quoted".to_owned(),
            message => message.replace('\n', ", "),
        };
        let (is_open, hint) = if message.contains("array") {
            (true, "is the list that begins at or before this place closed with ]?")
        } else if message.contains("inline table") || message.contains("key-value pairs") {
            (true, "is the { that opens at or before this place closed with }, with commas between its entries?")
        } else if message.contains("multi-line") {
            (true, "close the text with the three quotation marks it begins with")
        } else if message.contains("quoted") || message.contains("string") {
            (false, "a text stands between two quotation marks: \"…\"")
        } else if message.contains("duplicate") {
            (false, "a key or table stands once; put the two together")
        } else {
            (false, "write `key = value` or `[table]`; the rules are at https://toml.io")
        };
        if line != last_line {
            reporter.error(Code::Syntax, &at, format!("this is not TOML: {message}"), hint);
        }
        if is_open {
            break;
        }
        last_line = line;
        // Of a table that stands twice, every key stands twice; the table is the problem.
        if reporter.source().line_at(at.start).starts_with('[') {
            repeated_table = at.start..reporter.source().next_table(at.end);
        }
    }
}

/// The JSON Schema of `T`, for editors and for `shape::prune`.
pub fn schema_of<T: JsonSchema>() -> serde_json::Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.transforms.push(Box::new(shape::WithoutNull));
    settings.into_generator().into_root_schema_for::<T>().to_value()
}
