//! The text of one configuration file, and the problems found in it so far.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    at::Span,
    problem::{Code, Problem, Severity},
};

#[derive(Debug)]
pub struct Source {
    pub path: PathBuf,
    pub text: String,
}

impl Source {
    /// Line and column, both from 1, of an octet; columns count characters.
    pub fn position(&self, octet: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(octet)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// Where the table after this place begins, or the end.
    pub fn next_table(&self, octet: usize) -> usize {
        self.text.get(octet..).and_then(|rest| rest.find("\n[")).map_or(self.text.len(), |next| octet + next)
    }

    pub fn line_at(&self, octet: usize) -> &str {
        let (line, _) = self.position(octet);
        self.text.lines().nth(line - 1).unwrap_or_default()
    }
}

/// Gathers what is wrong with one file.
#[derive(Debug)]
pub struct Reporter {
    source: Arc<Source>,
    pub problems: Vec<Problem>,
}

impl Reporter {
    pub fn new(path: &Path, text: String) -> Self {
        Self { source: Arc::new(Source { path: path.to_owned(), text }), problems: Vec::new() }
    }

    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Where a path written in this file leads: relative to the folder the file stands in.
    pub fn resolve(&self, written: &str) -> PathBuf {
        self.source.path.parent().unwrap_or(Path::new("")).join(written)
    }

    /// Whether something in the table that begins at `table` was wrong in shape and is therefore missing from its raw value:
    /// what follows from its absence alone is no problem of its own.
    pub fn is_incomplete(&self, table: &Span) -> bool {
        let end = self.source.next_table(table.end);
        let is_shape = |code| matches!(code, Code::UnknownKey | Code::WrongType | Code::NotAllowed | Code::OutOfRange);
        let mut within = self.problems.iter().filter(|problem| is_shape(problem.code));
        within.any(|problem| (table.start..=end).contains(&problem.octet))
    }

    pub fn error(&mut self, code: Code, at: &Span, message: impl Into<String>, hint: impl Into<String>) {
        self.report(Severity::Error, code, at, message.into(), hint.into());
    }

    /// Like [`Reporter::error`], without showing the passage: it may be a secret.
    pub fn error_unseen(&mut self, code: Code, at: &Span, message: impl Into<String>, hint: impl Into<String>) {
        self.error(code, at, message, hint);
        if let Some(problem) = self.problems.last_mut() {
            problem.excerpt = None;
        }
    }

    pub fn warn(&mut self, code: Code, at: &Span, message: impl Into<String>, hint: impl Into<String>) {
        self.report(Severity::Warning, code, at, message.into(), hint.into());
    }

    fn report(&mut self, severity: Severity, code: Code, at: &Span, message: String, hint: String) {
        let (line, column) = self.source.position(at.start);
        let excerpt = (!may_show_a_secret(code, self.source.line_at(at.start))).then(|| (Arc::clone(&self.source), at.clone()));
        self.problems.push(Problem {
            severity,
            code,
            file: self.source.path.clone(),
            line,
            column,
            message,
            hint,
            octet: at.start,
            excerpt,
        });
    }
}

/// Someone may have written the secret itself where a reference belongs; then the line must not be shown, because `serve`
/// prints problems where logs go.
fn may_show_a_secret(code: Code, line: &str) -> bool {
    let is_about_shape = matches!(
        code,
        Code::Syntax | Code::UnknownKey | Code::WrongType | Code::SecretReference | Code::SessionsUrl | Code::DirectoryUrl | Code::Url
    );
    let line = line.to_ascii_lowercase();
    is_about_shape
        && (["secret", "password", "token", "seal", "redis"].iter().any(|word| line.contains(word))
            || (line.contains("://") && line.contains('@')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let source = Source { path: PathBuf::new(), text: "a = 1\nö = \"é\" x".into() };
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position(6), (2, 1));
        assert_eq!(source.position(source.text.len() - 1), (2, 9));
        assert_eq!(source.position(999), (2, 10));
    }
}
