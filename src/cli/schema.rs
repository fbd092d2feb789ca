//! `gatehouse schema`: writes the JSON Schemas of the configuration files beside them.

use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use crate::tenants::schema;

/// 0 written, 2 could not be written.
pub fn run(config_dir: &Path, out: &mut dyn Write) -> io::Result<ExitCode> {
    for (name, text) in schema::files() {
        let path = config_dir.join(name);
        if let Err(error) = std::fs::write(&path, text) {
            writeln!(out, "{} can't be written: {error}", path.display())?;
            return Ok(ExitCode::from(2));
        }
        writeln!(out, "wrote {}", path.display())?;
    }
    Ok(ExitCode::SUCCESS)
}
