//! `gatehouse terms add`: one more version of terms, written into the tenant's file after the others. Comments and all else stay as they
//! are; what would not pass the check is not written. Documents are named, not copied.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use super::{Place, Refusal, named};
use crate::{
    cli::folder,
    domain::{locale::Locale, tenant::Tenant},
    settings::Environment,
};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    pub(super) place: Place,
    #[arg(value_name = "ID")]
    id: String,
    /// Your word for the new version
    #[arg(long)]
    version: String,
    /// From when it is in force: 2026-06-01 (midnight UTC) or 2026-06-01T12:00:00Z
    #[arg(long, value_name = "DATE")]
    effective: String,
    /// A language and its document, a .html or .pdf below the folder of tenant files; may come once per language
    #[arg(long = "document", value_name = "LANGUAGE=FILE", required = true, value_parser = document)]
    documents: Vec<(Locale, PathBuf)>,
    /// Acceptances of earlier versions count no more
    #[arg(long)]
    require_reaccept: bool,
}

pub(super) fn add(options: &Options, tenant: &Tenant, environment: Environment<'_>, out: &mut dyn Write) -> Result<(), Refusal> {
    named(tenant, &options.id)?;
    let folder = options.place.config.join("tenants");
    let file = folder.join(format!("{}.toml", tenant.id));
    let before = fs::read_to_string(&file).map_err(|error| Refusal(1, format!("{}: {error}", file.display())))?;
    let after = with_version(&before, &options.id, &table(options, &folder)?);
    folder::would_be_sound(&options.place.config, &file, &after, environment).map_err(|problems| Refusal(1, problems))?;
    // Beside it and then in its place, so that nobody ever reads half a file.
    let beside = folder.join(format!(".{}.toml.new", tenant.id));
    fs::write(&beside, after)?;
    fs::rename(&beside, &file)?;
    writeln!(out, "{}: version {} of {} is added; reload to serve it", file.display(), options.version, options.id)?;
    Ok(())
}

fn table(options: &Options, folder: &Path) -> Result<String, Refusal> {
    let mut documents = Vec::new();
    for (locale, path) in &options.documents {
        documents.push(format!("{} = {}", locale.tag(), quoted(&relative(path, folder)?)));
    }
    let reaccept = if options.require_reaccept { "require_reaccept = true\n" } else { "" };
    let (id, version, effective) = (&options.id, quoted(&options.version), quoted(&options.effective));
    let documents = documents.join(", ");
    Ok(format!("[[terms.{id}.versions]]\nversion = {version}\neffective = {effective}\n{reaccept}documents = {{ {documents} }}\n"))
}

/// As the tenant's file names it: relative to its own folder.
fn relative(path: &Path, folder: &Path) -> Result<String, Refusal> {
    let missing = |error: std::io::Error| Refusal(1, format!("{}: {error}", path.display()));
    let (full, folder) = (path.canonicalize().map_err(missing)?, folder.canonicalize().map_err(missing)?);
    let below = full.strip_prefix(&folder).ok().and_then(Path::to_str).map(str::to_owned);
    below.ok_or_else(|| Refusal(1, format!("{} is not below {}: put it there first", path.display(), folder.display())))
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// After the last version of these terms, else at the end.
fn with_version(text: &str, id: &str, table: &str) -> String {
    let heading = format!("[[terms.{id}.versions]]");
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.iter().rposition(|line| line.trim() == heading);
    let place = last.map_or(lines.len(), |last| {
        let next = lines.iter().skip(last + 1).position(|line| line.trim_start().starts_with('['));
        let end = next.map_or(lines.len(), |next| last + 1 + next);
        // What stands right above the next table belongs to it.
        let is_said = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        lines[..end].iter().rposition(is_said).map_or(end, |said| said + 1)
    });
    let (before, after) = lines.split_at(place);
    let joined = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    format!("{}\n{table}{}", joined(before), joined(after))
}

fn document(text: &str) -> Result<(Locale, PathBuf), String> {
    let (language, path) = text.split_once('=').ok_or("write a language and a file: en=terms/visitors.en.html")?;
    Ok((super::locale(language)?, PathBuf::from(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# Who we are\nid = \"contoso\"\n\n[terms.visitors]\nname = \"V\"\n[[terms.visitors.versions]]\nversion = \"1\" # the first\n\n\
                        # Our apps\n[clients.portal]\nname = \"P\"\n";

    #[test]
    fn a_version_stands_after_the_others_and_every_comment_where_it_was() {
        let after = with_version(FILE, "visitors", "[[terms.visitors.versions]]\nversion = \"2\"\n");
        let expected = FILE.replace("# the first\n", "# the first\n\n[[terms.visitors.versions]]\nversion = \"2\"\n");
        assert_eq!(after, expected);
        let elsewhere = with_version(FILE, "plant", "[[terms.plant.versions]]\n");
        assert_eq!(elsewhere, format!("{FILE}\n[[terms.plant.versions]]\n"));
    }
}
