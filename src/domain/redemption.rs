//! Who may redeem what with which identity (`behaviour.md` §3.6).

use super::{
    address::EmailAddress,
    collaboration::InvitationPolicy,
    home_realm::{Entry, Outcome},
};

/// Whether proving `proven` redeems what was offered to `invited`, whom discovery sends by `outcome`. By the mail link an alias will
/// do; at a direct link nobody holds a handle, so the address itself must be the one on record.
pub fn redeems(entry: Entry, invited: &EmailAddress, proven: &EmailAddress, outcome: &Outcome, policy: &InvitationPolicy) -> bool {
    invited == proven || (entry == Entry::Link && takes_alias(outcome, Some(proven), policy))
}

/// Whether an account at the routed provider may stand in under another address: the organisation takes the person's word, and
/// collaborates with whom they were proven by (§11.4). A code proves the mailbox it was sent to, and no other.
pub fn takes_alias(outcome: &Outcome, proven: Option<&EmailAddress>, policy: &InvitationPolicy) -> bool {
    let is_provider = match outcome {
        Outcome::Provider(_) | Outcome::CreateMicrosoftAccount(_) | Outcome::Picker(_) => true,
        Outcome::Passcode | Outcome::SelfServiceAccount | Outcome::AskAddress | Outcome::Blocked(_) => false,
    };
    is_provider && policy.is_alias_accepted && proven.is_none_or(|proven| policy.judge(proven.domain()).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::IdpId;

    #[test]
    fn an_alias_redeems_by_link_and_not_just_in_time() {
        let [invited, alias] = ["l.ee@x.example", "lee@x.example"].map(|a| EmailAddress::parse(a).unwrap());
        let (home, policy) = (Outcome::Provider(IdpId::parse("home").unwrap()), InvitationPolicy::default());
        assert!(redeems(Entry::Link, &invited, &alias, &home, &policy));
        assert!(!redeems(Entry::Direct, &invited, &alias, &home, &policy));
        assert!(!redeems(Entry::Link, &invited, &alias, &Outcome::Passcode, &policy), "a code proves its own mailbox");
        let refusing = InvitationPolicy { is_alias_accepted: false, ..policy };
        assert!(!redeems(Entry::Link, &invited, &alias, &home, &refusing));
        let written_otherwise = EmailAddress::parse("L.Ee@X.example").unwrap();
        assert!(redeems(Entry::Direct, &invited, &written_otherwise, &home, &refusing));
    }
}
