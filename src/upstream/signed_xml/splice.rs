//! What was encrypted, put where it belongs: the whole is written out and read anew by the same strict reader, so that namespaces and
//! signatures mean what they would have meant in clear.
//!
//! Must not let anything out of its place: what was decrypted is exactly one assertion, or nothing.

use std::ops::Range;

use super::{
    Assertion, Trust,
    decrypt::{Mode, Sealed, failed},
    profile::survey,
    refusal::{Checked, Refusal},
    response::{positions, read_assertion, shapes},
    trust::Signed,
};
use crate::{
    domain::{
        certificate::Certificate,
        federation::SignedPart,
        verdict::{Outcome, Value, Verdicts},
    },
    federation::xml::{self, Bounds, Node, Xml},
};

/// Decrypts, puts in place and verifies. `wrapper` is what gives way; `outer` is the signature around it, verified by now and cut out,
/// since it covers the document as it came.
pub(super) fn unsealed<'t>(
    sealed: &Sealed,
    document: &Xml<'_>,
    wrapper: Node<'_, '_>,
    outer: Option<Node<'_, '_>>,
    wanted: SignedPart,
    trust: &'t Trust<'_>,
    verdicts: &mut Verdicts,
) -> Checked<(Assertion, Vec<&'t Certificate>)> {
    let plain = sealed.open(trust.decryption)?;
    let (text, place) = whole(document, wrapper, outer, &plain).ok_or_else(failed)?;
    let read = xml::read(text.as_bytes(), &Bounds::MESSAGE).map_err(|_| failed())?;
    let found = survey(&read)?;
    let [assertion] = found.assertions.as_slice() else { return Err(failed()) };
    let is_alone = found.encrypted_assertions.is_empty() && found.encrypted.is_empty() && assertion.range() == Some(place);
    if !is_alone {
        return Err(failed());
    }
    let signatures = positions(&found, &[*assertion])?;
    let shaped = shapes(&signatures, trust, verdicts)?;
    let signed = Signed { response: outer.is_some(), assertion: !shaped.is_empty() };
    signed.check(wanted, verdicts)?;
    let by = if shaped.is_empty() { Vec::new() } else { trust.verify(&read, &shaped, verdicts)? };
    Ok((read_assertion(*assertion)?, by))
}

/// The document with the plain text in place of its wrapper, and where it stands.
fn whole(document: &Xml<'_>, wrapper: Node<'_, '_>, outer: Option<Node<'_, '_>>, plain: &[u8]) -> Option<(String, Range<usize>)> {
    let plain = std::str::from_utf8(plain).ok()?.trim_ascii();
    let text = document.tree().input_text();
    let wrapped = wrapper.range()?;
    let mut cuts = vec![(wrapped.clone(), plain)];
    cuts.extend(outer.and_then(Node::range).map(|range| (range, "")));
    cuts.sort_by_key(|(range, _)| range.start);
    let (mut out, mut at, mut start) = (String::with_capacity(text.len() + plain.len()), 0, 0);
    for (range, instead) in cuts {
        out.push_str(text.get(at..range.start)?);
        if range == wrapped {
            start = out.len();
        }
        out.push_str(instead);
        at = range.end;
    }
    out.push_str(text.get(at..)?);
    Some((out, start..start + plain.len()))
}

/// Whoever sent a changed ciphertext must not learn whether it still made sense: in CBC that would decrypt it for them, unless a
/// signature or the cipher itself vouches for it. The operator reads the reason among the verdicts.
pub(super) fn concealed(refusal: Refusal, sealed: &Sealed, outer: Option<Node<'_, '_>>, verdicts: &mut Verdicts) -> Refusal {
    if outer.is_some() || sealed.mode == Mode::Authenticated {
        return refusal;
    }
    verdicts.push("decrypted assertion", Outcome::Refused(refusal.code), Value::Plain(format!("{}: {}", refusal.check, refusal.why)), None);
    failed()
}
