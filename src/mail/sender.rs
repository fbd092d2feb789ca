//! Who our mail comes from: `Contoso sign-in <no-reply@login.example.org>`, or the address alone.

use super::Line;
use crate::domain::address::{AddressError, EmailAddress};

/// The From of every mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    pub name: Option<Line>,
    pub address: EmailAddress,
}

/// Why a sender was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SenderError {
    #[error("must be an address, or a name and an address in angle brackets: `Contoso <no-reply@login.example.org>`")]
    Shape,
    #[error("its address {0}")]
    Address(#[from] AddressError),
}

impl Sender {
    pub fn parse(text: &str) -> Result<Self, SenderError> {
        let text = text.trim();
        let Some((name, rest)) = text.split_once('<') else {
            return Ok(Self { name: None, address: EmailAddress::parse(text)? });
        };
        let address = rest.strip_suffix('>').ok_or(SenderError::Shape)?;
        let name = name.trim().trim_matches('"').trim();
        if name.chars().any(|c| c.is_control() || c == '"') {
            return Err(SenderError::Shape);
        }
        let name = (!name.is_empty()).then(|| Line::new(name));
        Ok(Self { name, address: EmailAddress::parse(address)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        let full = Sender::parse("Contoso sign-in <no-reply@login.example.org>").unwrap();
        assert_eq!(full.name.as_ref().map(Line::as_str), Some("Contoso sign-in"));
        assert_eq!(full.address.to_string(), "no-reply@login.example.org");
        assert_eq!(Sender::parse("no-reply@login.example.org").unwrap().name, None);
        assert_eq!(Sender::parse("\"Müller, Köln\" <a@b.example>").unwrap().name, Some(Line::new("Müller, Köln")));
        for bad in ["", "Contoso", "Contoso <no-reply@login.example.org", "A\nB <a@b.example>", "A <a@b.example> <c@d.example>"] {
            assert!(Sender::parse(bad).is_err(), "{bad:?}");
        }
    }
}
