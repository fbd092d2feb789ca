//! LogoutRequest and LogoutResponse (Core §3.7), signed inside or in the query they came in.

use super::{
    LogoutMessage, LogoutRequest, LogoutResponse, LogoutSignature,
    names::{SAML2, SAMLP, SUCCESS},
    profile::{Survey, survey},
    read::{at_most_one, misshapen, moment, one, owned, required, required_moment, text, texts},
    read_saml2::{name_id, version},
    refusal::{Checked, refuse},
    response::{positions, read, shapes},
    trust::{Signed, note_dates},
};
use crate::{
    domain::{error_code::ErrorCode, federation::SignedPart, verdict::Verdicts},
    federation::xml::{Node, Xml},
};

pub(super) fn open(octets: &[u8], signature: &LogoutSignature<'_>, verdicts: &mut Verdicts) -> Checked<LogoutMessage> {
    let document = read(octets, verdicts)?;
    let root = document.root();
    let is_request = root.is(SAMLP, "LogoutRequest");
    if !is_request && !root.is(SAMLP, "LogoutResponse") {
        return Err(refuse("root", ErrorCode::XmlRoot, "it is no logout message").got(root.name()).want("LogoutRequest or LogoutResponse"));
    }
    let found = survey(&document)?;
    version(root)?;
    if !(found.assertions.is_empty() && found.encrypted_assertions.is_empty()) {
        return Err(refuse("assertions", ErrorCode::AssertionCount, "a logout message has no assertion").want("0"));
    }
    signed(&document, &found, signature, verdicts)?;
    if is_request { request(root).map(LogoutMessage::Request) } else { response(root).map(LogoutMessage::Response) }
}

fn signed(document: &Xml<'_>, found: &Survey<'_, '_>, signature: &LogoutSignature<'_>, verdicts: &mut Verdicts) -> Checked<()> {
    let LogoutSignature::Inside(trust) = signature else {
        // Bindings §3.4.4.1: the signature inside is removed before the message goes into a query.
        return if found.signatures.is_empty() {
            Ok(())
        } else {
            Err(refuse("binding", ErrorCode::SamlBinding, "a message signed in its query has a signature inside"))
        };
    };
    let root = document.root();
    let shaped = shapes(&positions(found, &[root])?, trust, verdicts)?;
    Signed { response: !shaped.is_empty(), assertion: false }.check(SignedPart::Either, verdicts)?;
    let by = trust.verify(document, &shaped, verdicts)?;
    note_dates(&by, required_moment(root, "IssueInstant")?, verdicts);
    Ok(())
}

fn request(root: Node<'_, '_>) -> Checked<LogoutRequest> {
    Ok(LogoutRequest {
        id: required(root, "ID")?,
        issuer: at_most_one(root, SAML2, "Issuer")?.map(text).transpose()?,
        destination: owned(root, "Destination"),
        issued_at: required_moment(root, "IssueInstant")?,
        not_on_or_after: moment(root, "NotOnOrAfter")?,
        name_id: name_id(root)?.ok_or_else(|| misshapen("LogoutRequest has no NameID"))?,
        session_indexes: texts(root, SAMLP, "SessionIndex")?,
    })
}

fn response(root: Node<'_, '_>) -> Checked<LogoutResponse> {
    let code = one(one(root, SAMLP, "Status")?, SAMLP, "StatusCode")?;
    Ok(LogoutResponse {
        id: required(root, "ID")?,
        issuer: at_most_one(root, SAML2, "Issuer")?.map(text).transpose()?,
        destination: owned(root, "Destination"),
        in_response_to: owned(root, "InResponseTo"),
        issued_at: required_moment(root, "IssueInstant")?,
        is_success: code.attribute("Value") == Some(SUCCESS),
    })
}
