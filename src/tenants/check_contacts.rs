//! Imported contacts: a file of addresses, as a directory exports them. Every line that is none is told by its own place; no line is
//! ever shown, because it is about a person.

use std::collections::BTreeSet;

use crate::{
    domain::address::EmailAddress,
    settings::{at::At, problem::Code, secrets, source::Reporter},
};

/// A wrong file is wrong in every line.
const MOST_TOLD: usize = 100;

const HINT: &str = "one address a line, or CSV whose first line names a column `email`";

/// The contacts' keys, see [`EmailAddress::key`].
pub(super) fn read(path: &At<String>, reporter: &mut Reporter) -> BTreeSet<String> {
    let Some(octets) = secrets::read(path, reporter) else { return BTreeSet::new() };
    let text = match String::from_utf8(octets) {
        Ok(text) => text,
        Err(error) => {
            let line = error.as_bytes()[..error.utf8_error().valid_up_to()].split(|octet| *octet == b'\n').count();
            let message = format!("line {line} of {:?} is not UTF-8 text", path.value);
            reporter.error(Code::Contacts, &path.span, message, "save the file as UTF-8");
            return BTreeSet::new();
        }
    };
    let mut theirs = Reporter::new(&reporter.resolve(&path.value), text);
    let contacts = parse(&mut theirs);
    reporter.problems.append(&mut theirs.problems);
    contacts
}

fn parse(reporter: &mut Reporter) -> BTreeSet<String> {
    let source = std::sync::Arc::clone(reporter.source());
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let offset = source.text.len() - text.len();
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let is_list = !first.contains(',') && (first.contains('@') || !is_email(first));
    let lines = if is_list { Ok(listed(text)) } else { columned(text) };
    let lines = match lines {
        Ok(lines) => lines,
        Err(at) => {
            reporter.error_unseen(Code::Contacts, &(offset + at..offset + at), "there is no column `email` here", HINT);
            return BTreeSet::new();
        }
    };
    let mut contacts = BTreeSet::new();
    let mut wrong = 0;
    for (at, address) in lines {
        match address.map(|address| EmailAddress::parse(&address)) {
            Ok(Ok(address)) => {
                contacts.insert(address.key());
                continue;
            }
            Ok(Err(error)) if wrong < MOST_TOLD => {
                let message = format!("the address in this line {error}");
                reporter.error_unseen(Code::Contacts, &(offset + at..offset + at), message, HINT);
            }
            Err(NotCsv) if wrong < MOST_TOLD => {
                reporter.error_unseen(Code::Contacts, &(offset + at..offset + at), "this line is not CSV", HINT);
            }
            Ok(Err(_)) | Err(NotCsv) => {}
        }
        wrong += 1;
    }
    if wrong > MOST_TOLD {
        let message = format!("{} more lines of this file are wrong", wrong - MOST_TOLD);
        reporter.error_unseen(Code::Contacts, &(0..0), message, HINT);
    }
    contacts
}

struct NotCsv;

/// Where a line, or a record, begins, and the address in it.
type Line = (usize, Result<String, NotCsv>);

fn listed(text: &str) -> Vec<Line> {
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            lines.push((at, Ok(line.trim().to_owned())));
        }
        at += line.len();
    }
    lines
}

/// `Err`: where the line stands that should name the column.
fn columned(text: &str) -> Result<Vec<Line>, usize> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let column = reader.headers().ok().and_then(|headers| headers.iter().position(is_email)).ok_or(0_usize)?;
    let mut lines = Vec::new();
    let octet = |position: Option<&csv::Position>| position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
    for record in reader.records() {
        match record {
            Ok(record) => lines.push((octet(record.position()), Ok(record.get(column).unwrap_or_default().to_owned()))),
            Err(error) => lines.push((octet(error.position()), Err(NotCsv))),
        }
    }
    Ok(lines)
}

fn is_email(heading: &str) -> bool {
    heading.trim().eq_ignore_ascii_case("email")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::problem::Problem;

    fn read(text: &str) -> (Vec<String>, Vec<(usize, String)>) {
        let mut reporter = Reporter::new(std::path::Path::new("contacts.csv"), text.to_owned());
        let contacts = parse(&mut reporter).into_iter().collect();
        let shows_a_line =
            |problem: &Problem| text.split(['\n', ',']).any(|part| part.contains('@') && problem.to_string().contains(part.trim()));
        assert!(!reporter.problems.iter().any(shows_a_line), "a line is shown");
        (contacts, reporter.problems.into_iter().map(|problem| (problem.line, problem.message)).collect())
    }

    #[test]
    fn a_list_and_a_table_say_the_same() {
        let both = vec!["ana@partner.example".to_owned(), "bob@partner.example".to_owned()];
        for text in [
            "Ana@partner.example\n\nbob@PARTNER.example\r\n",
            "\u{feff}ana@partner.example\nbob@partner.example",
            "email\nana@partner.example\nbob@partner.example\nana@partner.example\n",
            "Name,Email\nAna,ana@partner.example\n\"B, Bob\", bob@partner.example\n",
            "\u{feff}EMAIL,phone\nana@partner.example\nbob@partner.example,1\n",
        ] {
            assert_eq!(read(text), (both.clone(), vec![]), "{text:?}");
        }
        assert_eq!(read(""), (vec![], vec![]));
    }

    #[test]
    fn every_wrong_line_is_told_by_its_number_and_none_is_shown() {
        let (contacts, problems) = read("ana@partner.example\nnobody\n\nb b@partner.example\n");
        assert_eq!(contacts.len(), 1);
        assert_eq!(problems.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
        let (_, problems) = read("name,email\nAna,ana@partner.example\nBob,\n");
        assert_eq!(problems.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3]);
        assert_eq!(read("name,mail\nAna,ana@partner.example\n").1, [(1, "there is no column `email` here".to_owned())]);
    }

    #[test]
    fn a_wrong_file_is_not_told_line_by_line_for_ever() {
        let (_, problems) = read(&"nothing\n".repeat(5000));
        assert_eq!(problems.len(), MOST_TOLD + 1);
        assert!(problems.iter().any(|(_, message)| message == "4900 more lines of this file are wrong"), "{problems:?}");
    }
}
