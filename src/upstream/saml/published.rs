//! Our own metadata towards one partner (Metadata §2.4.4): who we are, where answers go, every certificate that we use or shall use.
//!
//! Must not know the partner.

use std::sync::{Mutex, PoisonError};

use super::{
    request::{EMAIL_FORMAT, PERSISTENT_FORMAT, POST, REDIRECT, TRANSIENT_FORMAT, UNSPECIFIED_FORMAT, id_of},
    sign::{self, Place, certificate_of},
    writer::{DSIG, Element, METADATA, PROTOCOL},
};
use crate::{domain::rejection::Rejected, federation::xml::instant, random, upstream::credentials::Credentials};

/// What we decrypt, the best first; partners take the first they know. Never PKCS#1 v1.5.
const ENCRYPTION: [&str; 8] = [
    "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    "http://www.w3.org/2009/xmlenc11#aes192-gcm",
    "http://www.w3.org/2009/xmlenc11#aes128-gcm",
    "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes192-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
    "http://www.w3.org/2009/xmlenc11#rsa-oaep",
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
];

/// How long a partner may go by what it read: well within the time a new certificate is published ahead.
const CACHE: &str = "PT12H";

/// The document as it was last signed: anybody may ask for it, and signing takes a while.
#[derive(Default)]
pub(super) struct Signed(Mutex<Option<(String, String)>>);

impl Signed {
    /// Signed anew only when it says something else.
    pub(super) fn document(&self, published: &Published<'_>) -> Result<String, Rejected> {
        let id = published.id();
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, document)) = kept().as_ref().filter(|(known, _)| *known == id) {
            return Ok(document.clone());
        }
        let document = published.document(&id)?;
        *kept() = Some((id, document.clone()));
        Ok(document)
    }
}

/// What the document says.
pub(super) struct Published<'a> {
    pub entity_id: &'a str,
    pub answer_at: &'a str,
    pub sign_out_at: &'a str,
    pub signs_requests: bool,
    pub wants_signed_assertions: bool,
    pub credentials: &'a Credentials,
}

impl Published<'_> {
    /// The document, signed by the certificate that signs now. Until that changes it is the same, octet for octet.
    fn document(&self, id: &str) -> Result<String, Rejected> {
        sign::enveloped(self.entity(id), Place::First, &self.credentials.signing)
    }

    /// Of all it says, the certificates among it.
    fn id(&self) -> String {
        id_of(&random::sha256(self.entity("_").to_xml().as_bytes())[..20])
    }

    fn entity(&self, id: &str) -> Element {
        // Many partners read it once, from a file: it holds as long as the certificate that signs.
        let valid_until = self.credentials.signing.certificate.not_after();
        Element::new("md:EntityDescriptor")
            .with("xmlns:md", METADATA)
            .with("ID", id)
            .with("cacheDuration", CACHE)
            .with("entityID", self.entity_id)
            .with("validUntil", instant(valid_until))
            .child(self.role())
    }

    fn role(&self) -> Element {
        let word = |is_so| if is_so { "true" } else { "false" };
        let keys = self.credentials.published.iter().map(|credential| credential.certificate.to_base64());
        let descriptors = keys.flat_map(|key| [key_descriptor("signing", &key), key_descriptor("encryption", &key)]);
        Element::new("md:SPSSODescriptor")
            .with("AuthnRequestsSigned", word(self.signs_requests))
            .with("WantAssertionsSigned", word(self.wants_signed_assertions))
            .with("protocolSupportEnumeration", PROTOCOL)
            .children(descriptors)
            .children([REDIRECT, POST].map(|binding| endpoint("md:SingleLogoutService", binding, self.sign_out_at)))
            .children(
                [PERSISTENT_FORMAT, EMAIL_FORMAT, UNSPECIFIED_FORMAT, TRANSIENT_FORMAT]
                    .map(|format| Element::new("md:NameIDFormat").text(format)),
            )
            .child(endpoint("md:AssertionConsumerService", POST, self.answer_at).with("index", "0").with("isDefault", "true"))
    }
}

fn key_descriptor(purpose: &str, certificate: &str) -> Element {
    let key_info = certificate_of(certificate).with("xmlns:ds", DSIG);
    let methods = ENCRYPTION.iter().filter(|_| purpose == "encryption");
    let methods = methods.map(|algorithm| Element::new("md:EncryptionMethod").with("Algorithm", *algorithm));
    Element::new("md:KeyDescriptor").with("use", purpose).child(key_info).children(methods)
}

fn endpoint(name: &'static str, binding: &str, location: &str) -> Element {
    Element::new(name).with("Binding", binding).with("Location", location)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use samael::metadata::EntityDescriptor;

    use super::{super::sign::tests::credential, *};
    use crate::upstream::signed_xml::check_metadata_signature;

    #[test]
    fn another_reader_finds_everything_in_our_metadata() {
        let (now, next) = (Arc::new(credential()), Arc::new(credential()));
        let credentials = Credentials { signing: Arc::clone(&now), published: vec![Arc::clone(&now), Arc::clone(&next)] };
        let published = Published {
            entity_id: "https://gate.example/contoso/saml?a=\"1\"&b=<2>",
            answer_at: "https://gate.example/contoso/callback/fabrikam",
            sign_out_at: "https://gate.example/contoso/callback/fabrikam/logout",
            signs_requests: true,
            wants_signed_assertions: true,
            credentials: &credentials,
        };
        let document = published.document(&published.id()).unwrap();
        let read: EntityDescriptor = document.parse().unwrap();
        assert_eq!(read.entity_id.as_deref(), Some(published.entity_id));
        let role = &read.sp_sso_descriptors.unwrap()[0];
        assert_eq!((role.authn_requests_signed, role.want_assertions_signed), (Some(true), Some(true)));
        let keys = role.key_descriptors.as_ref().unwrap();
        let of = |purpose: &str| {
            let keys = keys.iter().filter(|key| key.key_use.as_deref() == Some(purpose));
            keys.flat_map(|key| key.key_info.x509_data.clone().unwrap().certificates).collect::<Vec<_>>()
        };
        let both = [now.certificate.to_base64(), next.certificate.to_base64()];
        assert_eq!((of("signing"), of("encryption")), (both.to_vec(), both.to_vec()));
        assert_eq!(keys[1].encryption_methods.as_ref().unwrap().len(), ENCRYPTION.len());
        let answers = &role.assertion_consumer_services[0];
        assert_eq!((answers.binding.as_str(), answers.index, answers.is_default), (POST, 0, Some(true)));
        assert_eq!(role.single_logout_services.as_ref().unwrap().len(), 2);
        assert!(!document.contains("rsa-1_5"));
    }

    #[test]
    fn our_metadata_is_signed_once_until_it_says_something_else() {
        let (now, next) = (Arc::new(credential()), Arc::new(credential()));
        let both = [Arc::clone(&now), Arc::clone(&next)];
        let before = Credentials { signing: now, published: both.to_vec() };
        let after = Credentials { signing: next, published: both.iter().rev().map(Arc::clone).collect() };
        let published = |credentials, signs_requests| Published {
            entity_id: "https://gate.example/contoso/saml",
            answer_at: "https://gate.example/contoso/callback/fabrikam",
            sign_out_at: "https://gate.example/contoso/callback/fabrikam/logout",
            signs_requests,
            wants_signed_assertions: true,
            credentials,
        };
        let signed = Signed::default();
        let first = signed.document(&published(&before, false)).unwrap();
        assert_eq!(signed.document(&published(&before, false)).unwrap(), first);
        // What is kept is what is shown.
        signed.0.lock().unwrap().as_mut().unwrap().1 = "kept".into();
        assert_eq!(signed.document(&published(&before, false)).unwrap(), "kept");
        let other = signed.document(&published(&before, true)).unwrap();
        assert!(other != first && other.contains("AuthnRequestsSigned=\"true\""));
        let rotated = signed.document(&published(&after, true)).unwrap();
        let by = |document: &str, credentials: &Credentials| {
            let certificate = std::slice::from_ref(&credentials.signing.certificate);
            check_metadata_signature(document.as_bytes(), certificate).is_ok()
        };
        assert_eq!((by(&other, &before), by(&rotated, &before), by(&rotated, &after)), (true, false, true));
    }
}
