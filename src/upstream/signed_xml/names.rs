//! Namespaces and algorithms by their one exact spelling.

pub(super) const SAML2: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(super) const SAMLP: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(super) const SAML1: &str = "urn:oasis:names:tc:SAML:1.0:assertion";
pub(super) const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
pub(super) const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

pub(super) const TRUST_2005: &str = "http://schemas.xmlsoap.org/ws/2005/02/trust";
pub(super) const TRUST_13: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
pub(super) const POLICY: [&str; 3] =
    ["http://schemas.xmlsoap.org/ws/2004/09/policy", "http://www.w3.org/ns/ws-policy", "http://schemas.xmlsoap.org/ws/2002/12/policy"];
pub(super) const ADDRESSING: [&str; 2] = ["http://www.w3.org/2005/08/addressing", "http://schemas.xmlsoap.org/ws/2004/08/addressing"];

pub(super) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(super) const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
pub(super) const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
pub(super) const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";
pub(super) const XML: &str = "http://www.w3.org/XML/1998/namespace";
pub(super) const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

pub(super) const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
pub(super) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
pub(super) const SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#sha384";
pub(super) const SHA512: &str = "http://www.w3.org/2001/04/xmlenc#sha512";

/// Every namespace that decides what an element is. One that only looks like one of these is an attempt to be misread.
pub(super) const DECISIVE: [&str; 10] = [SAML2, SAMLP, SAML1, METADATA, TRUST_2005, TRUST_13, DSIG, EXC_C14N, XENC, XENC11];
