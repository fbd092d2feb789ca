//! Honest answers of three sizes, signed as partners sign them. What makes an answer long out there are the groups it names.

use std::{fs, path::PathBuf};

use gatehouse::demo::partner::{Addressee, Attribute, Person, Response, Sealing};

use crate::{
    Answer,
    house::{ACS, AUDIENCE, Folder, House, ISSUER, NOW, REQUEST, Who},
};

const GROUPS: &str = "http://schemas.xmlsoap.org/claims/Group";

/// One row of the table.
pub(crate) struct Honest {
    /// What is signed.
    pub(crate) what: &'static str,
    pub(crate) key: &'static str,
    pub(crate) signer: Who,
    pub(crate) xml: String,
    /// Where `xmlsec1` finds it, if that can do the same with it.
    pub(crate) file: Option<PathBuf>,
}

pub(crate) fn rows(folder: &Folder, house: &House) -> Answer<Vec<Honest>> {
    let (rsa, ec) = (&folder.rsa, &folder.ec);
    let ours = house.our_certificate();
    let mut rows = Vec::new();
    for kib in [6, 36, 200] {
        for (what, sealing) in
            [("assertion", Sealing::assertion(rsa)), ("response", Sealing::response(rsa)), ("response and assertion", Sealing::both(rsa))]
        {
            rows.push(Honest { what, key: "RSA-2048", signer: Who::Rsa, xml: sized(kib, &sealing)?, file: None });
        }
    }
    rows.push(Honest { what: "assertion", key: "P-256", signer: Who::Ec, xml: sized(6, &Sealing::assertion(ec))?, file: None });
    let encrypted = Sealing::assertion(rsa).encrypted_for(&ours);
    for kib in [6, 36] {
        let xml = sized(kib, &encrypted)?;
        rows.push(Honest { what: "encrypted assertion", key: "RSA-2048", signer: Who::Rsa, xml, file: None });
    }
    for (at, row) in rows.iter_mut().enumerate().filter(|(_, row)| matches!(row.what, "assertion" | "response")) {
        let file = folder.path().join(format!("honest-{at}.xml"));
        fs::write(&file, &row.xml)?;
        row.file = Some(file);
    }
    Ok(rows)
}

/// As honest as it gets.
pub(crate) fn answer() -> Response {
    let to = Addressee { entity_id: AUDIENCE.into(), acs: ACS.into(), in_response_to: Some(REQUEST.into()) };
    Response::about(&Person::new("lena@litware.example", "Lena Lund"), ISSUER, &to, NOW)
}

/// About `kib` KiB, filled up with groups.
fn sized(kib: usize, sealing: &Sealing<'_>) -> Answer<String> {
    let mut answer = answer();
    let wanted = kib * 1024;
    let mut values = Vec::new();
    loop {
        let xml = answer.seal(sealing)?;
        // one more group is about 90 octets, and a third more where it is encrypted
        let missing = wanted.saturating_sub(xml.len()) / 130;
        if missing == 0 {
            return Ok(xml);
        }
        let known = values.len();
        values.extend((known..known + missing).map(|n| format!("CN=Group {n:05},OU=Groups,DC=litware,DC=example")));
        for assertion in &mut answer.assertions {
            assertion.attributes.retain(|attribute| attribute.name != GROUPS);
            let mut groups = Attribute::new(GROUPS, "");
            groups.values.clone_from(&values);
            assertion.attributes.push(groups);
        }
    }
}
