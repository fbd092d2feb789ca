//! Reading the file of a bulk invitation (`behaviour.md` §11.5): Entra's template, and the two columns of the PowerShell script.
//! The file as such is read or refused; what is wrong with one line is that line's own result.

use std::str;

use crate::domain::error_code::ErrorCode;

/// The first row of Entra's template.
pub(super) const VERSION: &str = "version:v1.0";
/// The second row, as the template has it. Columns are known by the names in brackets.
pub(super) const HEADINGS: [&str; 4] = [
    "Email address to invite [inviteeEmail] Required",
    "Redirection url [inviteRedirectURL] Required",
    "Send invitation message (true or false) [sendEmail]",
    "Customized invitation message [customizedMessageBody]",
];
const NAMES: [&str; 4] = ["[inviteeEmail]", "[inviteRedirectURL]", "[sendEmail]", "[customizedMessageBody]"];
/// The columns of the PowerShell variant.
const POWERSHELL: [&str; 2] = ["Name", "InvitedUserEmailAddress"];
/// The row that shows how; it invites nobody.
pub(super) const SHOWN: [&str; 4] = ["Example: ana@partner.example", "https://portal.example.org/", "TRUE", "Welcome Ana!"];
/// How it begins.
const EXAMPLE: &str = "example:";

/// The most octets of one file.
pub(super) const LONGEST: usize = 16 * 1024 * 1024;
/// The most lines of one file.
const MOST: usize = 100_000;

/// One line as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Row {
    /// Where it begins in the file; the first line is 1.
    pub line: u64,
    pub address: String,
    pub name: String,
    /// `None`: there is no such column.
    pub redirect: Option<String>,
    pub send: String,
    pub message: String,
    pub flaw: Option<Flaw>,
}

/// What keeps a line from being done, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The template's own example row.
    Example,
    Unreadable(String),
}

/// Why the file as such can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Unreadable {
    pub line: u64,
    pub reason: String,
}

impl Unreadable {
    pub const CODE: ErrorCode = ErrorCode::BulkUnreadable;

    fn at(line: u64, reason: impl Into<String>) -> Self {
        Self { line, reason: reason.into() }
    }
}

/// Where the columns are.
#[derive(Debug, Clone, Copy, Default)]
struct Columns {
    address: usize,
    name: Option<usize>,
    redirect: Option<usize>,
    send: Option<usize>,
    message: Option<usize>,
    /// Headings in all.
    wide: usize,
}

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Row>, Unreadable> {
    let text = text(bytes)?;
    quotes_pair_up(text)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut columns: Option<Columns> = None;
    let (mut is_template, mut rows) = (false, Vec::new());
    let (mut begins, mut line) = (0, 1);
    for record in reader.records() {
        let record = record.map_err(|_| Unreadable::at(line, "below this line it is no CSV"))?;
        // The reader's own count goes astray at blank lines and carriage returns.
        let next = first_octet(text, record.position().map_or(begins, |at| usize::try_from(at.byte()).unwrap_or(begins)));
        line += text.as_bytes()[begins..next].iter().filter(|octet| **octet == b'\n').count() as u64;
        begins = next;
        let fields: Vec<&str> = record.iter().map(str::trim).collect();
        if fields.iter().all(|field| field.is_empty()) {
            continue;
        }
        match columns {
            Some(columns) => rows.push(row(columns, &fields, line)),
            None if is_template => columns = Some(template(&fields, line)?),
            None if fields[0].eq_ignore_ascii_case(VERSION) => is_template = true,
            None => columns = Some(powershell(&fields, line)?),
        }
        if rows.len() > MOST {
            return Err(Unreadable::at(line, format!("a file has at most {MOST} lines: split it")));
        }
    }
    match columns {
        Some(_) if rows.is_empty() => Err(Unreadable::at(line, "nobody to invite stands below the headings")),
        Some(_) if rows.iter().all(|row| row.flaw == Some(Flaw::Example)) => {
            Err(Unreadable::at(line, "only the example row stands below the headings: write whom to invite in its place"))
        }
        Some(_) => Ok(rows),
        None if is_template => Err(Unreadable::at(2, "the headings of the template are missing")),
        None => Err(Unreadable::at(1, format!("the file is empty; its first line is `{VERSION}`"))),
    }
}

/// Where the record that is said to begin at `from` really does.
fn first_octet(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    from.min(text.len()) + rest.iter().take_while(|octet| matches!(octet, b'\r' | b'\n')).count()
}

/// UTF-8, with or without a byte order mark.
fn text(bytes: &[u8]) -> Result<&str, Unreadable> {
    if bytes.len() > LONGEST {
        return Err(Unreadable::at(1, format!("the file has more than {} MiB: split it", LONGEST / 1024 / 1024)));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Unreadable::at(1, "the file is in UTF-16: save it as “CSV UTF-8”"));
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|octet| **octet == b'\n').count() as u64 + 1;
        Unreadable::at(line, "there are characters that are not UTF-8: save the file as “CSV UTF-8”")
    })
}

/// A quotation mark that is never closed would swallow every line below it without a word.
fn quotes_pair_up(text: &str) -> Result<(), Unreadable> {
    let (mut line, mut opened): (u64, Option<u64>) = (1, None);
    for octet in text.bytes() {
        match octet {
            b'"' => opened = if opened.is_some() { None } else { Some(line) },
            b'\n' => line += 1,
            _ => {}
        }
    }
    opened.map_or(Ok(()), |line| Err(Unreadable::at(line, "a quotation mark is opened and never closed")))
}

fn template(fields: &[&str], line: u64) -> Result<Columns, Unreadable> {
    is_comma_separated(fields, line)?;
    let mut places = [0; NAMES.len()];
    for (place, name) in places.iter_mut().zip(NAMES) {
        let wanted = name.to_ascii_lowercase();
        let mut found = fields.iter().enumerate().filter(|(_, field)| field.to_ascii_lowercase().contains(&wanted)).map(|(at, _)| at);
        *place = found
            .next()
            .ok_or_else(|| Unreadable::at(line, format!("there is no column {name}: leave the first two lines as they are")))?;
        if found.next().is_some() {
            return Err(Unreadable::at(line, format!("there are two columns {name}")));
        }
    }
    let [address, redirect, send, message] = places;
    Ok(Columns { address, name: None, redirect: Some(redirect), send: Some(send), message: Some(message), wide: fields.len() })
}

fn powershell(fields: &[&str], line: u64) -> Result<Columns, Unreadable> {
    let find = |name: &str| fields.iter().position(|field| field.eq_ignore_ascii_case(name));
    let [name, address] = POWERSHELL.map(find);
    if let Some(address) = address {
        return Ok(Columns { address, name, wide: fields.len(), ..Columns::default() });
    }
    is_comma_separated(fields, line)?;
    let found: String = fields[0].chars().take(60).collect();
    let why = if found.to_ascii_lowercase().starts_with("version:") {
        format!("`{found}` is another version of the template: this is `{VERSION}`")
    } else {
        format!("the first line must be `{VERSION}`, or the headings `{}`", POWERSHELL.join(","))
    };
    Err(Unreadable::at(line, why))
}

/// Spreadsheets of many countries write semicolons, or tabs.
fn is_comma_separated(fields: &[&str], line: u64) -> Result<(), Unreadable> {
    let first = fields[0].to_ascii_lowercase();
    let is_heading = first.starts_with(VERSION) || NAMES.iter().chain(&POWERSHELL).any(|name| first.contains(&name.to_ascii_lowercase()));
    for (separator, name) in [(';', "semicolons"), ('\t', "tabs")] {
        if is_heading && first.contains(separator) {
            return Err(Unreadable::at(line, format!("the fields stand between {name}: save the file with commas")));
        }
    }
    Ok(())
}

fn row(columns: Columns, fields: &[&str], line: u64) -> Row {
    let field = |at: Option<usize>| at.and_then(|at| fields.get(at)).map_or_else(String::new, |field| (*field).to_owned());
    let mut row = Row {
        line,
        address: field(Some(columns.address)),
        name: field(columns.name),
        redirect: columns.redirect.map(|at| field(Some(at))),
        send: field(columns.send),
        message: field(columns.message),
        flaw: None,
    };
    row.flaw = flaw(columns, fields, &row);
    row
}

fn flaw(columns: Columns, fields: &[&str], row: &Row) -> Option<Flaw> {
    if row.address.to_ascii_lowercase().starts_with(EXAMPLE) {
        return Some(Flaw::Example);
    }
    let is_too_wide = fields.iter().skip(columns.wide).any(|field| !field.is_empty());
    let texts = [&row.address, row.redirect.as_ref().unwrap_or(&row.name), &row.name];
    let is_broken = texts.iter().any(|text| text.contains(['\n', '\r']));
    let is_long = texts.iter().any(|text| text.len() > 2048);
    let why = if is_too_wide {
        "it has more fields than there are headings: a message with commas stands in quotation marks"
    } else if is_broken {
        "a field goes on over the end of the line: look for a quotation mark"
    } else if is_long {
        "a field is far too long"
    } else if !matches!(row.send.to_ascii_lowercase().as_str(), "" | "true" | "false") {
        "[sendEmail] is neither true nor false"
    } else {
        return None;
    };
    Some(Flaw::Unreadable(why.to_owned()))
}

#[cfg(test)]
mod tests;
