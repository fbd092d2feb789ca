//! What is wrong with a configuration, told so that it can be put right: where exactly, which kind, and the fix.

use std::{path::PathBuf, sync::Arc};

use super::{at::Span, source::Source};

/// Whether Gatehouse would start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    /// Worth a look; or something that only the machine that serves can have, such as a secret in its environment.
    Warning,
}

impl Severity {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        /// A stable code per kind of problem: for scripts, for searching, for the manual.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

// 00xx reading a file · 01xx values of every kind · 02xx the process · 03xx the tenant · 04xx its clients · 05xx its providers ·
// 053x signing mail · 054x terms of use · 056x its guests
codes! {
    /// A file or folder of the configuration can't be read.
    Unreadable = "C0001";
    /// Not TOML.
    Syntax = "C0002";
    /// A key Gatehouse does not know.
    UnknownKey = "C0003";
    /// A key that must be there is not.
    MissingKey = "C0004";
    /// A value of another type than this key has.
    WrongType = "C0005";
    /// A word that is not among the allowed ones.
    NotAllowed = "C0006";
    /// A number, text or list outside its bounds.
    OutOfRange = "C0007";
    /// Two keys that exclude each other, or one that makes no sense without another.
    Contradiction = "C0008";

    /// A duration that can't be read.
    Duration = "C0101";
    /// A duration outside its sane bounds.
    DurationRange = "C0102";
    /// No URL, or one of a shape that can't be used here.
    Url = "C0103";
    /// Plain http where only https is safe.
    PlainHttp = "C0104";
    /// A domain name that is none.
    Domain = "C0105";
    /// An email address that is none.
    Address = "C0106";
    /// A file referred to can't be read.
    FileMissing = "C0107";
    /// A secret reference that is not exactly one of `env` and `file`.
    SecretReference = "C0108";
    /// A secret's environment variable is not set (a warning, but `serve` refuses).
    SecretUnset = "C0109";
    /// A secret that is empty or not text.
    SecretEmpty = "C0110";
    /// A secret that could be guessed.
    SecretWeak = "C0111";
    /// A name or id with characters it can't have.
    Name = "C0112";
    /// The same entry twice.
    Repeated = "C0113";
    /// A certificate or key file that can't be used.
    Certificate = "C0114";

    /// Not a `host:port` to listen on.
    Listen = "C0201";
    /// The public address is more, or less, than an origin.
    PublicUrl = "C0202";
    /// Not a network in CIDR notation.
    Network = "C0203";
    /// A session store's address that can't be used.
    SessionsUrl = "C0204";
    /// A directory's address that can't be used.
    DirectoryUrl = "C0205";
    /// No key to seal stored secrets with, or one that is not 32 octets of base64.
    SealKey = "C0206";
    /// Mail that can't be sent as declared.
    Mail = "C0207";
    /// An outbound exception that is not `host:port`.
    AllowHttp = "C0208";
    /// A log filter that can't be read.
    LogFilter = "C0209";
    /// A DNS resolver that is not `address:port`.
    Resolver = "C0210";

    /// The tenant's id differs from its file's name.
    FileName = "C0301";
    /// Two tenants with one id.
    DuplicateTenant = "C0302";
    /// Two tenants with one verified domain.
    DomainOverlap = "C0303";
    /// The issuer is neither the id nor a verified domain.
    Issuer = "C0304";
    /// A colour that is not `#rrggbb`, or that white text can't be read on.
    Color = "C0305";
    /// A logo of a kind browsers are not given.
    Logo = "C0306";
    /// No fallback is left open.
    FallbackClosed = "C0307";
    /// Passcodes are on, and there is no way to send mail.
    NoMail = "C0308";
    /// There is no tenant at all.
    NoTenant = "C0309";

    /// A redirect URI that can't be registered.
    RedirectUri = "C0401";
    /// A public client that has secrets.
    PublicClientSecret = "C0402";
    /// A confidential client without a secret.
    NoClientSecret = "C0403";

    /// A provider's id that means something else.
    ProviderId = "C0501";
    /// Two providers of one tenant with one id.
    DuplicateProvider = "C0502";
    /// Two providers of one tenant claim one domain.
    DomainClaimed = "C0503";
    /// More than one Google or Microsoft account provider.
    OneOfItsKind = "C0504";
    /// A provider nobody can be routed to.
    NoRoute = "C0505";
    /// A lookup that names no way, or several.
    Lookup = "C0506";
    /// A CSV of accounts that can't be used.
    Csv = "C0507";
    /// An Entra tenant id that is no GUID.
    EntraTenant = "C0508";
    /// Scopes that lack `openid`.
    Scopes = "C0509";
    /// A partner whose keys and endpoints come from nowhere, or from several places.
    TrustSource = "C0510";
    /// A certificate whose key is too weak, or of a kind that is not verified with.
    WeakKey = "C0511";
    /// A certificate that is expired, soon will be, or is not valid yet.
    CertificateDates = "C0512";
    /// A file that is no metadata, or lacks what is needed of it.
    Metadata = "C0513";
    /// Metadata of another entity.
    MetadataEntity = "C0514";
    /// Metadata of another role: a service provider's, or another protocol's.
    MetadataRole = "C0515";
    /// Metadata whose `validUntil` has passed, or soon will.
    MetadataDates = "C0516";
    /// A partner that names no address we can speak to.
    NoEndpoint = "C0517";
    /// An entity id, issuer or realm that can't be one.
    EntityId = "C0518";
    /// A way of signing in that is not named by a URI.
    AuthnContext = "C0519";
    /// Unsolicited answers that lead to no app.
    Unsolicited = "C0520";
    /// SHA-1 is taken from a partner (a warning).
    Sha1 = "C0521";
    /// Metadata that none of the keys signed which the operator wants it signed by.
    MetadataSignature = "C0522";

    /// Domains are allowed and blocked at once.
    TwoDomainLists = "C0560";
    /// A list of domains that is too long.
    DomainListSize = "C0561";
    /// An agreement with one of the tenant's own domains.
    OwnDomain = "C0562";
    /// An origin to be led to that is more, or less, than an origin.
    RedirectOrigin = "C0563";
    /// Guests are cleaned up sooner, or later, than it looks (a warning).
    CleanUp = "C0564";
    /// Guests may leave, and nobody says what becomes of what is known about them (a warning).
    LeavingWithoutPrivacy = "C0565";
    /// A file of contacts that can't be used.
    Contacts = "C0566";
    /// A client id that an address would take for something else.
    ClientIdTaken = "C0567";
    /// Permissions of an app that can't prove itself.
    PermissionsUnproven = "C0568";
    /// An app is started from a place it never comes back to (a warning).
    LaunchOrigin = "C0569";
    /// My Apps is to show an app that it can't open (a warning).
    NotLaunchable = "C0570";
    /// Automatic redemption as stated here is not what the other tenant's file says (a warning).
    OutboundElsewhere = "C0571";
    /// An allowed domain whose partner is blocked (a warning).
    AllowedAndBlocked = "C0572";
    /// Mail would be signed by a domain that its sender is not in.
    DkimDomain = "C0530";
    /// A key that mail can't be signed with.
    DkimKey = "C0531";
    /// A selector that can't be part of a DNS name.
    DkimSelector = "C0532";
    /// More terms of use than a tenant can have.
    TermsMany = "C0540";
    /// Neither a date nor a moment.
    TermsDate = "C0542";
    /// Versions that are not oldest first, or two that come into force together.
    TermsOrder = "C0543";
    /// A document that is neither HTML nor PDF.
    TermsDocument = "C0544";
    /// A document that is too large.
    TermsSize = "C0545";
    /// A document without words.
    TermsEmpty = "C0546";
    /// A document with more in it than words (a warning).
    TermsCleaned = "C0547";
    /// Nothing in the language that everyone else is shown.
    TermsLanguage = "C0548";
    /// Terms of use for a client that is not there.
    TermsClient = "C0549";
    /// No period of the calendar.
    TermsPeriod = "C0550";
}

impl Code {
    /// A warning for who writes the files; for the process that serves, an error.
    pub const fn stops_serving(self) -> bool {
        matches!(self, Self::SecretUnset)
    }

    /// An error for who writes the files, but time alone made it one: a house that was open yesterday opens today, and the partner
    /// concerned is the only one who may notice.
    pub const fn lets_serve(self) -> bool {
        matches!(self, Self::CertificateDates | Self::MetadataDates)
    }
}

/// One thing wrong.
#[derive(Debug, Clone)]
pub struct Problem {
    pub severity: Severity,
    pub code: Code,
    pub file: PathBuf,
    /// Both count from 1; columns count characters.
    pub line: usize,
    pub column: usize,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    pub(super) octet: usize,
    /// The passage to show; none when it might show a secret, or when there is no text.
    pub(super) excerpt: Option<(Arc<Source>, Span)>,
}

impl Problem {
    /// A problem of a file or folder that has no text to point into.
    pub fn of_file(code: Code, file: impl Into<PathBuf>, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            file: file.into(),
            line: 1,
            column: 1,
            message: message.into(),
            hint: hint.into(),
            octet: 0,
            excerpt: None,
        }
    }

    /// Whether what it is about can't be used as it is.
    pub fn is_fatal(&self) -> bool {
        self.severity == Severity::Error && !self.code.lets_serve()
    }
}

/// What `serve` makes of the problems found: nothing if none of them stops it, else all, with those that stop it as errors.
pub fn stop(mut problems: Vec<Problem>) -> Result<(), Vec<Problem>> {
    for problem in problems.iter_mut().filter(|problem| problem.code.stops_serving()) {
        problem.severity = Severity::Error;
    }
    if problems.iter().any(Problem::is_fatal) { Err(problems) } else { Ok(()) }
}

/// In the order a person works through them.
pub fn sort(problems: &mut [Problem]) {
    problems.sort_by(|a, b| (&a.file, a.line, a.column, a.code).cmp(&(&b.file, b.line, b.column, b.code)));
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_shaped() {
        let codes: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), Code::ALL.len());
        assert!(codes.iter().all(|code| code.len() == 5 && code.starts_with('C')));
    }
}
