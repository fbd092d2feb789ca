//! `gatehouse check`: every problem of a configuration folder, where it is, and the fix. Needs no network and starts nothing.

use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use crate::{
    clock::Clock,
    settings::{self, Environment, Problem, Purpose, Severity, problem},
    tenants::{self, Surroundings},
};

/// How the problems are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// One JSON object per line, and nothing else.
    Json,
}

/// 0 no errors (warnings are told), 1 errors, 2 there is no such folder.
pub fn run(config_dir: &Path, form: Form, environment: Environment<'_>, out: &mut dyn Write) -> io::Result<ExitCode> {
    if !config_dir.is_dir() {
        writeln!(out, "{} is not a folder; name the one with gatehouse.toml in it", config_dir.display())?;
        return Ok(ExitCode::from(2));
    }
    let (problems, tenants) = examine(config_dir, environment);
    for problem in &problems {
        match form {
            Form::Text => writeln!(out, "{problem}\n")?,
            Form::Json => writeln!(out, "{}", problem.to_json())?,
        }
    }
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let warnings = problems.len() - errors;
    if form == Form::Text {
        match (errors, warnings) {
            (0, 0) => writeln!(out, "{}: no problems; {}", config_dir.display(), count(tenants, "tenant"))?,
            _ => writeln!(out, "{}: {}, {}", config_dir.display(), count(errors, "error"), count(warnings, "warning"))?,
        }
    }
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Every problem in order, and how many tenants have none.
fn examine(config_dir: &Path, environment: Environment<'_>) -> (Vec<Problem>, usize) {
    let reading = settings::read(Purpose::Serve, config_dir, environment);
    let surroundings = Surroundings {
        public_url: reading.public_url,
        allow_http: reading.allow_http,
        has_mail: reading.has_mail,
        purpose: Purpose::Serve,
        now: Clock::system().now(),
        environment,
    };
    let (tenants, more) = tenants::read(config_dir, &surroundings);
    let mut problems = reading.problems;
    problems.extend(more);
    problem::sort(&mut problems);
    (problems, tenants.iter().count())
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
