//! `userPrincipalName` of a guest: `ana_partner.example#EXT#@contoso.example`. A name that never changes, not an address.

use crate::domain::{address::EmailAddress, id::GuestId};

const MARK: &str = "#EXT#";

/// In lower case but for the mark, so that it has one spelling.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrincipalName(String);

impl PrincipalName {
    /// The address with its `@` as `_`, the mark, and the tenant's initial domain (`behaviour.md` §10.1). No two addresses share
    /// one: a domain has no `_`, so the last one is the `@`.
    pub fn of(address: &EmailAddress, initial_domain: &str) -> Self {
        Self(format!("{}{MARK}@{}", address.key().replace('@', "_"), initial_domain.to_lowercase()))
    }

    /// For whoever comes under an address that gave an earlier guest this name: the random end of the guest's id joins it.
    #[must_use]
    pub fn told_apart(&self, id: GuestId) -> Self {
        let id = id.to_string();
        Self(self.0.replacen(MARK, &format!("_{}{MARK}", &id[id.len() - 8..]), 1))
    }

    /// Reads one, in whatever case it is written.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let (name, domain) = text.rsplit_once(&format!("{}@", MARK.to_lowercase()))?;
        let is_sound = |part: &str| !part.is_empty() && part.len() <= 512 && !part.chars().any(|c| c.is_control() || c == '@');
        (is_sound(name) && is_sound(domain)).then(|| Self(format!("{name}{MARK}@{domain}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `mailNickname`: up to the `@`.
    pub fn nickname(&self) -> &str {
        self.0.rsplit_once('@').map_or(&self.0, |(nickname, _)| nickname)
    }
}

/// It holds an address.
impl std::fmt::Debug for PrincipalName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[principal name]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_guest_s_principal_name_is_the_address_marked_as_external() {
        let name = PrincipalName::of(&EmailAddress::parse("Ana_T+x@Partner.example").unwrap(), "Contoso.example");
        assert_eq!(name.as_str(), "ana_t+x_partner.example#EXT#@contoso.example");
        assert_eq!(name.nickname(), "ana_t+x_partner.example#EXT#");
        assert_eq!(PrincipalName::parse(" ANA_t+X_partner.EXAMPLE#ext#@contoso.example "), Some(name.clone()));
        let apart = name.told_apart(GuestId::from_drawn(Uuid::from_u128(0xdead_beef)));
        assert_eq!(apart.as_str(), "ana_t+x_partner.example_deadbeef#EXT#@contoso.example");
        assert_eq!(PrincipalName::parse(apart.as_str()), Some(apart));
        for none in ["", "ana@partner.example", "#EXT#@contoso.example", "ana#EXT#@", "a@b#EXT#@c.example"] {
            assert_eq!(PrincipalName::parse(none), None, "{none}");
        }
    }
}
