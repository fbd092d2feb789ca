//! The `xmlsec1` program over the same documents with the same key. It verifies a signature and reads no SAML; what starting it costs
//! is subtracted.

use std::process::{Command, Stdio};

use crate::{Answer, cost::children_cpu_micros, honest::Honest, house::Folder};

const RESPONSE: [&str; 2] = ["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response"];
const ASSERTION: [&str; 2] = ["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"];

/// CPU for one verification of the row's one signature, in microseconds. `None`: it is not installed, or the row asks for more than
/// its command line can do at once.
pub(crate) fn micros_of(folder: &Folder, row: &Honest) -> Answer<Option<f64>> {
    let Some(file) = &row.file else { return Ok(None) };
    // it reads the document anew each time, as a server would
    let times = (600_000 / (230 + row.xml.len() / 40)).max(50);
    let run = |times: usize| -> Answer<Option<f64>> {
        let before = children_cpu_micros()?;
        let mut command = Command::new("xmlsec1");
        command.arg("--verify").arg("--pubkey-cert-pem").arg(folder.path().join(row.signer.file()));
        for known in [RESPONSE, ASSERTION] {
            command.args(known);
        }
        command.args(["--repeat", &times.to_string()]).arg(file).stdout(Stdio::null()).stderr(Stdio::null());
        let Ok(status) = command.status() else { return Ok(None) };
        if !status.success() {
            return Err("xmlsec1 does not accept what our partners sign".into());
        }
        Ok(Some(children_cpu_micros()? - before))
    };
    let (Some(all), Some(one)) = (run(times)?, run(1)?) else { return Ok(None) };
    Ok(Some((all - one) / (times - 1) as f64))
}
