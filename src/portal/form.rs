//! Form tokens of our own pages: bound to the session and to what the form does. Only who holds the session's cookie can make one, and
//! it says nothing of the cookie.

use subtle::ConstantTimeEq;

use crate::{domain::id::SessionId, random};

/// What a form does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Ends this one session.
    End(SessionId),
    /// Signs out everywhere.
    EndAll,
    /// Leaves the organisation.
    Leave,
}

impl Act {
    /// No two acts have one spelling.
    fn spelled(self) -> String {
        match self {
            Self::End(session) => format!("end {session}"),
            Self::EndAll => "end all".into(),
            Self::Leave => "leave".into(),
        }
    }
}

pub fn token(cookie: &str, act: Act) -> String {
    let key = random::sha256(format!("account forms\n{cookie}").as_bytes());
    random::sha256_base64url(&random::hmac_sha256(&key, act.spelled().as_bytes()))
}

/// Whether `presented` was made for this session and this act.
pub fn is_own(cookie: &str, act: Act, presented: &str) -> bool {
    token(cookie, act).as_bytes().ct_eq(presented.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_token_is_good_for_one_session_and_one_act() {
        let end = |number| Act::End(SessionId::from_drawn(Uuid::from_u128(number)));
        let acts = [end(1), end(2), Act::EndAll, Act::Leave];
        for act in acts {
            let made = token("id.secret", act);
            assert!(is_own("id.secret", act, &made) && !is_own("id.other", act, &made) && !is_own("id.secret", act, ""));
            assert!(acts.iter().filter(|other| **other != act).all(|other| !is_own("id.secret", *other, &made)));
        }
    }
}
