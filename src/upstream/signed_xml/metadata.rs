//! Whether a metadata document is signed as a whole by one of the operator's keys (Metadata §3).

use super::{
    keys::TrustedKeys,
    names::METADATA,
    profile::survey,
    refusal::{Checked, Refusal, refuse, unread},
    signature::{self, Sha1},
};
use crate::{
    domain::{certificate::Certificate, error_code::ErrorCode, rejection::Rejected, verdict::Verdicts},
    federation::xml::{self, Bounds, Node},
};

pub(super) fn check(octets: &[u8], signed_by: &[Certificate]) -> Result<(), Rejected> {
    checked(octets, signed_by).map_err(|refusal: Refusal| {
        Rejected::new(ErrorCode::MetadataSignature, format!("{} ({}): {}", refusal.check, refusal.code.code(), refusal.why))
    })
}

fn checked(octets: &[u8], signed_by: &[Certificate]) -> Checked<()> {
    if signed_by.is_empty() {
        return Err(refuse("signature", ErrorCode::NoTrustedKey, "no key is configured to verify it with"));
    }
    let document = xml::read(octets, &Bounds::METADATA).map_err(unread)?;
    let root = document.root();
    if !root.is(METADATA, "EntityDescriptor") && !root.is(METADATA, "EntitiesDescriptor") {
        return Err(refuse("root", ErrorCode::XmlRoot, "it is no metadata").got(root.name()));
    }
    // Entities within may be signed by their own owners, which is nothing to us.
    let found = survey(&document)?;
    let mut of_the_whole = found.signatures.iter().filter(|s| s.parent().map(Node::id) == Some(root.id()));
    let (Some(signature), None) = (of_the_whole.next(), of_the_whole.next()) else {
        return Err(refuse("signature", ErrorCode::SignatureMissing, "the document is not signed as a whole, once"));
    };
    // Metadata §2.3.1 and §2.3.2 have it first; those of others are never verified.
    if found.signatures.first().map(|first| first.id()) != Some(signature.id()) {
        return Err(refuse("signature position", ErrorCode::SignaturePosition, "another signature stands before the whole document's"));
    }
    let shaped = signature::shape(*signature, Sha1::Refused, &mut Verdicts::default())?;
    signature::verify(&document, &[shaped], &TrustedKeys::from(signed_by.to_vec())).map(drop)
}
