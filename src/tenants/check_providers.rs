//! The part of the check that is about identity providers.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use super::{
    check::{self, Desk},
    check_lookup::{self, Owner},
    check_partners,
    file::{Named, TenantFile},
    file_providers::{self as file, Algorithm},
};
use crate::{
    domain::{
        address::DomainName,
        id::IdpId,
        identity::Voucher,
        identity_provider::{EntraUpstream, GOOGLE_DOMAINS, IdentityProvider, Kind, OidcUpstream, OpenId, UpstreamAlgorithm},
        secret::Secret,
        tenant::Issuer,
    },
    settings::{
        at::At,
        problem::Code,
        secrets::{self, SecretRef},
        source::Reporter,
        values::{self, Bounds, MINUTE},
    },
};

const ENTRA_AUTHORITY: &str = "https://login.microsoftonline.com/";
const GOOGLE_ISSUER: &str = "https://accounts.google.com";
const MICROSOFT_ACCOUNT_ISSUER: &str = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0";
const SCOPES: [&str; 3] = ["openid", "profile", "email"];

/// `None`: at least one could not be built.
pub(super) fn check(raw: &TenantFile, issuer: Option<&Issuer>, desk: &mut Desk<'_>) -> Option<BTreeMap<IdpId, IdentityProvider>> {
    let mut ids = HashMap::new();
    let mut claims = Claims::default();
    let mut built = Vec::new();
    if !raw.google.is_empty() {
        claims.take_google();
    }
    for (name, table) in &raw.oidc {
        let id = provider_id(name, "oidc", &mut ids, &mut desk.reporter);
        claims.owner.clone_from(&name.value);
        built.push(oidc(id, table, &mut claims, desk));
    }
    for (name, table) in &raw.entra {
        let id = provider_id(name, "entra", &mut ids, &mut desk.reporter);
        claims.owner.clone_from(&name.value);
        built.push(entra(id, table, &mut claims, desk));
    }
    one_of_its_kind(&raw.google, "Google", &mut desk.reporter);
    for (id, table) in &raw.google {
        let id = provider_id(id, "google", &mut ids, &mut desk.reporter);
        built.push(google(id, table, desk));
    }
    one_of_its_kind(&raw.msa, "Microsoft account", &mut desk.reporter);
    for (id, table) in &raw.msa {
        let id = provider_id(id, "msa", &mut ids, &mut desk.reporter);
        built.push(microsoft_account(id, table, desk));
    }
    let tenant = check_partners::Tenant { issuer, clients: &raw.clients };
    for (name, table) in &raw.saml {
        let id = provider_id(name, "saml", &mut ids, &mut desk.reporter);
        claims.owner.clone_from(&name.value);
        built.push(check_partners::saml(id, table, &tenant, &mut claims, desk));
    }
    for (name, table) in &raw.wsfed {
        let id = provider_id(name, "wsfed", &mut ids, &mut desk.reporter);
        claims.owner.clone_from(&name.value);
        built.push(check_partners::ws_fed(id, table, &tenant, &mut claims, desk));
    }
    built.into_iter().map(|provider| provider.map(|provider| (provider.id.clone(), provider))).collect()
}

fn provider_id(name: &At<String>, kind: &'static str, ids: &mut HashMap<IdpId, &'static str>, reporter: &mut Reporter) -> Option<IdpId> {
    if name.value == Voucher::Passcode.as_str() {
        let message = "`mail` stands for the email one-time passcode and can't be a provider's id";
        reporter.error(Code::ProviderId, &name.span, message, format!("give the table another name, such as [{kind}.partner]"));
        return None;
    }
    let id = check::name_of(name, IdpId::parse, reporter)?.value;
    if let Some(other) = ids.insert(id.clone(), kind) {
        let hint = "ids are unique within a tenant, over all kinds, because addresses and guests' records hold them";
        reporter.error(Code::DuplicateProvider, &name.span, format!("[{other}.{id}] already has the id {id}"), hint);
        return None;
    }
    Some(id)
}

fn one_of_its_kind<T>(tables: &Named<T>, name: &str, reporter: &mut Reporter) {
    let mut keys: Vec<&At<String>> = tables.keys().collect();
    keys.sort_by_key(|key| key.span.start);
    for key in keys.into_iter().skip(1) {
        reporter.error(
            Code::OneOfItsKind,
            &key.span,
            format!("this is a second {name} provider"),
            "a tenant has at most one; take one of them out",
        );
    }
}

/// Which provider claims which domain: an address must lead to one place.
#[derive(Default)]
pub(super) struct Claims {
    by_domain: HashMap<DomainName, String>,
    /// The provider being checked.
    owner: String,
}

impl Claims {
    /// Google's own domains are Google's wherever Google is configured.
    fn take_google(&mut self) {
        self.by_domain
            .extend(GOOGLE_DOMAINS.iter().filter_map(|name| DomainName::parse(name).ok()).map(|domain| (domain, "google".to_owned())));
    }

    pub(super) fn take(&mut self, domains: &[At<DomainName>], reporter: &mut Reporter) {
        for domain in domains {
            if let Some(first) = self.by_domain.get(&domain.value) {
                let hint = "a domain is one provider's: take it out of one of the two";
                reporter.error(
                    Code::DomainClaimed,
                    &domain.span,
                    format!("{} already is a domain of the provider {first}", domain.value),
                    hint,
                );
            } else {
                self.by_domain.insert(domain.value.clone(), self.owner.clone());
            }
        }
    }
}

pub(super) fn set(domains: &[At<DomainName>]) -> BTreeSet<DomainName> {
    domains.iter().map(|domain| domain.value.clone()).collect()
}

fn oidc(id: Option<IdpId>, table: &At<file::Oidc>, claims: &mut Claims, desk: &mut Desk<'_>) -> Option<IdentityProvider> {
    let raw = &table.value;
    let name = raw.name.as_ref().and_then(|text| check::shown_name(text, &mut desk.reporter));
    let issuer = raw.issuer.as_ref().and_then(|text| issuer(text, desk));
    let rest = Rest {
        client_id: &raw.client_id,
        client_secret: &raw.client_secret,
        scopes: raw.scopes.as_ref(),
        algorithms: raw.algorithms.as_deref(),
        clock_skew: raw.clock_skew.as_ref(),
    };
    let upstream = rest.check(&[UpstreamAlgorithm::Rs256, UpstreamAlgorithm::Es256], desk);
    let domains = check::domains(raw.domains.as_deref(), &mut desk.reporter);
    claims.take(&domains, &mut desk.reporter);
    if raw.lookup.is_none() && raw.domains.as_ref().is_none_or(Vec::is_empty) && !desk.reporter.is_incomplete(&table.span) {
        let hint = "add `domains = [\"partner.example\"]` for a federation partner, or `lookup` for a home directory";
        desk.reporter.error(Code::NoRoute, &table.span, "nobody would be sent to this provider: it has neither domains nor a lookup", hint);
    }
    let owner = Owner::Oidc { has_domains: !domains.is_empty() };
    let lookup = raw.lookup.as_ref().map(|lookup| check_lookup::check(lookup, &owner, desk));
    let (client_id, client_secret, upstream) = upstream?;
    let upstream = OidcUpstream { issuer: issuer?, client_id, client_secret, ..upstream };
    let lookup = match lookup {
        Some(lookup) => Some(lookup?),
        None => None,
    };
    Some(IdentityProvider { id: id?, name: name?, kind: Kind::OpenId(OpenId::Generic(upstream)), domains: set(&domains), lookup })
}

fn entra(id: Option<IdpId>, table: &At<file::Entra>, claims: &mut Claims, desk: &mut Desk<'_>) -> Option<IdentityProvider> {
    let raw = &table.value;
    let name = raw.name.as_ref().and_then(|text| check::shown_name(text, &mut desk.reporter));
    let default = At { value: ENTRA_AUTHORITY.to_owned(), span: table.span.clone() };
    let written = raw.authority.as_ref().unwrap_or(&default);
    let authority = values::outbound_url(written, desk.around.allow_http.as_deref(), &mut desk.reporter).map(|mut url| {
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        url
    });
    let rest = Rest {
        client_id: &raw.client_id,
        client_secret: &raw.client_secret,
        scopes: raw.scopes.as_ref(),
        algorithms: raw.algorithms.as_deref(),
        clock_skew: raw.clock_skew.as_ref(),
    };
    let upstream = rest.check(&[UpstreamAlgorithm::Rs256], desk);
    let domains = check::domains(raw.domains.as_deref(), &mut desk.reporter);
    claims.take(&domains, &mut desk.reporter);
    let allowed_tids = tids(raw.tids.as_deref().unwrap_or_default(), &mut desk.reporter);
    let owner = Owner::Entra { has_domains: !domains.is_empty(), authority: authority.clone() };
    let lookup = match &raw.lookup {
        Some(lookup) => check_lookup::check(lookup, &owner, desk),
        None => authority.clone().map(check_lookup::entra_domain),
    };
    let (client_id, client_secret, upstream) = upstream?;
    // A template: each token's own `tid` fills it in.
    let issuer = format!("{}{{tenantid}}/v2.0", authority?);
    let oidc = OidcUpstream { issuer, client_id, client_secret, ..upstream };
    let kind = Kind::OpenId(OpenId::Entra(EntraUpstream { oidc, allowed_tids }));
    Some(IdentityProvider { id: id?, name: name?, kind, domains: set(&domains), lookup: Some(lookup?) })
}

fn tids(list: &[At<String>], reporter: &mut Reporter) -> BTreeSet<String> {
    let mut tids = BTreeSet::new();
    for text in list {
        match uuid::Uuid::try_parse(&text.value).map(|tid| tid.hyphenated().to_string()) {
            Ok(tid) if tid.eq_ignore_ascii_case(&text.value) => {
                tids.insert(tid);
            }
            _ => {
                let hint = "write the tenant id of the Entra admin centre's overview page, such as 72f988bf-86f1-41af-91ab-2d7cd011db47";
                reporter.error(Code::EntraTenant, &text.span, format!("{:?} is not an Entra tenant id", text.value), hint);
            }
        }
    }
    tids
}

fn google(id: Option<IdpId>, table: &At<file::Google>, desk: &mut Desk<'_>) -> Option<IdentityProvider> {
    let raw = &table.value;
    let name = raw.name.as_ref().and_then(|text| check::shown_name(text, &mut desk.reporter));
    let issuer = raw.issuer.as_ref().map_or(Some(GOOGLE_ISSUER.to_owned()), |text| issuer(text, desk));
    let rest = Rest::of_a_known_provider(&raw.client_id, &raw.client_secret, raw.clock_skew.as_ref());
    let (client_id, client_secret, upstream) = rest.check(&[UpstreamAlgorithm::Rs256], desk)?;
    let kind = Kind::OpenId(OpenId::Google(OidcUpstream { issuer: issuer?, client_id, client_secret, ..upstream }));
    Some(IdentityProvider { id: id?, name: name?, kind, domains: BTreeSet::new(), lookup: None })
}

fn microsoft_account(id: Option<IdpId>, table: &At<file::MicrosoftAccount>, desk: &mut Desk<'_>) -> Option<IdentityProvider> {
    let raw = &table.value;
    let name = raw.name.as_ref().and_then(|text| check::shown_name(text, &mut desk.reporter));
    let issuer = raw.issuer.as_ref().map_or(Some(MICROSOFT_ACCOUNT_ISSUER.to_owned()), |text| issuer(text, desk));
    let rest = Rest::of_a_known_provider(&raw.client_id, &raw.client_secret, raw.clock_skew.as_ref());
    let upstream = rest.check(&[UpstreamAlgorithm::Rs256], desk);
    let lookup = raw.lookup.as_ref().map(|lookup| check_lookup::check(lookup, &Owner::MicrosoftAccount, desk));
    let (client_id, client_secret, upstream) = upstream?;
    let kind = Kind::OpenId(OpenId::MicrosoftAccount(OidcUpstream { issuer: issuer?, client_id, client_secret, ..upstream }));
    let lookup = match lookup {
        Some(lookup) => Some(lookup?),
        None => None,
    };
    Some(IdentityProvider { id: id?, name: name?, kind, domains: BTreeSet::new(), lookup })
}

/// An issuer is compared octet by octet (OpenID Connect Discovery §4.3), so it stays as written.
fn issuer(text: &At<String>, desk: &mut Desk<'_>) -> Option<String> {
    let url = values::outbound_url(text, desk.around.allow_http.as_deref(), &mut desk.reporter)?;
    if url.query().is_some() {
        desk.reporter.error(Code::Url, &text.span, "an issuer has no query", "copy `issuer` from its discovery document");
        return None;
    }
    Some(text.value.clone())
}

/// What all kinds have in common.
struct Rest<'a> {
    client_id: &'a Option<At<String>>,
    client_secret: &'a Option<At<SecretRef>>,
    scopes: Option<&'a At<Vec<At<String>>>>,
    algorithms: Option<&'a [At<Algorithm>]>,
    clock_skew: Option<&'a At<String>>,
}

/// Client id, client secret, and the rest with both still empty.
type Checked = (String, Option<Secret<String>>, OidcUpstream);

impl<'a> Rest<'a> {
    fn of_a_known_provider(
        client_id: &'a Option<At<String>>,
        client_secret: &'a Option<At<SecretRef>>,
        clock_skew: Option<&'a At<String>>,
    ) -> Self {
        Self { client_id, client_secret, scopes: None, algorithms: None, clock_skew }
    }

    fn check(&self, default_algorithms: &[UpstreamAlgorithm], desk: &mut Desk<'_>) -> Option<Checked> {
        let reporter = &mut desk.reporter;
        let clock_skew = values::duration(self.clock_skew, Bounds::seconds(0, 5 * MINUTE), Duration::from_secs(60), reporter);
        let scopes: Vec<String> = match self.scopes {
            Some(scopes) => scopes.value.iter().map(|scope| scope.value.clone()).collect(),
            None => SCOPES.map(str::to_owned).into(),
        };
        if let Some(at) = self.scopes.filter(|_| !scopes.iter().any(|scope| scope == "openid")) {
            reporter.error(Code::Scopes, &at.span, "without `openid` there is no ID token", "add \"openid\" to the list");
        }
        for scope in self.scopes.into_iter().flat_map(|at| &at.value) {
            // RFC 6749 §3.3.
            if scope.value.is_empty() || !scope.value.bytes().all(|b| (0x21..=0x7e).contains(&b) && b != b'"' && b != b'\\') {
                reporter.error(
                    Code::Scopes,
                    &scope.span,
                    format!("{:?} can't be a scope", scope.value),
                    "write one scope per text, without spaces",
                );
            }
        }
        let secret =
            self.client_secret.as_ref().map(|reference| secrets::fetch(reference, desk.around.purpose, desk.around.environment, reporter));
        let client_id = self.client_id.as_ref()?;
        if client_id.value.trim().is_empty() {
            reporter.error(
                Code::Name,
                &client_id.span,
                "the client id is empty",
                "the provider's operator hands it out when registering you",
            );
            return None;
        }
        let id_token_algorithms = match self.algorithms {
            Some(listed) => listed.iter().map(|at| algorithm(at.value)).collect::<BTreeSet<_>>().into_iter().collect(),
            None => default_algorithms.to_vec(),
        };
        let secret = match secret {
            Some(secret) => Some(secret?),
            None => None,
        };
        let upstream =
            OidcUpstream { issuer: String::new(), client_id: String::new(), client_secret: None, scopes, id_token_algorithms, clock_skew };
        Some((client_id.value.clone(), secret, upstream))
    }
}

fn algorithm(name: Algorithm) -> UpstreamAlgorithm {
    match name {
        Algorithm::Rs256 => UpstreamAlgorithm::Rs256,
        Algorithm::Rs384 => UpstreamAlgorithm::Rs384,
        Algorithm::Rs512 => UpstreamAlgorithm::Rs512,
        Algorithm::Ps256 => UpstreamAlgorithm::Ps256,
        Algorithm::Es256 => UpstreamAlgorithm::Es256,
        Algorithm::Es384 => UpstreamAlgorithm::Es384,
        Algorithm::EdDsa => UpstreamAlgorithm::EdDsa,
    }
}
