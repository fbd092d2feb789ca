//! The rules of discovery, each one a short function that notes its verdict, and [`Discovery::run`], their order.

use super::{Decision, Edition, Entry, Facts, Fallback, Outcome, Primary, Progress, Query, Reason, Rule, Tried, Verdict, offered};
use crate::domain::{
    address::{DomainName, EmailAddress},
    error_code::ErrorCode,
    id::IdpId,
    identity::Voucher,
    identity_provider::{AccountStanding, Answer, DomainStanding, Family, IdentityProvider},
    tenant::Tenant,
};

/// Providers whose answer is needed before the next rule can speak.
struct Unheard(Vec<IdpId>);

pub(super) struct Discovery<'a> {
    tenant: &'a Tenant,
    query: &'a Query<'a>,
    facts: &'a Facts,
    tried: Vec<Tried>,
}

impl<'a> Discovery<'a> {
    pub(super) fn new(tenant: &'a Tenant, query: &'a Query<'a>, facts: &'a Facts) -> Self {
        Self { tenant, query, facts, tried: Vec::with_capacity(8) }
    }

    pub(super) fn run(mut self) -> Progress {
        match self.outcome() {
            Ok(outcome) => Progress::Decided(Decision { tried: self.tried, outcome }),
            Err(Unheard(directories)) => Progress::Ask(directories),
        }
    }

    fn outcome(&mut self) -> Result<Outcome, Unheard> {
        if let Some(outcome) = self.sticky().or_else(|| self.hint()) {
            return Ok(outcome);
        }
        let Some(address) = self.query.address else {
            self.note(Rule::Address, Verdict::Miss, Reason::NoAddress);
            return Ok(Outcome::AskAddress);
        };
        if let Some(outcome) = self.configuration(address)? {
            return Ok(outcome);
        }
        let order = self.tenant.home_realm.order_for(address.domain());
        for (primary, rule) in [
            (Primary::AzureActiveDirectory, Rule::HomeDirectory),
            (Primary::ExternalFederation, Rule::ExternalFederation),
            (Primary::SocialIdentityProviders, Rule::Google),
        ] {
            if !order.primaries.contains(&primary) {
                self.note(rule, Verdict::Skipped, Reason::NotInOrder);
            }
        }
        for primary in &order.primaries {
            let found = match primary {
                Primary::AzureActiveDirectory => self.home_directory(address, order.fallback)?,
                Primary::ExternalFederation => self.by_domain(address, Family::ExternalFederation, Rule::ExternalFederation),
                Primary::SocialIdentityProviders => self.by_domain(address, Family::Social, Rule::Google),
            };
            if let Some(outcome) = found {
                return Ok(outcome);
            }
        }
        match order.fallback {
            Fallback::DefaultConfiguredIdp => self.default_fallback(address),
            Fallback::EmailOneTimePasscode => Ok(self.passcode_only()),
            Fallback::MicrosoftAccount => self.microsoft_account_only(address),
        }
    }

    /// An accepted guest is sticky: the stored identity decides until redemption is reset (§3.4).
    fn sticky(&mut self) -> Option<Outcome> {
        let Some(voucher) = &self.facts.accepted_as else {
            let (verdict, reason) = match &self.facts.unheard_directory {
                Some(why) => (Verdict::Unanswered, Reason::DirectoryUnheard(why.clone())),
                None => (Verdict::Miss, Reason::NoStoredIdentity),
            };
            self.note(Rule::Sticky, verdict, reason);
            return None;
        };
        if !self.tenant.serves(voucher) {
            self.note(Rule::Sticky, Verdict::Hit, Reason::StoredIdentityGone(voucher.clone()));
            return Some(Outcome::Blocked(ErrorCode::NoRoad));
        }
        self.note(Rule::Sticky, Verdict::Hit, Reason::StoredIdentity(voucher.clone()));
        Some(match voucher {
            Voucher::Provider(id) => Outcome::Provider(id.clone()),
            Voucher::Passcode => Outcome::Passcode,
            Voucher::EmailVerified => Outcome::SelfServiceAccount,
        })
    }

    /// A hint accelerates only to a provider of this tenant, else it is ignored (§2.5).
    fn hint(&mut self) -> Option<Outcome> {
        let Some(hint) = self.query.hint else {
            self.note(Rule::Hint, Verdict::Skipped, Reason::NoHint);
            return None;
        };
        match hinted(self.tenant, hint) {
            Some(id) => {
                self.note(Rule::Hint, Verdict::Hit, Reason::HintNames(id.clone()));
                Some(Outcome::Provider(id))
            }
            None => {
                self.note(Rule::Hint, Verdict::Miss, Reason::HintIgnored);
                None
            }
        }
    }

    /// Edition 2021 refuses to federate a domain that a home directory has verified (§5.2).
    fn configuration(&mut self, address: &EmailAddress) -> Result<Option<Outcome>, Unheard> {
        if self.tenant.home_realm.edition != Edition::E2021 {
            return Ok(None);
        }
        let partner = self.family(Family::ExternalFederation).find(|p| p.domains.contains(address.domain())).map(|p| p.id.clone());
        let Some(federation) = partner else { return Ok(None) };
        let Some(directory) = self.verified_by(address)? else { return Ok(None) };
        self.note(Rule::Configuration, Verdict::Hit, Reason::DomainAlsoVerified { federation, directory });
        Ok(Some(Outcome::Blocked(ErrorCode::FederationOfVerifiedDomain)))
    }

    /// User-based discovery: is this the name of an account in a home directory? (§3.1 step 1)
    fn home_directory(&mut self, address: &EmailAddress, fallback: Fallback) -> Result<Option<Outcome>, Unheard> {
        let directories = self.askable(address);
        if directories.is_empty() {
            self.note(Rule::HomeDirectory, Verdict::Miss, Reason::NoneConfigured);
            return Ok(None);
        }
        self.hear(&directories)?;
        let mut homes = Vec::new();
        for id in directories {
            let (verdict, reason) = self.account_verdict(&id);
            if verdict == Verdict::Hit {
                homes.push(id);
            }
            self.note(Rule::HomeDirectory, verdict, reason);
        }
        if homes.is_empty() {
            return Ok(None);
        }
        // The same name is a personal account too: ask which. A provider that is off is never offered (§4.4, limit 3).
        if fallback != Fallback::EmailOneTimePasscode && self.has_microsoft_account(address)? {
            homes.extend(self.microsoft_account());
        }
        if let [only] = homes.as_slice() {
            return Ok(Some(Outcome::Provider(only.clone())));
        }
        if let Some(Voucher::Provider(chosen)) = &self.facts.proven_as
            && homes.contains(chosen)
        {
            self.note(Rule::HomeDirectory, Verdict::Hit, Reason::ChosenBefore(chosen.clone()));
            return Ok(Some(Outcome::Provider(chosen.clone())));
        }
        self.note(Rule::HomeDirectory, Verdict::Hit, Reason::AccountInSeveral(homes.clone()));
        Ok(Some(Outcome::Picker(homes)))
    }

    fn account_verdict(&self, id: &IdpId) -> (Verdict, Reason) {
        let counts_unmanaged = self.tenant.home_realm.edition == Edition::E2021;
        match &self.facts.answers[id] {
            Answer::Unanswered(why) => (Verdict::Unanswered, Reason::CouldNotAsk(id.clone(), why.clone())),
            Answer::Stated { account: AccountStanding::Managed, .. } => (Verdict::Hit, Reason::AccountExists(id.clone())),
            Answer::Stated { account: AccountStanding::Unmanaged, .. } if counts_unmanaged => {
                (Verdict::Hit, Reason::AccountExists(id.clone()))
            }
            Answer::Stated { account: AccountStanding::Unmanaged, .. } => (Verdict::Miss, Reason::UnmanagedNotCounted(id.clone())),
            Answer::Stated { account: AccountStanding::Absent, .. } => (Verdict::Miss, Reason::NoAccount(id.clone())),
            Answer::Stated { account: AccountStanding::Unstated, domain } if domain.is_verified() => {
                (Verdict::Hit, Reason::DomainVerified(id.clone()))
            }
            Answer::Stated { account: AccountStanding::Unstated, .. } => (Verdict::Miss, Reason::NotTheirDomain),
        }
    }

    /// Suffix match, exact and canonical (§3.1 steps 2 and 3).
    fn by_domain(&mut self, address: &EmailAddress, family: Family, rule: Rule) -> Option<Outcome> {
        let domain = address.domain();
        let mut is_any_configured = false;
        let mut owner = None;
        for provider in self.family(family) {
            is_any_configured = true;
            let is_owner = if family == Family::Social { provider.may_speak_for(domain) } else { provider.domains.contains(domain) };
            if is_owner {
                owner = Some(provider.id.clone());
                break;
            }
        }
        match owner {
            Some(id) => {
                self.note(rule, Verdict::Hit, Reason::DomainMatches(id.clone()));
                Some(Outcome::Provider(id))
            }
            None => {
                let reason = if is_any_configured { Reason::NotTheirDomain } else { Reason::NoneConfigured };
                self.note(rule, Verdict::Miss, reason);
                None
            }
        }
    }

    /// Existing Microsoft account, then passcode, then a new account (§3.4 `defaultConfiguredIdp`).
    fn default_fallback(&mut self, address: &EmailAddress) -> Result<Outcome, Unheard> {
        let edition = self.tenant.home_realm.edition;
        if edition == Edition::E2021 && self.query.entry == Entry::Link {
            self.note(Rule::MicrosoftAccount, Verdict::Skipped, Reason::OnlyForDirectLinks);
        } else if let Some(outcome) = self.existing_microsoft_account(address)? {
            return Ok(outcome);
        }
        if self.tenant.home_realm.is_passcode_on {
            self.note(Rule::Passcode, Verdict::Hit, Reason::PasscodeOn);
            return Ok(Outcome::Passcode);
        }
        self.note(Rule::Passcode, Verdict::Miss, Reason::PasscodeOff);
        match (edition, self.query.entry) {
            (Edition::E2021, Entry::Direct) => {
                self.note(Rule::SelfServiceAccount, Verdict::Skipped, Reason::OnlyForInvitationLinks);
                Ok(Outcome::Blocked(ErrorCode::InvitationLinkNeeded))
            }
            (Edition::E2021, Entry::Link) => self.self_service(address),
            (Edition::E2024, Entry::Link | Entry::Direct) => {
                self.note(Rule::SelfServiceAccount, Verdict::Skipped, Reason::NotThisEdition);
                self.new_microsoft_account(address)
            }
        }
    }

    /// `emailOneTimePasscode`: always a passcode.
    fn passcode_only(&mut self) -> Outcome {
        self.note(Rule::MicrosoftAccount, Verdict::Skipped, Reason::FallbackExcludes);
        self.note(Rule::Passcode, Verdict::Hit, Reason::PasscodeIsFallback);
        Outcome::Passcode
    }

    /// `microsoftAccount`: existing or new, never a passcode.
    fn microsoft_account_only(&mut self, address: &EmailAddress) -> Result<Outcome, Unheard> {
        self.note(Rule::Passcode, Verdict::Skipped, Reason::FallbackExcludes);
        match self.existing_microsoft_account(address)? {
            Some(outcome) => Ok(outcome),
            None => self.new_microsoft_account(address),
        }
    }

    fn existing_microsoft_account(&mut self, address: &EmailAddress) -> Result<Option<Outcome>, Unheard> {
        let Some(id) = self.microsoft_account() else {
            self.note(Rule::MicrosoftAccount, Verdict::Miss, Reason::NoneConfigured);
            return Ok(None);
        };
        let exists = self.has_microsoft_account(address)?;
        if exists {
            self.note(Rule::MicrosoftAccount, Verdict::Hit, Reason::AccountExists(id.clone()));
            return Ok(Some(Outcome::Provider(id)));
        }
        let (verdict, reason) = match self.facts.answers.get(&id) {
            Some(Answer::Unanswered(why)) => (Verdict::Unanswered, Reason::CouldNotAsk(id, why.clone())),
            Some(Answer::Stated { .. }) | None => (Verdict::Miss, Reason::NoAccount(id)),
        };
        self.note(Rule::MicrosoftAccount, verdict, reason);
        Ok(None)
    }

    /// Edition 2021, steps 8 and 9: consumer suffixes get a Microsoft account, others an email-verified account unless
    /// their directory is federated or forbids it.
    fn self_service(&mut self, address: &EmailAddress) -> Result<Outcome, Unheard> {
        if self.tenant.home_realm.consumer_domains.contains(address.domain()) {
            self.note(Rule::SelfServiceAccount, Verdict::Skipped, Reason::ConsumerDomain);
            return self.new_microsoft_account(address);
        }
        let refusal = self.verified_domain(address)?.and_then(|(id, is_federated, allows)| match (is_federated, allows) {
            (true, _) => Some((Reason::DomainFederated(id), ErrorCode::HomeDirectoryFederated)),
            (false, false) => Some((Reason::EmailVerifiedUsersDisallowed(id), ErrorCode::EmailVerifiedUsersDisallowed)),
            (false, true) => None,
        });
        Ok(match refusal {
            Some((reason, code)) => {
                self.note(Rule::SelfServiceAccount, Verdict::Miss, reason);
                Outcome::Blocked(code)
            }
            None => {
                self.note(Rule::SelfServiceAccount, Verdict::Hit, Reason::SelfServiceAllowed);
                Outcome::SelfServiceAccount
            }
        })
    }

    /// A new account under this address, unless its domain is verified in a home directory (§3.1 step 7).
    fn new_microsoft_account(&mut self, address: &EmailAddress) -> Result<Outcome, Unheard> {
        let Some(provider) = self.microsoft_account() else {
            self.note(Rule::CreateMicrosoftAccount, Verdict::Miss, Reason::NoneConfigured);
            return Ok(Outcome::Blocked(ErrorCode::NoRoad));
        };
        if let Some(directory) = self.verified_by(address)? {
            self.note(Rule::CreateMicrosoftAccount, Verdict::Miss, Reason::DomainVerifiedSoNoMicrosoftAccount(directory));
            return Ok(Outcome::Blocked(ErrorCode::NoRoad));
        }
        self.note(Rule::CreateMicrosoftAccount, Verdict::Hit, Reason::MicrosoftAccountCanBeMade);
        Ok(Outcome::CreateMicrosoftAccount(provider))
    }

    fn has_microsoft_account(&self, address: &EmailAddress) -> Result<bool, Unheard> {
        let Some(id) = self.microsoft_account() else { return Ok(false) };
        let provider = &self.tenant.providers[&id];
        if provider.lookup.is_none() || !provider.may_speak_for(address.domain()) {
            return Ok(false);
        }
        self.hear(std::slice::from_ref(&id))?;
        Ok(matches!(
            &self.facts.answers[&id],
            Answer::Stated { account: AccountStanding::Managed | AccountStanding::Unmanaged, .. }
                | Answer::Stated { account: AccountStanding::Unstated, domain: DomainStanding::Verified { .. } }
        ))
    }

    fn microsoft_account(&self) -> Option<IdpId> {
        self.family(Family::MicrosoftAccount).next().map(|provider| provider.id.clone())
    }

    /// Which home directory, if any, has verified the address's domain.
    fn verified_by(&self, address: &EmailAddress) -> Result<Option<IdpId>, Unheard> {
        Ok(self.verified_domain(address)?.map(|(id, _, _)| id))
    }

    fn verified_domain(&self, address: &EmailAddress) -> Result<Option<(IdpId, bool, bool)>, Unheard> {
        let directories = self.askable(address);
        self.hear(&directories)?;
        Ok(directories.into_iter().find_map(|id| match self.facts.answers[&id] {
            Answer::Stated { domain: DomainStanding::Verified { is_federated, allows_email_verified_users }, .. } => {
                Some((id, is_federated, allows_email_verified_users))
            }
            Answer::Stated { domain: DomainStanding::Unverified, .. } | Answer::Unanswered(_) => None,
        }))
    }

    /// Home directories that may know this address: those that can be asked and may speak for its domain.
    fn askable(&self, address: &EmailAddress) -> Vec<IdpId> {
        self.family(Family::HomeDirectory)
            .filter(|provider| provider.lookup.is_some() && provider.may_speak_for(address.domain()))
            .map(|provider| provider.id.clone())
            .collect()
    }

    fn hear(&self, directories: &[IdpId]) -> Result<(), Unheard> {
        let unheard: Vec<_> = directories.iter().filter(|id| !self.facts.answers.contains_key(id)).cloned().collect();
        if unheard.is_empty() { Ok(()) } else { Err(Unheard(unheard)) }
    }

    fn family(&self, family: Family) -> impl Iterator<Item = &IdentityProvider> {
        self.tenant.providers.values().filter(move |provider| provider.family() == family)
    }

    fn note(&mut self, rule: Rule, verdict: Verdict, reason: Reason) {
        self.tried.push(Tried { rule, verdict, reason });
    }
}

/// The provider of this tenant that a hint names: its id, one of its domains, or a well-known word.
fn hinted(tenant: &Tenant, hint: &str) -> Option<IdpId> {
    let hint = hint.trim();
    let family = match hint.to_ascii_lowercase().as_str() {
        "google" | "google.com" | "gmail.com" | "googlemail.com" => Some(Family::Social),
        "consumers" | "live.com" | "9188040d-6c67-4c5b-b112-36a304b66dad" => Some(Family::MicrosoftAccount),
        _ => None,
    };
    if let Some(family) = family {
        return offered(tenant).find(|p| p.family() == family).map(|p| p.id.clone());
    }
    if let Ok(named) = IdpId::parse(hint)
        && tenant.providers.contains_key(&named)
    {
        return offered(tenant).find(|p| p.id == named).map(|p| p.id.clone());
    }
    let domain = DomainName::parse(hint).ok()?;
    let mut owners = offered(tenant).filter(|p| p.domains.contains(&domain));
    // Two providers of one domain: the hint does not decide alone.
    owners.next().filter(|_| owners.next().is_none()).map(|p| p.id.clone())
}
