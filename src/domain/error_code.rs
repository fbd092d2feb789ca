//! Every way a visit can fail, one row each: who reads it, what the wire says, how loud the log is.
//!
//! `Show` tells the person (there is no safe way back), `Refuse` tells the app at its verified redirect URI, `Fault`
//! tells the operator (the person sees a reference number). Texts live in `i18n` under [`ErrorCode::text_key`];
//! the runbook in `deploy/RUNBOOK.md` has a line for each.

/// Who can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The person in front of the browser.
    Show,
    /// The relying party, by an OAuth error.
    Refuse,
    /// The operator of this Gatehouse, or of the partner named.
    Fault,
}

/// How a failure is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loudness {
    Info,
    Warn,
    Error,
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $audience:ident, $status:literal, $oauth:literal, $loudness:ident;)*) => {
        /// A stable code: in pages, logs, OAuth error descriptions and the runbook.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum ErrorCode { $($(#[$doc])* $name,)* }

        impl ErrorCode {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// As people quote it: `GH` and four digits.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            pub const fn audience(self) -> Audience {
                match self { $(Self::$name => Audience::$audience,)* }
            }

            /// HTTP status when answered directly, as a page or as JSON.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// The `error` of RFC 6749 §4.1.2.1, §5.2, OpenID Connect Core §3.1.2.6 or RFC 6750 §3.1 when an app is told.
            pub const fn oauth_error(self) -> &'static str {
                match self { $(Self::$name => $oauth,)* }
            }

            pub const fn loudness(self) -> Loudness {
                match self { $(Self::$name => Loudness::$loudness,)* }
            }
        }
    };
}

// 1xxx the app's request · 2xxx the person's way · 3xxx upstream · 4xxx tokens · 5xxx inviting and the management API · 9xxx the house itself
error_codes! {
    /// No tenant has this id or verified domain.
    UnknownTenant = "GH1001", Show, 404, "invalid_request", Info;
    /// No page lives at this address.
    NoSuchPage = "GH1002", Show, 404, "invalid_request", Info;
    /// `client_id` missing or not registered in this tenant.
    UnknownClient = "GH1003", Show, 400, "invalid_client", Info;
    /// `redirect_uri` missing or not registered: nothing may be sent to it.
    UnregisteredRedirectUri = "GH1004", Show, 400, "invalid_request", Warn;
    /// A parameter occurs twice (RFC 6749 §3.1).
    RepeatedParameter = "GH1005", Refuse, 400, "invalid_request", Info;
    /// `response_type` is not `code`.
    UnsupportedResponseType = "GH1006", Refuse, 400, "unsupported_response_type", Info;
    /// `response_mode` is neither `query` nor `form_post`.
    UnsupportedResponseMode = "GH1007", Refuse, 400, "invalid_request", Info;
    /// `scope` lacks `openid`.
    MissingOpenidScope = "GH1008", Refuse, 400, "invalid_scope", Info;
    /// PKCE missing, not S256, or misshapen (RFC 7636).
    MissingPkce = "GH1009", Refuse, 400, "invalid_request", Info;
    /// `prompt=none` combined with another value, or an unknown value alone.
    InvalidPrompt = "GH1010", Refuse, 400, "invalid_request", Info;
    /// `max_age` is not a number of seconds.
    InvalidMaxAge = "GH1011", Refuse, 400, "invalid_request", Info;
    /// A parameter is longer than we keep.
    ParameterTooLong = "GH1012", Refuse, 400, "invalid_request", Info;
    /// `request` is not supported (OpenID Connect Core §6.1).
    RequestNotSupported = "GH1013", Refuse, 400, "request_not_supported", Info;
    /// `request_uri` is not supported (OpenID Connect Core §6.2).
    RequestUriNotSupported = "GH1014", Refuse, 400, "request_uri_not_supported", Info;
    /// `prompt=none`, and nobody is signed in.
    LoginRequired = "GH1015", Refuse, 400, "login_required", Info;
    /// `prompt=none`, and consent is owed.
    ConsentRequired = "GH1016", Refuse, 400, "consent_required", Info;
    /// The request could not be read at all: malformed, or over the size limits.
    UnreadableRequest = "GH1017", Show, 400, "invalid_request", Info;
    /// Wrong method for this address.
    MethodNotAllowed = "GH1018", Show, 405, "invalid_request", Info;
    /// A body larger than we read.
    BodyTooLarge = "GH1019", Show, 413, "invalid_request", Info;
    /// `registration` is not supported (OpenID Connect Core §7.2.1).
    RegistrationNotSupported = "GH1020", Refuse, 400, "registration_not_supported", Info;

    /// This sign-in is over, was never begun, or belongs to another browser.
    FlowGone = "GH2001", Show, 400, "access_denied", Info;
    /// What was typed is no address.
    InvalidAddress = "GH2002", Show, 400, "access_denied", Info;
    /// The person declined to share what the organisation asks for.
    ConsentDeclined = "GH2003", Refuse, 403, "access_denied", Info;
    /// No road is open to this address.
    NoRoad = "GH2004", Show, 403, "access_denied", Info;
    /// Edition 2021, direct link, passcodes off (`behaviour.md` §3.2 JIT): the invitation link is needed.
    InvitationLinkNeeded = "GH2005", Show, 403, "access_denied", Info;
    /// The home directory is federated and does not know this account (AADB2B_0001).
    HomeDirectoryFederated = "GH2006", Show, 403, "access_denied", Info;
    /// The home directory does not allow email-verified accounts.
    EmailVerifiedUsersDisallowed = "GH2007", Show, 403, "access_denied", Info;
    /// The person proven is not in this tenant's directory (AADSTS50020).
    NotInvited = "GH2008", Show, 403, "access_denied", Info;
    /// The guest is blocked (AADSTS500571).
    GuestBlocked = "GH2009", Show, 403, "access_denied", Info;
    /// Another account was proven than the one asked for.
    WrongAccount = "GH2010", Show, 403, "access_denied", Info;
    /// The known address came back under another subject (`security.md` C2).
    SubjectChanged = "GH2011", Show, 403, "access_denied", Warn;
    /// Too many passcode mails for this address or from this network.
    TooManyPasscodes = "GH2012", Show, 429, "access_denied", Info;
    /// Too many wrong passcodes for this address.
    TooManyGuesses = "GH2013", Show, 429, "access_denied", Warn;
    /// A form came twice, late, or from another page, and could not be matched to a step.
    StaleForm = "GH2014", Show, 400, "access_denied", Info;
    /// Edition 2021 refuses to federate a domain that a home directory has verified.
    FederationOfVerifiedDomain = "GH2015", Fault, 403, "access_denied", Warn;
    /// Too many addresses were tried from one network.
    TooManyLookups = "GH2016", Show, 429, "access_denied", Warn;
    /// The guest was deleted, and can still be restored.
    GuestDeleted = "GH2017", Show, 403, "access_denied", Info;
    /// The app is only for guests assigned to it, and this one is not (AADSTS50105).
    AppNotAssigned = "GH2018", Show, 403, "access_denied", Info;
    /// No invitation has this handle, or it was revoked, or its guest was deleted or reset since.
    InvitationGone = "GH2019", Show, 404, "access_denied", Info;
    /// The invitation is older than the operator allows.
    InvitationExpired = "GH2020", Show, 410, "access_denied", Info;
    /// An imported contact has the guest's address, and under this edition a direct link does not find them (`behaviour.md` §10.6).
    ContactConflict = "GH2021", Show, 403, "access_denied", Info;
    /// The tenant's allow or block list is against this domain.
    DomainBlocked = "GH2022", Show, 403, "access_denied", Info;
    /// The policy for this partner domain blocks its people.
    PartnerBlocked = "GH2023", Show, 403, "access_denied", Info;
    /// The account proven is another guest's of this tenant already.
    AnotherGuestsAccount = "GH2024", Show, 403, "access_denied", Info;
    /// The organisation does not let guests leave by themselves.
    LeavingNotAllowed = "GH2025", Show, 403, "access_denied", Info;
    /// The code from an app's window is unknown, used or too old.
    HandoffGone = "GH2026", Show, 400, "access_denied", Info;
    /// No tenant has this domain or name.
    UnknownOrganization = "GH2027", Show, 404, "access_denied", Info;

    /// The identity provider can't be reached or answers nonsense.
    UpstreamUnavailable = "GH3001", Fault, 502, "temporarily_unavailable", Warn;
    /// The identity provider refused or its user cancelled.
    UpstreamDenied = "GH3002", Show, 403, "access_denied", Info;
    /// The answer does not belong to a sign-in we began: state, browser or provider differ.
    UpstreamMismatch = "GH3003", Show, 400, "access_denied", Warn;
    /// `iss` of the response or of the ID token is not the configured issuer.
    UpstreamIssuer = "GH3004", Fault, 502, "access_denied", Warn;
    /// The ID token's signature, algorithm or key is not acceptable.
    UpstreamSignature = "GH3005", Fault, 502, "access_denied", Warn;
    /// `aud` or `azp` of the ID token is not us alone.
    UpstreamAudience = "GH3006", Fault, 502, "access_denied", Warn;
    /// `nonce`, `at_hash` or `c_hash` of the ID token does not match.
    UpstreamBinding = "GH3007", Fault, 502, "access_denied", Warn;
    /// The ID token is expired, not yet valid, or from another time than our clock's.
    UpstreamTime = "GH3008", Fault, 502, "access_denied", Warn;
    /// A claim we need is missing or misshapen.
    UpstreamClaims = "GH3009", Fault, 502, "access_denied", Warn;
    /// The address asserted is outside the provider's domains.
    UpstreamDomain = "GH3010", Fault, 403, "access_denied", Warn;
    /// The Entra tenant (`tid`) is not on the allow-list.
    UpstreamTenant = "GH3011", Fault, 403, "access_denied", Warn;
    /// The token endpoint refused our code or our credentials.
    UpstreamTokenRefused = "GH3012", Fault, 502, "server_error", Warn;
    /// The mail server does not take our mail.
    MailUnavailable = "GH3013", Fault, 503, "temporarily_unavailable", Error;

    // 31xx what a SAML or WS-Federation partner sent: 3101–3129 the signed document, 3130–3149 SAML, 3150–3159 WS-Federation,
    // 3160–3179 what it publishes
    /// The document is larger than we read.
    XmlTooLarge = "GH3101", Fault, 502, "access_denied", Warn;
    /// It is not UTF-8, or declares another encoding.
    XmlEncoding = "GH3102", Fault, 502, "access_denied", Warn;
    /// It has a document type declaration or entities of its own.
    XmlDoctype = "GH3103", Fault, 502, "access_denied", Warn;
    /// It is not well-formed: several roots, trailing content, undeclared prefixes, a broken tag.
    XmlMalformed = "GH3104", Fault, 502, "access_denied", Warn;
    /// Too deep, too many elements, or too many attributes or namespace declarations on one element.
    XmlTooComplex = "GH3105", Fault, 502, "access_denied", Warn;
    /// It has a comment or a processing instruction.
    XmlComment = "GH3106", Fault, 502, "access_denied", Warn;
    /// Its root is not the element this message must be.
    XmlRoot = "GH3107", Fault, 502, "access_denied", Warn;
    /// There is not exactly one assertion, in clear or encrypted.
    AssertionCount = "GH3108", Fault, 502, "access_denied", Warn;
    /// The assertion is not where it belongs.
    AssertionPosition = "GH3109", Fault, 502, "access_denied", Warn;
    /// An identifier is missing, misshapen or occurs twice.
    XmlIdentifier = "GH3110", Fault, 502, "access_denied", Warn;
    /// Nothing is signed.
    SignatureMissing = "GH3111", Fault, 502, "access_denied", Warn;
    /// A signature is not a direct child of the element it signs, or there are too many.
    SignaturePosition = "GH3112", Fault, 502, "access_denied", Warn;
    /// The Signature element is not of the one shape we take (several SignedInfo, an Object, content in DigestValue, …).
    SignatureShape = "GH3113", Fault, 502, "access_denied", Warn;
    /// The signature does not refer to exactly its own parent, by identifier.
    SignatureReference = "GH3114", Fault, 502, "access_denied", Warn;
    /// A transform or canonicalisation other than enveloped-signature and exclusive canonicalisation.
    SignatureTransform = "GH3115", Fault, 502, "access_denied", Warn;
    /// A signature algorithm we never take, such as HMAC.
    SignatureAlgorithm = "GH3116", Fault, 502, "access_denied", Warn;
    /// A digest algorithm we never take.
    DigestAlgorithm = "GH3117", Fault, 502, "access_denied", Warn;
    /// SHA-1, which the operator has not allowed for this provider.
    Sha1Refused = "GH3118", Fault, 502, "access_denied", Warn;
    /// Every configured key that fits is too weak.
    WeakKey = "GH3119", Fault, 502, "access_denied", Warn;
    /// No key is configured or published for this provider.
    NoTrustedKey = "GH3120", Fault, 502, "access_denied", Error;
    /// No trusted key made this signature.
    SignatureInvalid = "GH3121", Fault, 502, "access_denied", Warn;
    /// The content is not what was signed.
    DigestMismatch = "GH3122", Fault, 502, "access_denied", Warn;
    /// What was signed could not be brought into canonical form, or is empty.
    Canonicalisation = "GH3123", Fault, 502, "access_denied", Warn;
    /// Namespaces that different readers would read differently.
    XmlNamespace = "GH3124", Fault, 502, "access_denied", Warn;
    /// An encryption algorithm we never take, such as RSA PKCS#1 v1.5.
    EncryptionAlgorithm = "GH3125", Fault, 502, "access_denied", Warn;
    /// It can't be decrypted with our keys.
    DecryptionFailed = "GH3126", Fault, 502, "access_denied", Warn;
    /// The assertion came in clear, and the operator wants it encrypted.
    EncryptionMissing = "GH3127", Fault, 502, "access_denied", Warn;
    /// Signed, but not the part the operator wants signed.
    SignedPartMissing = "GH3128", Fault, 502, "access_denied", Warn;
    /// The assertion lacks what every assertion has, or has it twice.
    AssertionShape = "GH3129", Fault, 502, "access_denied", Warn;
    /// The partner's status is not Success.
    SamlStatus = "GH3130", Show, 403, "access_denied", Info;
    /// Not SAML 2.0 (or not 1.1 where WS-Federation allows it).
    SamlVersion = "GH3131", Fault, 502, "access_denied", Warn;
    /// Issued by somebody else than the partner this sign-in left for.
    SamlIssuer = "GH3132", Fault, 502, "access_denied", Warn;
    /// Addressed to another place.
    SamlDestination = "GH3133", Fault, 502, "access_denied", Warn;
    /// Meant for another audience, or for none.
    SamlAudience = "GH3134", Fault, 502, "access_denied", Warn;
    /// To be delivered at another place.
    SamlRecipient = "GH3135", Fault, 502, "access_denied", Warn;
    /// The answer to another request.
    SamlInResponseTo = "GH3136", Fault, 502, "access_denied", Warn;
    /// Sent unasked, which the operator has not allowed.
    SamlUnsolicited = "GH3137", Fault, 403, "access_denied", Warn;
    /// Not valid yet, by our clock.
    SamlNotYetValid = "GH3138", Fault, 502, "access_denied", Warn;
    /// No longer valid, by our clock.
    SamlExpired = "GH3139", Fault, 502, "access_denied", Warn;
    /// No bearer confirmation that holds.
    SamlConfirmation = "GH3140", Fault, 502, "access_denied", Warn;
    /// The assertion was used before.
    AssertionReplayed = "GH3141", Fault, 403, "access_denied", Warn;
    /// No name that a guest can be known by for ever.
    SamlSubject = "GH3142", Fault, 502, "access_denied", Warn;
    /// No address, several, or one that is none.
    SamlAddress = "GH3143", Fault, 502, "access_denied", Warn;
    /// Authenticated too long ago, or not in the way that was asked for.
    SamlAuthentication = "GH3144", Fault, 502, "access_denied", Warn;
    /// The message did not come as its binding says (base64, repeated parameters, SimpleSign, …).
    SamlBinding = "GH3145", Fault, 502, "access_denied", Warn;
    /// A logout message that can't be believed.
    LogoutRefused = "GH3146", Fault, 403, "access_denied", Warn;
    /// `wa` is not an answer we wait for, or the token comes by pointer.
    WsFedAction = "GH3150", Fault, 502, "access_denied", Warn;
    /// Not one RequestSecurityTokenResponse with one token.
    WsFedResponse = "GH3151", Fault, 502, "access_denied", Warn;
    /// `AppliesTo` names another realm.
    WsFedAppliesTo = "GH3152", Fault, 502, "access_denied", Warn;
    /// Neither a SAML 1.1 nor a SAML 2.0 token.
    WsFedTokenType = "GH3153", Fault, 502, "access_denied", Warn;
    /// No ImmutableID (AADSTS90020).
    WsFedImmutableId = "GH3154", Fault, 502, "access_denied", Warn;
    /// The partner's metadata can't be had, and none is kept.
    MetadataUnavailable = "GH3160", Fault, 502, "temporarily_unavailable", Warn;
    /// It is no metadata.
    MetadataUnreadable = "GH3161", Fault, 502, "access_denied", Warn;
    /// It is another entity's.
    MetadataEntity = "GH3162", Fault, 502, "access_denied", Warn;
    /// It is of another role: a service provider's, or another protocol's.
    MetadataRole = "GH3163", Fault, 502, "access_denied", Warn;
    /// Its `validUntil` has passed.
    MetadataExpired = "GH3164", Fault, 502, "access_denied", Warn;
    /// It is not signed as the operator requires.
    MetadataSignature = "GH3165", Fault, 502, "access_denied", Warn;
    /// It changed in a way that a person must look at; the last good one is used.
    MetadataQuarantined = "GH3166", Fault, 502, "access_denied", Error;
    /// It names no endpoint we can speak to.
    NoEndpoint = "GH3167", Fault, 502, "access_denied", Warn;
    /// The partner has not shown that this domain is its own.
    DomainUnproven = "GH3168", Fault, 403, "access_denied", Warn;

    /// The client failed to authenticate, or used another method than registered.
    InvalidClient = "GH4001", Refuse, 401, "invalid_client", Warn;
    /// The code is unknown, expired, spent, or somebody else's.
    InvalidCode = "GH4002", Refuse, 400, "invalid_grant", Info;
    /// The code came a second time: what it had issued is revoked.
    ReusedCode = "GH4003", Refuse, 400, "invalid_grant", Warn;
    /// The PKCE verifier does not match.
    PkceMismatch = "GH4004", Refuse, 400, "invalid_grant", Warn;
    /// `redirect_uri` differs from the authorization request's.
    RedirectUriMismatch = "GH4005", Refuse, 400, "invalid_grant", Warn;
    /// `grant_type` is not supported.
    UnsupportedGrantType = "GH4006", Refuse, 400, "unsupported_grant_type", Info;
    /// The access token is missing, malformed, expired, revoked, or not ours.
    InvalidToken = "GH4007", Refuse, 401, "invalid_token", Info;
    /// The token request lacks a parameter or is misshapen.
    InvalidTokenRequest = "GH4008", Refuse, 400, "invalid_request", Info;
    /// The scope asked for is unknown, or more than the client is permitted (RFC 6749 §5.2).
    InvalidScope = "GH4009", Refuse, 400, "invalid_scope", Info;
    /// The client has no permissions, or can't prove itself: client credentials are not for it (RFC 6749 §4.4).
    UnauthorizedClient = "GH4010", Refuse, 400, "unauthorized_client", Info;

    // 5xxx the management API and whoever invites
    /// No access token, or one that is not for this API.
    ApiUnauthenticated = "GH5001", Refuse, 401, "invalid_token", Info;
    /// The token does not permit this.
    ApiForbidden = "GH5002", Refuse, 403, "insufficient_scope", Info;
    /// The request can't be read, or a property is missing or misshapen.
    ApiBadRequest = "GH5003", Refuse, 400, "invalid_request", Info;
    /// There is nothing of this id in this tenant.
    ApiNotFound = "GH5004", Refuse, 404, "invalid_request", Info;
    /// The idempotency key came before with another request.
    ApiKeyReused = "GH5005", Refuse, 409, "invalid_request", Info;
    /// `allowInvitesFrom` does not let this caller invite.
    InvitingNotAllowed = "GH5006", Refuse, 403, "access_denied", Info;
    /// What is to be invited is no email address.
    InvitedAddressInvalid = "GH5007", Refuse, 400, "invalid_request", Info;
    /// `inviteRedirectUrl` leads to no app of this tenant.
    RedirectNotAllowed = "GH5008", Refuse, 400, "invalid_request", Info;
    /// A guest with this address has accepted already: no mail is sent.
    AlreadyAccepted = "GH5009", Refuse, 409, "invalid_request", Info;
    /// A guest with this address was deleted and can be restored.
    GuestIsDeleted = "GH5010", Refuse, 409, "invalid_request", Info;
    /// The guest with this address is blocked.
    GuestIsBlocked = "GH5011", Refuse, 409, "invalid_request", Info;
    /// The address is in a verified domain of the tenant itself.
    AddressIsOwnDomain = "GH5012", Refuse, 409, "invalid_request", Info;
    /// Another guest has this address.
    AddressOfAnother = "GH5013", Refuse, 409, "invalid_request", Info;
    /// The invitation is redeemed, revoked or replaced.
    InvitationClosed = "GH5014", Refuse, 409, "invalid_request", Info;
    /// More than one `ccRecipients`.
    TooManyCopies = "GH5015", Refuse, 400, "invalid_request", Info;
    /// The customised message is too long.
    MessageTooLong = "GH5016", Refuse, 400, "invalid_request", Info;
    /// Only an administrator may invite somebody as a member.
    MembersByAdministrators = "GH5017", Refuse, 403, "access_denied", Info;
    /// A mail is asked for and no mail server is configured.
    MailNotConfigured = "GH5018", Refuse, 409, "invalid_request", Info;
    /// This inviter has caused as many mails as the operator allows.
    TooManyInvitations = "GH5019", Refuse, 429, "temporarily_unavailable", Info;
    /// The file of a bulk invitation can't be read.
    BulkUnreadable = "GH5020", Refuse, 400, "invalid_request", Info;
    /// This member can't be made an external user.
    ConversionImpossible = "GH5021", Refuse, 409, "invalid_request", Info;
    /// This address has blocked further invitations.
    RecipientOptedOut = "GH5022", Refuse, 409, "invalid_request", Info;
    /// This client has called the management API more often than one may.
    ApiTooManyRequests = "GH5023", Refuse, 429, "temporarily_unavailable", Info;

    /// The session store can't be reached.
    SessionsUnavailable = "GH9001", Fault, 503, "temporarily_unavailable", Error;
    /// The directory can't be reached.
    DirectoryUnavailable = "GH9002", Fault, 503, "temporarily_unavailable", Error;
    /// The session store is full.
    SessionsFull = "GH9003", Fault, 503, "temporarily_unavailable", Error;
    /// No key can sign.
    KeysUnavailable = "GH9004", Fault, 503, "server_error", Error;
    /// A bug: something that can't happen did.
    Internal = "GH9999", Fault, 500, "server_error", Error;
}

mod reading;
