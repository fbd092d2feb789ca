//! Writes the configuration of the demo: two tenants, each different in what it shows, and the secrets they refer to.
//! What is written is what an operator would write; nothing in it is known to the demo alone.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    places::Places,
    sample_tenants::{self, SCRIPT},
};
use crate::{domain::secret::Secret, random};

/// The secrets the demo's servers share with Gatehouse.
#[derive(Debug)]
pub(super) struct Written {
    /// The demo's own.
    pub(super) folder: PathBuf,
    /// The configuration directory.
    pub(super) config: PathBuf,
    pub(super) portal_secret: Secret<String>,
    pub(super) orders_secret: Secret<String>,
    pub(super) shipping_secret: Secret<String>,
    /// Of the script that invites, in both tenants.
    pub(super) script_secret: Secret<String>,
    pub(super) upstream_secret: Secret<String>,
}

/// Fills `folder`. Configuration is written anew each time; secrets and data that are there stay, so that guests are
/// remembered from one demo to the next.
pub(super) fn write(folder: &Path, places: &Places) -> io::Result<Written> {
    let config = folder.join("config");
    let secrets = folder.join("secrets");
    fs::create_dir_all(config.join("tenants/branding"))?;
    fs::create_dir_all(config.join("tenants/terms"))?;
    fs::create_dir_all(folder.join("data"))?;
    fs::create_dir_all(&secrets)?;
    let token = || random::token().reveal().clone();
    let written = Written {
        folder: folder.to_owned(),
        config: config.clone(),
        portal_secret: secret(&secrets.join("portal"), token)?,
        orders_secret: secret(&secrets.join("orders"), token)?,
        shipping_secret: secret(&secrets.join("shipping"), token)?,
        script_secret: secret(&secrets.join(SCRIPT), token)?,
        upstream_secret: secret(&secrets.join("fabrikam"), token)?,
    };
    secret(&secrets.join("seal.key"), || STANDARD.encode(random::bytes::<32>()))?;
    fs::write(config.join("gatehouse.toml"), process(places))?;
    fs::write(config.join("tenants/contoso.toml"), sample_tenants::contoso(places))?;
    fs::write(config.join("tenants/northwind.toml"), sample_tenants::northwind(places))?;
    for (name, text) in sample_tenants::TERMS {
        fs::write(config.join("tenants/terms").join(name), text)?;
    }
    fs::write(config.join("tenants/branding/contoso.svg"), logo("#0b57d0", "C"))?;
    fs::write(config.join("tenants/branding/northwind.svg"), logo("#00695c", "N"))?;
    Ok(written)
}

/// Reads the secret in `path`, or makes one that only its owner can read.
fn secret(path: &Path, make: impl FnOnce() -> String) -> io::Result<Secret<String>> {
    match fs::read_to_string(path) {
        Ok(kept) => Ok(Secret::new(kept.trim_end().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let fresh = make();
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(path)?.write_all(fresh.as_bytes())?;
            Ok(Secret::new(fresh))
        }
        Err(error) => Err(error),
    }
}

fn process(places: &Places) -> String {
    let Places { gatehouse, upstream, saml, ws_fed, smtp, .. } = places;
    format!(
        r#"# Written by `gatehouse demo`, anew at each start.
[server]
listen = "127.0.0.1:{gatehouse}"
public_url = "http://localhost:{gatehouse}"
workers = 2

[directory]
url = "sqlite:../data/gatehouse.db"

[keys]
seal = {{ file = "../secrets/seal.key" }}

[mail]
from = "Gatehouse demo <no-reply@gatehouse.example>"
smtp = {{ host = "127.0.0.1", port = {smtp}, encryption = "none" }}

[outbound]
allow_http = ["localhost:{upstream}", "localhost:{saml}", "localhost:{ws_fed}"]

[telemetry]
log = "warn"
format = "text"
"#,
        gatehouse = gatehouse.port,
        upstream = upstream.port,
        saml = saml.port,
        ws_fed = ws_fed.port,
        smtp = smtp.port,
    )
}

fn logo(color: &str, letter: &str) -> String {
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64"><rect width="64" height="64" rx="14" fill="{color}"/><text x="32" y="44" font-family="sans-serif" font-size="36" font-weight="700" fill="#fff" text-anchor="middle">{letter}</text></svg>
"##
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock, demo::places, settings, tenants};

    #[test]
    fn secrets_outlive_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let (places, _listeners) = places::take(0).unwrap();
        let first = write(folder.path(), &places).unwrap();
        let second = write(folder.path(), &places).unwrap();
        assert_eq!(first.portal_secret.reveal(), second.portal_secret.reveal());
        assert_eq!(STANDARD.decode(fs::read(folder.path().join("secrets/seal.key")).unwrap()).unwrap().len(), 32);
    }

    #[test]
    fn what_is_written_passes_the_check() {
        let folder = tempfile::tempdir().unwrap();
        let (places, _listeners) = places::take(0).unwrap();
        let config = write(folder.path(), &places).unwrap().config;
        let settings = settings::load(&config, &|_| None).unwrap();
        let tenants = tenants::load(&config, &settings, Clock::system().now(), &|_| None).unwrap();
        assert_eq!(tenants.iter().map(|tenant| tenant.id.to_string()).collect::<Vec<_>>(), ["contoso", "northwind"]);
    }
}
