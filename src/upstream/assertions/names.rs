//! The names under which AD FS, Entra, Okta, Google, Shibboleth and SimpleSAMLphp state what we need.
//!
//! Must not read values.

/// What AD FS knows a person by for ever: their objectGUID (`behaviour.md` §5.5).
pub(in crate::upstream) const IMMUTABLE_ID: &str = "http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID";
pub(in crate::upstream) const EMAIL_ADDRESS: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";

/// Where AD FS 1.x and SimpleSAMLphp put names that are no URI: below this they count as if they stood bare.
const PLAIN: &str = "http://schemas.xmlsoap.org/claims/";

/// A person's address.
pub(super) const ADDRESS: [&str; 11] = [
    EMAIL_ADDRESS,
    "urn:oid:0.9.2342.19200300.100.1.3",
    // Keycloak's, from X.500 (RFC 2985 §5.2.1).
    "urn:oid:1.2.840.113549.1.9.1",
    "urn:mace:dir:attribute-def:mail",
    "mail",
    "email",
    "Email",
    "emailAddress",
    "emailaddress",
    "EmailAddress",
    "User.email",
];

/// A NameID of one of these formats is an address. The second is a common mistake, the third AD FS 1.x's.
pub(super) const ADDRESS_FORMATS: [&str; 3] = [
    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:emailAddress",
    "http://schemas.xmlsoap.org/claims/EmailAddress",
];

/// What a person is called, the best name first.
pub(super) const NAME: [&str; 6] = [
    "http://schemas.microsoft.com/identity/claims/displayname",
    "urn:oid:2.16.840.1.113730.3.1.241",
    "displayName",
    "urn:oid:2.5.4.3",
    "cn",
    "CommonName",
];

/// An account's name as often as a person's: taken where nothing says better.
pub(super) const ACCOUNT: [&str; 2] = ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "name"];

pub(super) const GIVEN_NAME: [&str; 4] =
    ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "urn:oid:2.5.4.42", "givenName", "firstName"];
pub(super) const SURNAME: [&str; 4] =
    ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "urn:oid:2.5.4.4", "sn", "lastName"];

/// How the person authenticated, besides the authentication statement.
pub(super) const METHODS: [&str; 2] = [
    "http://schemas.microsoft.com/claims/authnmethodsreferences",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/authenticationmethod",
];

/// Whether an attribute called `stated` is the one called `wanted`. To the letter: `FriendlyName` names nothing (Core §2.7.3.1).
pub(super) fn is_called(stated: &str, wanted: &str) -> bool {
    stated == wanted || stated.strip_prefix(PLAIN) == Some(wanted)
}
