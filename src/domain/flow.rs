//! One sign-in under way, and THE ONE ORDER OF STEPS.
//!
//! ```text
//!            begin
//!              │  a session that suffices ───────────────► Recognised ─┐
//!              ▼                                                       │
//!           Address ◄── restart ──┐                                    │
//!              │ home-realm discovery                                  │
//!    ┌─────────┼──────────┬───────┴──┐                                 │
//!    ▼         ▼          ▼          ▼                                 │
//! Account  NewAccount   Routed    Blocked                              │
//!    └────┬────┘          │                                            │
//!         └──────► Routed ┤                                            │
//!                    ┌────┴─────┐                                      │
//!                    ▼          ▼                                      │
//!                  Away     Passcode                                   │
//!                    └────┬─────┘                                      │
//!                         ▼                                            ▼
//!        Mismatch ◄──► Proven ──► admitted to the directory ──► THE CONSENT GATE
//!                         ▲                                      owed │    │ passed
//!                         └─────────────── Consent ◄─────────────────┘    ▼
//!                                                                      Answered
//! ```
//! `Away` becomes `Elsewhere` where a provider shows no page in an embedded browser, and is `Proven` from the other one.
//!
//! A stage owns its facts: nothing in here is "only valid if". Moving on consumes the flow.

#![deny(clippy::wildcard_enum_match_arm)]

use serde::{Deserialize, Serialize};

use super::{
    address::EmailAddress,
    authorization_request::Interaction,
    consent::{DocumentHash, Matter, Owed},
    correlation::Correlation,
    errand::Errand,
    error_code::ErrorCode,
    home_realm::{Entry, Outcome},
    id::{FlowId, GuestId, IdpId},
    identity::{VerifiedIdentity, Voucher},
    locale::Locale,
    passcode::Challenge,
    secret::Secret,
    session::SessionCookie,
    tenant::PasscodePolicy,
    timestamp::Timestamp,
};

mod next;
mod stage;

pub use next::{Known, Next};
pub use stage::{Alias, Answer, Approach, Origin, PasscodeNotice, Remedy, Road, Stage};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Flow {
    pub id: FlowId,
    pub errand: Errand,
    pub entry: Entry,
    pub locale: Locale,
    /// SHA-256, base64url, of the secret in this flow's cookie. Renewed when the person authenticates.
    pub browser: String,
    /// The renewal of `browser`, if there was one.
    pub renewal: Option<Renewal>,
    /// What form tokens of this flow are derived from.
    pub form_secret: Secret<String>,
    pub expires_at: Timestamp,
    /// The address that was sent to whoever proved the person: what a page about the wrong account names beside theirs.
    #[serde(default)]
    pub expected: Option<EmailAddress>,
    pub stage: Stage,
}

/// At authentication the browser's secret is replaced, so whoever planted the old one is left outside (`security.md` C8). The old
/// one is still good together with the very proof that was given then: that is the same person's double click.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Renewal {
    /// Digest of the old secret.
    pub from: String,
    /// Digest of the proof: the passcode typed, or the upstream's answer.
    pub proof: String,
    /// The new secret, to be handed out again to that double click.
    pub to: Secret<String>,
}

impl Flow {
    pub fn next(&self) -> Next<'_> {
        match &self.stage {
            Stage::Address { prefill, notice, .. } => Next::AskAddress { prefill: prefill.as_deref(), notice: *notice },
            Stage::Account { address, homes } => Next::ChooseAccount { address, homes },
            Stage::NewAccount { address, provider } => Next::OfferNewAccount { address, provider },
            Stage::Routed { address, road: Road::Provider { id, approach } } => {
                Next::Leave { provider: id, approach: *approach, address: address.as_ref() }
            }
            Stage::Routed { address: Some(address), road: Road::Passcode } => Next::MailPasscode { address, proves: Voucher::Passcode },
            Stage::Routed { address: Some(address), road: Road::EmailVerified } => {
                Next::MailPasscode { address, proves: Voucher::EmailVerified }
            }
            // No address, nowhere to mail: ask for one.
            Stage::Routed { address: None, road: Road::Passcode | Road::EmailVerified } => Next::AskAddress { prefill: None, notice: None },
            Stage::Away { address, approach, correlation } => {
                Next::Leave { provider: &correlation.provider, approach: *approach, address: address.as_ref() }
            }
            Stage::Passcode { address, proves, challenge, notice } => Next::AskPasscode { address, proves, challenge, notice: *notice },
            Stage::Elsewhere { provider, address, code, until, proven, .. } => {
                Next::GoElsewhere { provider, address: address.as_ref(), code, until: *until, is_proven: proven.is_some() }
            }
            Stage::Blocked { address, code } => Next::Stop { code: *code, address: address.as_ref() },
            Stage::Recognised { session, consented } => Next::Admit(Known::BySession(session, consented)),
            Stage::Proven { identity, consented, alias } => Next::Admit(Known::ByProof(identity, consented, *alias)),
            Stage::Mismatch { invited, identity, remedy } => Next::ConfirmAccount { invited, identity, remedy: *remedy },
            Stage::Consent { owed, origin, opened, is_reminded, .. } => {
                Next::AskConsent { owed, identity: origin.identity(), opened, is_reminded: *is_reminded }
            }
            Stage::Answered { answer, session } => Next::Answer { answer, session: session.as_ref() },
        }
    }

    /// Where discovery sends the person. `approach` is how firmly a provider is asked.
    #[must_use]
    pub fn discovered(self, address: Option<EmailAddress>, outcome: Outcome, approach: Approach) -> Self {
        let stage = match (outcome, address) {
            // A double click: the question is already on its way, and the answer to it must fit.
            (Outcome::Provider(id), address) if self.is_away_to(&id, address.as_ref(), approach) => return self,
            (Outcome::Provider(id), address) => Stage::Routed { address, road: Road::Provider { id, approach } },
            (Outcome::Blocked(code), address) => Stage::Blocked { address, code },
            (Outcome::Picker(homes), Some(address)) => Stage::Account { address, homes },
            (Outcome::CreateMicrosoftAccount(provider), Some(address)) => Stage::NewAccount { address, provider },
            (Outcome::Passcode, Some(address)) => Stage::Routed { address: Some(address), road: Road::Passcode },
            (Outcome::SelfServiceAccount, Some(address)) => Stage::Routed { address: Some(address), road: Road::EmailVerified },
            (Outcome::AskAddress, address) => Stage::Address { prefill: address.map(|a| a.to_string()), notice: None, approach },
            (Outcome::Picker(_) | Outcome::CreateMicrosoftAccount(_) | Outcome::Passcode | Outcome::SelfServiceAccount, None) => {
                Stage::Address { prefill: None, notice: None, approach }
            }
        };
        self.at(stage)
    }

    fn is_away_to(&self, provider: &IdpId, to: Option<&EmailAddress>, firmly: Approach) -> bool {
        let Stage::Away { address, approach, correlation } = &self.stage else { return false };
        correlation.provider == *provider && address.as_ref() == to && *approach == firmly
    }

    /// As the person sees it who came back from the provider's page without an answer: the first page, with the address they typed.
    /// Only a view: the provider may answer yet.
    #[must_use]
    pub fn seen_from_outside(self) -> Self {
        let Stage::Away { address, approach, .. } = &self.stage else { return self };
        let stage = Stage::Address { prefill: address.as_ref().map(ToString::to_string), notice: None, approach: *approach };
        self.at(stage)
    }

    /// The person chose one of the homes offered; anything else is not a choice, and the flow stays where it was.
    #[must_use]
    pub fn chose(self, chosen: &IdpId) -> Self {
        let (address, approach) = if let Stage::Account { address, homes } = &self.stage
            && homes.contains(chosen)
        {
            (address.clone(), if self.approach() == Approach::Login { Approach::Login } else { Approach::SelectAccount })
        } else if let Stage::NewAccount { address, provider } = &self.stage
            && provider == chosen
        {
            (address.clone(), Approach::Create)
        } else {
            return self;
        };
        self.at(Stage::Routed { address: Some(address), road: Road::Provider { id: chosen.clone(), approach } })
    }

    /// On the way to a provider.
    #[must_use]
    pub fn left(self, address: Option<EmailAddress>, approach: Approach, correlation: Correlation) -> Self {
        self.at(Stage::Away { address, approach, correlation })
    }

    /// A code is in the mail.
    #[must_use]
    pub fn mailed(self, address: EmailAddress, proves: Voucher, challenge: Challenge, notice: Option<PasscodeNotice>) -> Self {
        self.at(Stage::Passcode { address, proves, challenge, notice })
    }

    /// The provider shows no page in an embedded browser.
    #[must_use]
    pub fn sent_elsewhere(
        self,
        address: Option<EmailAddress>,
        provider: IdpId,
        approach: Approach,
        code: Secret<String>,
        until: Timestamp,
    ) -> Self {
        self.at(Stage::Elsewhere { address, provider, approach, code, until, proven: None })
    }

    /// Somebody signed in where the code was typed: whoever sees the code here may go on as them.
    #[must_use]
    pub fn handed(mut self, identity: VerifiedIdentity) -> Self {
        if let Stage::Elsewhere { proven, .. } = &mut self.stage {
            *proven = Some(Box::new(identity));
        }
        self
    }

    /// An upstream, or the passcode, proved who this is. `browser` is the digest of the renewed secret.
    #[must_use]
    pub fn proven(mut self, identity: VerifiedIdentity, browser: String, renewal: Renewal) -> Self {
        self.browser = browser;
        self.renewal = Some(renewal);
        self.expected = self.address().cloned();
        self.at(Stage::Proven { identity, consented: Vec::new(), alias: Alias::Unsaid })
    }

    /// The one proven is not the one invited.
    #[must_use]
    pub fn mismatched(self, invited: EmailAddress, remedy: Remedy) -> Self {
        let Stage::Proven { identity, .. } = &self.stage else { return self };
        let identity = identity.clone();
        self.at(Stage::Mismatch { invited, identity, remedy })
    }

    /// The person says that both addresses are theirs: back to the gate, which knows by the directory whether that is enough.
    #[must_use]
    pub fn confirmed(self) -> Self {
        let Stage::Mismatch { identity, remedy: Remedy::SwitchOrConfirm, .. } = &self.stage else { return self };
        let identity = identity.clone();
        self.at(Stage::Proven { identity, consented: Vec::new(), alias: Alias::Confirmed })
    }

    /// A document was opened that must be, before it can be accepted.
    #[must_use]
    pub fn opened(mut self, document: DocumentHash) -> Self {
        if let Stage::Consent { opened, is_reminded, .. } = &mut self.stage
            && !opened.contains(&document)
        {
            opened.push(document);
            *is_reminded = false;
        }
        self
    }

    /// The gate found something owed.
    #[must_use]
    pub fn owing(self, guest: GuestId, owed: Owed) -> Self {
        let origin = if let Stage::Recognised { session, consented } = &self.stage {
            Origin::Recognised { session: session.clone(), consented: consented.clone() }
        } else if let Stage::Proven { identity, consented, alias } = &self.stage {
            Origin::Proven { identity: identity.clone(), consented: consented.clone(), alias: *alias }
        } else {
            return self;
        };
        self.at(Stage::Consent { guest, owed, origin: Box::new(origin), opened: Vec::new(), is_reminded: false })
    }

    /// `matter` was agreed to and recorded: back to the gate, which decides anew.
    #[must_use]
    pub fn agreed(self, matter: Matter) -> Self {
        let Stage::Consent { origin, .. } = &self.stage else { return self };
        let stage = origin.having_agreed_to(Some(matter));
        self.at(stage)
    }

    /// What was asked is not what is owed any more, as when new terms came into force: back to the gate.
    #[must_use]
    pub fn reconsidered(self) -> Self {
        let Stage::Consent { origin, .. } = &self.stage else { return self };
        let stage = origin.having_agreed_to(None);
        self.at(stage)
    }

    /// Accepted before it was opened: the page says so.
    #[must_use]
    pub fn reminded(mut self) -> Self {
        if let Stage::Consent { is_reminded, .. } = &mut self.stage {
            *is_reminded = true;
        }
        self
    }

    #[must_use]
    pub fn blocked(self, code: ErrorCode) -> Self {
        let address = self.address().cloned();
        self.at(Stage::Blocked { address, code })
    }

    #[must_use]
    pub fn answered(self, answer: Answer, session: Option<SessionCookie>) -> Self {
        self.at(Stage::Answered { answer, session })
    }

    /// Begin again, with nobody known: "use another account". A provider will be asked to let the person choose.
    #[must_use]
    pub fn restarted(self) -> Self {
        let prefill = if let Stage::Mismatch { invited, .. } = &self.stage { Some(invited.to_string()) } else { None };
        self.at(Stage::Address { prefill, notice: None, approach: Approach::SelectAccount })
    }

    /// What was typed is no address: say so beside it.
    #[must_use]
    pub fn mistyped(self, typed: String) -> Self {
        let approach = self.approach();
        self.at(Stage::Address { prefill: Some(typed), notice: Some(ErrorCode::InvalidAddress), approach })
    }

    /// How firmly the next provider is to be asked: as the app wants it, or as the person does who came back for another account.
    pub fn approach(&self) -> Approach {
        if self.errand.wants(Interaction::Login) || self.errand.max_age().is_some() {
            return Approach::Login;
        }
        // "Create" belongs to one offer, not to the next address typed.
        let has_come_back = matches!(
            &self.stage,
            Stage::Address { approach: Approach::SelectAccount, .. } | Stage::Away { approach: Approach::SelectAccount, .. }
        );
        if has_come_back || self.errand.wants(Interaction::SelectAccount) { Approach::SelectAccount } else { Approach::AsNeeded }
    }

    /// Whether a code was mailed to `address` so lately that none may be asked for again.
    pub fn was_mailed_to(&self, address: &EmailAddress, policy: &PasscodePolicy, now: Timestamp) -> bool {
        matches!(&self.stage, Stage::Passcode { address: mailed, challenge, .. } if mailed == address && now < challenge.resend_at(policy))
    }

    /// Whether a new address may still be typed: nobody has proven anything, or the person wants to be someone else.
    pub fn is_anyones(&self) -> bool {
        match &self.stage {
            Stage::Address { .. }
            | Stage::Account { .. }
            | Stage::NewAccount { .. }
            | Stage::Routed { .. }
            | Stage::Away { .. }
            | Stage::Passcode { .. }
            | Stage::Elsewhere { .. }
            | Stage::Mismatch { .. }
            | Stage::Blocked { .. } => true,
            Stage::Recognised { .. } | Stage::Proven { .. } | Stage::Consent { .. } | Stage::Answered { .. } => false,
        }
    }

    fn address(&self) -> Option<&EmailAddress> {
        match &self.stage {
            Stage::Account { address, .. } | Stage::NewAccount { address, .. } | Stage::Passcode { address, .. } => Some(address),
            Stage::Mismatch { invited, .. } => Some(invited),
            Stage::Routed { address, .. }
            | Stage::Away { address, .. }
            | Stage::Elsewhere { address, .. }
            | Stage::Blocked { address, .. } => address.as_ref(),
            Stage::Address { .. } | Stage::Recognised { .. } | Stage::Proven { .. } | Stage::Consent { .. } | Stage::Answered { .. } => {
                None
            }
        }
    }

    fn at(mut self, stage: Stage) -> Self {
        self.stage = stage;
        self
    }
}

#[cfg(test)]
mod tests;
