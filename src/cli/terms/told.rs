//! What `gatehouse terms` prints, for people, for spreadsheets and for programs. Microsoft Graph's names where Graph has one.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::super::moment;
use crate::{
    domain::{
        consent::{DocumentHash, Matter},
        locale::Locale,
        tenant::Tenant,
        terms::{Media, Terms, TermsVersion},
        timestamp::Timestamp,
    },
    store::directory::{RecordedAgreement, Tally},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Csv,
    Json,
}

/// One agreement: a line for it, and one per document.
pub(super) fn terms(terms: &Terms, tallies: &[Tally], now: Timestamp, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  {}", terms.id, terms.name(terms.default_language))?;
    let in_force = terms.version(now).map(|version| &version.label);
    for version in &terms.versions {
        let state = match in_force {
            Some(label) if *label == version.label => "in force since",
            _ if version.effective_at > now => "in force from",
            _ => "was in force from",
        };
        let asks = if version.is_major { ", requires acceptance anew" } else { "" };
        writeln!(out, "  {}  {state} {}{asks}", version.label, moment::written(version.effective_at))?;
        for (locale, document) in &version.documents {
            let guests = |is_accepted| guests(tallies, version, *locale, &document.hash, is_accepted);
            let (accepted, declined) = (guests(true), guests(false));
            let (tag, hash) = (locale.tag(), &document.hash.0);
            writeln!(out, "    {tag}  {}  sha256:{hash}  {accepted} accepted, {declined} declined", kind(document.media))?;
        }
    }
    Ok(())
}

fn guests(tallies: &[Tally], version: &TermsVersion, locale: Locale, hash: &DocumentHash, is_accepted: bool) -> u64 {
    let is_same = |tally: &&Tally| {
        tally.version.as_deref() == Some(version.label.as_str())
            && tally.locale == locale
            && tally.document == *hash
            && tally.is_accepted == is_accepted
    };
    tallies.iter().filter(is_same).map(|tally| tally.guests).sum()
}

fn kind(media: Media) -> &'static str {
    match media {
        Media::Html => "html",
        Media::Pdf => "pdf ",
        Media::Text => "text",
    }
}

/// The words as guests are shown them; of a PDF, what there is to say about it.
pub(super) fn document(terms: &Terms, version: &TermsVersion, language: Option<Locale>, out: &mut dyn Write) -> io::Result<()> {
    let wanted = language.unwrap_or(terms.default_language);
    let Some((locale, document)) = version.document(wanted, terms.default_language) else {
        return writeln!(out, "version {} has no document", version.label);
    };
    match document.media {
        Media::Html | Media::Text => writeln!(out, "{}", String::from_utf8_lossy(&document.bytes)),
        Media::Pdf => {
            writeln!(out, "a PDF of {} octets in {}, sha256:{}", document.bytes.len(), locale.tag(), document.hash.0)
        }
    }
}

const COLUMNS: [&str; 13] = [
    "agreementId",
    "agreementFileId",
    "version",
    "language",
    "userId",
    "userPrincipalName",
    "userEmail",
    "userDisplayName",
    "state",
    "recordedDateTime",
    "expirationDateTime",
    "client",
    "identityProvider",
];

/// Rows written as they come.
pub(super) struct Rows<'o> {
    form: Form,
    out: &'o mut dyn Write,
    written: u64,
}

impl<'o> Rows<'o> {
    pub(super) fn begin(form: Form, out: &'o mut dyn Write) -> io::Result<Self> {
        match form {
            Form::Text => {}
            Form::Csv => line(out, COLUMNS.map(str::to_owned).as_slice())?,
            Form::Json => write!(out, "{{\"value\":[")?,
        }
        Ok(Self { form, out, written: 0 })
    }

    pub(super) fn write(&mut self, tenant: &Tenant, row: &RecordedAgreement, now: Timestamp) -> io::Result<()> {
        let cells = cells(tenant, row, now);
        match self.form {
            Form::Text => {
                let [_, _, version, language, user, _, mail, _, state, at, ..] = &cells;
                let text = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "-".into());
                let [version, language, user, mail, state, at] = [version, language, user, mail, state, at].map(text);
                writeln!(self.out, "{at}  {state}  {version}  {language}  {user}  {mail}")?;
            }
            Form::Csv => line(self.out, &cells.map(|cell| harmless(cell.unwrap_or_default())))?,
            Form::Json => {
                let pairs = COLUMNS.into_iter().zip(cells).map(|(name, cell)| (name.to_owned(), json!(cell)));
                let comma = if self.written > 0 { "," } else { "" };
                write!(self.out, "{comma}\n{}", Value::Object(pairs.collect()))?;
            }
        }
        self.written += 1;
        Ok(())
    }

    pub(super) fn end(self) -> io::Result<()> {
        match self.form {
            Form::Text if self.written == 0 => writeln!(self.out, "nobody"),
            Form::Text | Form::Csv => Ok(()),
            Form::Json => writeln!(self.out, "\n]}}"),
        }
    }
}

/// In the order of [`COLUMNS`].
fn cells(tenant: &Tenant, row: &RecordedAgreement, now: Timestamp) -> [Option<String>; 13] {
    let record = &row.record;
    let (id, terms) = match &record.matter {
        Matter::Privacy => ("privacy".to_owned(), None),
        Matter::Terms(id) => (id.to_string(), tenant.terms.get(id)),
    };
    let ends_at = terms.filter(|_| record.is_accepted).and_then(|terms| terms.ends_at(record, now));
    [
        Some(id),
        Some(record.document.0.clone()),
        record.version.clone(),
        Some(record.locale.tag().to_owned()),
        Some(record.guest.to_string()),
        Some(row.principal_name.clone()),
        Some(row.mail.clone()),
        row.display_name.clone(),
        Some(if record.is_accepted { "accepted" } else { "declined" }.to_owned()),
        Some(moment::written(record.at)),
        ends_at.map(moment::written),
        Some(record.client.clone()).filter(|client| !client.is_empty()),
        Some(record.voucher.clone()),
    ]
}

/// Names are chosen by strangers, and a spreadsheet takes what begins like a formula for one.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

fn line(out: &mut dyn Write, cells: &[String]) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells).map_err(io::Error::other)?;
    let octets = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    out.write_all(&octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_looks_like_a_formula_is_none() {
        let mut out = Vec::new();
        line(&mut out, &["=1+1", "Ana \"A\", Inc", "+49", "x"].map(|cell| harmless(cell.to_owned()))).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "'=1+1,\"Ana \"\"A\"\", Inc\",'+49,x\r\n");
    }
}
