//! Problems as a person reads them in a terminal, and as a program reads them.

use std::fmt::{self, Display};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::json;

use super::problem::{Problem, Severity};

/// `file:line:column: error[C0104]: message`, the passage, and `help: hint`.
impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, severity, code, message, hint, .. } = self;
        writeln!(f, "{}:{line}:{column}: {}[{}]: {message}", file.display(), severity.as_str(), code.as_str())?;
        if let Some((source, span)) = self.excerpt.as_ref().filter(|(source, _)| !source.text.is_empty()) {
            let start = source.text.floor_char_boundary(span.start);
            // A table's problem is shown at its head, not over all its lines.
            let line_end = source.text[start..].find('\n').map_or(source.text.len(), |newline| start + newline);
            let stop = source.text.ceil_char_boundary(span.end.min(line_end)).max(start);
            let level = if *severity == Severity::Error { Level::ERROR } else { Level::WARNING };
            let snippet = Snippet::source(source.text.as_str()).annotation(AnnotationKind::Primary.span(start..stop));
            writeln!(f, "{}", Renderer::plain().render(&[Group::with_level(level).element(snippet)]))?;
        }
        write!(f, "help: {hint}")
    }
}

impl Problem {
    /// One JSON object, without line breaks.
    pub fn to_json(&self) -> String {
        json!({
            "severity": self.severity.as_str(),
            "code": self.code.as_str(),
            "file": self.file.display().to_string(),
            "line": self.line,
            "column": self.column,
            "message": self.message,
            "hint": self.hint,
        })
        .to_string()
    }
}
