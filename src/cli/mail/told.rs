//! Mails on record in words: where each stands, what went wrong, and the cure.

use serde_json::json;

use crate::{
    domain::timestamp::Timestamp,
    store::directory::{KeptMail, MailKind, MailState},
};

pub fn text(mails: &[KeptMail]) -> String {
    if mails.is_empty() {
        return "no mails\n".to_owned();
    }
    mails.iter().map(line).collect()
}

fn line(mail: &KeptMail) -> String {
    let (kind, state) = (mail.kind.as_str(), mail.state.as_str());
    let mut line = format!("{}  {}  {kind:13} {state:9} {}", mail.id, moment(mail.created_at), mail.to);
    if let Some(why) = &mail.last_error {
        line.push_str(&format!("  ({why})"));
    }
    if mail.state == MailState::Queued && mail.attempts > 0 {
        line.push_str(&format!("  next try {}", moment(mail.due_at)));
    }
    if let Some(cure) = cure(mail) {
        line.push_str(&format!("\n    {cure}"));
    }
    line.push('\n');
    line
}

pub fn json(mails: &[KeptMail]) -> String {
    let one = |mail: &KeptMail| {
        let told = json!({
            "id": mail.id.to_string(),
            "kind": mail.kind.as_str(),
            "state": mail.state.as_str(),
            "to": mail.to.to_string(),
            "guest": mail.guest.map(|id| id.to_string()),
            "invitation": mail.invitation.map(|id| id.to_string()),
            "created": moment(mail.created_at),
            "due": moment(mail.due_at),
            "expires": mail.expires_at.map(moment),
            "done": mail.done_at.map(moment),
            "attempts": mail.attempts,
            "error": mail.last_error,
            "cure": cure(mail),
        });
        format!("{told}\n")
    };
    mails.iter().map(one).collect()
}

/// Why a mail is not sent once more, and what to do instead.
pub fn not_again(mail: &KeptMail) -> String {
    match mail.state {
        MailState::Sending => "it is being handed over at this moment".to_owned(),
        MailState::Sent => "the mail server took it; if it did not arrive, ask there".to_owned(),
        MailState::Failed | MailState::Queued | MailState::Uncertain => {
            format!("what it said is no longer kept; {}", cure(mail).unwrap_or_else(|| "make a new one".to_owned()))
        }
    }
}

/// What to do. `None`: nothing needs to be done.
fn cure(mail: &KeptMail) -> Option<String> {
    match mail.state {
        MailState::Sent | MailState::Sending => None,
        MailState::Queued => (mail.attempts > 0).then(|| format!("it is tried again by itself; at once: gatehouse mail retry {}", mail.id)),
        MailState::Uncertain => Some(format!("ask at {} whether it arrived; if not: gatehouse mail retry {}", mail.to.domain(), mail.id)),
        MailState::Failed => Some(format!("{}; then {}", reason(mail.last_error.as_deref().unwrap_or_default()), again(mail))),
    }
}

/// By the enhanced status code (RFC 3463 §3), else by the reply code.
fn reason(why: &str) -> &'static str {
    let has = |code: &str| why.split([' ', ':']).any(|word| word.starts_with(code));
    if why == "too late" {
        "it expired before the mail server took it: look whether that was down"
    } else if has("5.1.") {
        "no such mailbox: ask for the right address"
    } else if has("5.2.2") || has("4.2.2") {
        "the mailbox is full: ask its owner to make room"
    } else if has("5.7.") || has("554") {
        "it was refused by policy: check SPF, DKIM and DMARC of the sender's domain"
    } else if why.contains("sealed") {
        "give this node the seal key that the mail was queued with"
    } else {
        "ask the one who runs the mail server about this status"
    }
}

fn again(mail: &KeptMail) -> String {
    match (mail.kind, mail.invitation) {
        (MailKind::Invitation | MailKind::Notice, Some(invitation)) => format!("gatehouse invite resend {invitation}"),
        (MailKind::Invitation | MailKind::Notice, None) => "invite once more".to_owned(),
        (MailKind::Passcode, _) => "let the guest ask for a new code".to_owned(),
        (MailKind::TermsChanged, _) => "nothing: the terms are shown at the next sign-in".to_owned(),
    }
}

fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.unix()).map_or_else(|_| at.unix().to_string(), |at| at.to_string())
}
