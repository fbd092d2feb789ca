//! The addresses of one guest, in the three places where Entra keeps them. Each finds the guest; none is who they are.

use std::collections::BTreeMap;

use crate::domain::address::EmailAddress;

/// More than is kept of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("at most {0}")]
pub struct TooMany(pub usize);

/// `mail`, `otherMails` and `proxyAddresses`; each list in the order of the keys, each address once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    mail: EmailAddress,
    other: Vec<EmailAddress>,
    proxy: Vec<EmailAddress>,
}

/// In which places one address stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kinds {
    pub is_mail: bool,
    pub is_other: bool,
    pub is_proxy: bool,
}

impl Addresses {
    /// Different addresses of one guest, all places together.
    pub const MOST: usize = 20;

    /// One address in all three places, as an invited guest has it.
    pub fn only(mail: EmailAddress) -> Self {
        Self { other: vec![mail.clone()], proxy: vec![mail.clone()], mail }
    }

    pub fn new(mail: EmailAddress, other: Vec<EmailAddress>, proxy: Vec<EmailAddress>) -> Result<Self, TooMany> {
        let addresses = Self { mail, other: in_order(other), proxy: in_order(proxy) };
        if addresses.kinds().len() > Self::MOST { Err(TooMany(Self::MOST)) } else { Ok(addresses) }
    }

    /// The address that mail goes to.
    pub fn mail(&self) -> &EmailAddress {
        &self.mail
    }

    pub fn other(&self) -> &[EmailAddress] {
        &self.other
    }

    pub fn proxy(&self) -> &[EmailAddress] {
        &self.proxy
    }

    /// Every address once, by its key.
    pub fn kinds(&self) -> BTreeMap<String, (&EmailAddress, Kinds)> {
        let mut kinds: BTreeMap<String, (&EmailAddress, Kinds)> = BTreeMap::new();
        // The first spelling stays: mail's, if it is mail.
        kinds.entry(self.mail.key()).or_insert((&self.mail, Kinds::default())).1.is_mail = true;
        for other in &self.other {
            kinds.entry(other.key()).or_insert((other, Kinds::default())).1.is_other = true;
        }
        for proxy in &self.proxy {
            kinds.entry(proxy.key()).or_insert((proxy, Kinds::default())).1.is_proxy = true;
        }
        kinds
    }
}

fn in_order(addresses: Vec<EmailAddress>) -> Vec<EmailAddress> {
    let by_key: BTreeMap<String, EmailAddress> = addresses.into_iter().map(|address| (address.key(), address)).collect();
    by_key.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    #[test]
    fn an_address_is_kept_once_with_all_its_places() {
        let [ana, alias] = ["Ana@p.example", "a.torres@p.example"].map(address);
        let addresses = Addresses::new(ana, vec![address("ana@P.example"), alias.clone()], vec![alias]).unwrap();
        let kinds = addresses.kinds();
        assert_eq!(kinds.len(), 2);
        assert_eq!(kinds["ana@p.example"].1, Kinds { is_mail: true, is_other: true, is_proxy: false });
        assert_eq!(kinds["ana@p.example"].0.to_string(), "Ana@p.example", "as the mail is spelled");
        assert_eq!(kinds["a.torres@p.example"].1, Kinds { is_mail: false, is_other: true, is_proxy: true });
    }

    #[test]
    fn there_are_at_most_twenty() {
        let many = |count: usize| (0..count).map(|n| address(&format!("a{n}@p.example"))).collect::<Vec<_>>();
        assert!(Addresses::new(address("a0@p.example"), many(20), many(20)).is_ok());
        assert_eq!(Addresses::new(address("b@p.example"), many(20), Vec::new()), Err(TooMany(20)));
    }
}
