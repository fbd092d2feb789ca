//! Authorization codes: `{session}.{43 characters}`. The first part says in which slot of the store to look, the second is 256 random
//! bits of which the store keeps only a digest.

use std::time::Duration;

use crate::{
    domain::{grant::Grant, id::SessionId, secret::Secret, tenant::Tenant},
    random,
    store::sessions::{Key, Shelf, Slot},
};

/// A code for the app, and what the caller must store before it hands the code out.
#[derive(Debug)]
pub struct Minted {
    pub code: Secret<String>,
    /// Of the session the grant belongs to; `shelf` and `value` go there, alone or beside others in one commit.
    pub slot: Slot,
    pub shelf: Shelf,
    pub value: Vec<u8>,
    pub ttl: Duration,
}

/// A code as presented, well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    session: SessionId,
    digest: String,
}

/// Makes the code for a grant; from nothing else can one be made.
pub fn mint(tenant: &Tenant, grant: &Grant) -> Minted {
    let token = random::token();
    Minted {
        code: Secret::new(format!("{}.{}", grant.session(), token.reveal())),
        slot: Slot::of_session(&tenant.id, grant.session()),
        shelf: Shelf::Code { digest: digest(token.reveal()) },
        value: serde_json::to_vec(grant).expect("a grant is plain values"),
        ttl: tenant.tokens.authorization_code,
    }
}

/// Reads what [`mint`] wrote, in its one spelling.
pub fn parse(code: &str) -> Option<Presented> {
    let (session, token) = code.split_once('.')?;
    let is_token = token.len() == 43 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    is_token.then(|| SessionId::parse(session)).flatten().map(|session| Presented { session, digest: digest(token) })
}

impl Presented {
    pub fn slot(&self, tenant: &Tenant) -> Slot {
        Slot::of_session(&tenant.id, self.session)
    }

    pub fn key(&self, tenant: &Tenant) -> Key {
        self.slot(tenant).key(&Shelf::Code { digest: self.digest.clone() })
    }
}

fn digest(token: &str) -> String {
    random::sha256_base64url(token.as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::token::fixture::{Asking, grant, tenant};

    #[test]
    fn a_code_leads_to_where_its_grant_was_put_and_is_not_stored_itself() {
        let (tenant, grant) = (tenant(), grant(&Asking::default()));
        let minted = mint(&tenant, &grant);
        let code = minted.code.reveal();
        assert_eq!(parse(code).unwrap().key(&tenant), minted.slot.key(&minted.shelf));
        let secret = &code[33..];
        assert!(!format!("{:?} {:?}", minted, minted.slot.key(&minted.shelf)).contains(secret));
        assert!(!String::from_utf8(minted.value).unwrap().contains(secret));
        assert_ne!(mint(&tenant, &grant).code.reveal(), code);
    }

    #[test]
    fn another_spelling_is_no_code() {
        let code = mint(&tenant(), &grant(&Asking::default())).code.reveal().clone();
        for bad in [&code[1..], &code[..75], &format!("{code}="), &format!(" {code}"), &code.replace('.', ":"), "", ".", "a.b"] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,90}") {
            let _ = parse(&text);
        }
    }
}
