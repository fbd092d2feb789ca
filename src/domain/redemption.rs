//! Who may redeem what with which identity (`behaviour.md` §3.6).

use super::{address::EmailAddress, home_realm::Entry};

/// Whether proving `proven` redeems what was offered to `invited`. By the mail link, whatever identity the routed provider
/// proved will do, so an alias works; at a direct link nobody holds a handle, so the address itself must be the one on record.
pub fn redeems(entry: Entry, invited: &EmailAddress, proven: &EmailAddress) -> bool {
    match entry {
        Entry::Link => true,
        Entry::Direct => invited == proven,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_redeems_by_link_and_not_just_in_time() {
        let [invited, alias] = ["l.ee@x.example", "lee@x.example"].map(|a| EmailAddress::parse(a).unwrap());
        assert!(redeems(Entry::Link, &invited, &alias));
        assert!(!redeems(Entry::Direct, &invited, &alias));
        assert!(redeems(Entry::Direct, &invited, &EmailAddress::parse("L.Ee@X.example").unwrap()));
    }
}
