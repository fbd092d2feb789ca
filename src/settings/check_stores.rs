//! The part of the check that is about what we remember and what we send: sessions, directory, seal key, mail.

use std::path::Path;

use base64::{Engine, engine::general_purpose::STANDARD};
use url::Url;

use super::{
    Login, Mail, MailTransport, Purpose, Sender, Sessions, Smtp,
    at::{At, Span},
    check::{Desk, drawn_key},
    dkim,
    file::{self, Encryption},
    problem::Code,
    secrets::{self, SecretRef, TextOrSecret},
    values,
};
use crate::domain::{address::EmailAddress, secret::Secret};

pub(super) fn sessions(raw: Option<&file::Sessions>, desk: &mut Desk<'_>) -> Option<Sessions> {
    let raw = raw.filter(|_| !desk.purpose.serves_nothing());
    let capacity = raw.and_then(|raw| raw.capacity.as_ref());
    let ca = raw.and_then(|raw| raw.ca.as_ref());
    let Some(redis) = raw.and_then(|raw| raw.redis.as_ref()) else {
        if let Some(ca) = ca {
            desk.reporter.error(Code::Contradiction, &ca.span, "a trust anchor, but no `redis` to trust", "add `redis`, or take `ca` out");
        }
        return Some(Sessions::Memory { capacity: capacity.map_or(1_000_000, |capacity| capacity.value as usize) });
    };
    if let Some(capacity) = capacity {
        let hint = "take `capacity` out; Redis has limits of its own (maxmemory)";
        desk.reporter.error(
            Code::Contradiction,
            &capacity.span,
            "`capacity` is about the embedded memory, and `redis` replaces that",
            hint,
        );
    }
    let url = text_or_secret(redis, desk);
    let anchor = ca.and_then(|path| values::certificates(path, &mut desk.reporter));
    let url = url?;
    if let Err((message, hint)) = redis_url(url.reveal()) {
        desk.reporter.error(Code::SessionsUrl, &redis.span, message, hint);
        return None;
    }
    if let Some(ca) = ca.filter(|_| !url.reveal().starts_with("rediss")) {
        let hint = "use rediss://, or take `ca` out";
        desk.reporter.error(Code::Contradiction, &ca.span, "a trust anchor, but the connection to Redis is not TLS", hint);
    }
    Some(Sessions::Redis { url, ca: anchor })
}

/// `scheme://[user:password@]host[:port][,host[:port]…][/rest]`. By hand: lists of hosts are no URL.
fn redis_url(text: &str) -> Result<(), (&'static str, &'static str)> {
    let hint =
        "write redis://host:6379, rediss://host:6379, redis+sentinel://h1:26379,h2:26379/mymaster or redis+cluster://h1:6379,h2:6379";
    let (scheme, rest) = text.split_once("://").ok_or(("this is not the address of a Redis", hint))?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let hosts: Vec<&str> = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts).split(',').collect();
    let kind = match scheme.split_once('+') {
        None if matches!(scheme, "redis" | "rediss") => "",
        Some(("redis" | "rediss", kind @ ("sentinel" | "cluster"))) => kind,
        _ => return Err(("this scheme is not one Gatehouse speaks to a Redis", hint)),
    };
    if hosts.iter().any(|host| Url::parse(&format!("redis://{host}/")).ok().is_none_or(|url| url.host_str().is_none_or(str::is_empty))) {
        return Err(("a host in this address can't be read", hint));
    }
    if kind.is_empty() && hosts.len() > 1 {
        return Err(("several hosts need redis+sentinel or redis+cluster", hint));
    }
    if kind == "sentinel" && path.split(['/', '?']).next().unwrap_or_default().is_empty() {
        return Err(("the name of the master that the sentinels watch is missing", hint));
    }
    Ok(())
}

/// A text with a password in it is refused: it belongs where secrets are.
fn text_or_secret(value: &At<TextOrSecret>, desk: &mut Desk<'_>) -> Option<Secret<String>> {
    match &value.value {
        TextOrSecret::Secret(reference) => {
            let reference = At { value: reference.clone(), span: value.span.clone() };
            secrets::fetch(&reference, desk.purpose, desk.environment, &mut desk.reporter)
        }
        TextOrSecret::Text(text) => {
            let authority = text.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?']).next().unwrap_or_default());
            if authority.rsplit_once('@').is_some_and(|(userinfo, _)| userinfo.contains(':')) {
                let hint = "put the whole address where secrets are, and refer to it with `{ env = \"NAME\" }` or `{ file = \"path\" }`";
                desk.reporter.error(Code::SecretReference, &value.span, "this address has a password in it", hint);
                return None;
            }
            Some(Secret::new(text.clone()))
        }
    }
}

pub(super) fn directory(raw: Option<&file::Directory>, config_dir: &Path, desk: &mut Desk<'_>) -> Option<Secret<String>> {
    let default = || Secret::new(format!("sqlite:{}", config_dir.join("data/gatehouse.db").display()));
    let Some(raw) = raw else { return Some(default()) };
    let value = raw.url.as_ref()?;
    let url = text_or_secret(value, desk)?;
    let text = url.reveal();
    if secrets::is_stand_in(&url)
        || text == "sqlite::memory:"
        || (text.starts_with("postgres://") || text.starts_with("postgresql://")) && Url::parse(text).is_ok()
    {
        return Some(url);
    }
    let path = text.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path)).filter(|path| !path.is_empty());
    match path {
        Some(path) => Some(Secret::new(format!("sqlite:{}", desk.reporter.resolve(path).display()))),
        None => {
            let hint = "write sqlite:../data/gatehouse.db, sqlite::memory: or postgres://user@host/database";
            desk.reporter.error(Code::DirectoryUrl, &value.span, "this is not the address of a directory", hint);
            None
        }
    }
}

pub(super) fn seal_key(raw: Option<&file::Keys>, desk: &mut Desk<'_>) -> Option<Secret<[u8; 32]>> {
    let hint = "make a key with `openssl rand -base64 32`, keep it where secrets are, and add `[keys]` with `seal = { env = \"GATEHOUSE_SEAL_KEY\" }`";
    // Who looks opens what was sealed, if the key is here.
    let is_here = |seal: &At<SecretRef>| secrets::is_here(&seal.value, desk.environment, &desk.reporter);
    if desk.purpose == Purpose::Look && !raw.and_then(|raw| raw.seal.as_ref()).is_some_and(is_here) {
        return Some(drawn_key());
    }
    let Some(raw) = raw else {
        if desk.purpose == Purpose::Develop {
            return Some(drawn_key());
        }
        desk.reporter.error(Code::SealKey, &(0..0), "there is no key to seal stored secrets with", hint);
        return None;
    };
    let reference = raw.seal.as_ref()?;
    let is_unset = reference.value.env.as_ref().is_some_and(|name| (desk.environment)(&name.value).is_none());
    if desk.purpose == Purpose::Develop && is_unset {
        return Some(drawn_key());
    }
    // No stand-in: whoever asks for it here will use it.
    let text = secrets::fetch(reference, Purpose::Serve, desk.environment, &mut desk.reporter)?;
    let octets = STANDARD.decode(text.reveal().trim()).ok().and_then(|octets| <[u8; 32]>::try_from(octets).ok());
    let Some(octets) = octets else {
        desk.reporter.error(
            Code::SealKey,
            &reference.place(),
            "the seal key is not 32 octets in base64",
            "make one with `openssl rand -base64 32`",
        );
        return None;
    };
    Some(Secret::new(octets))
}

pub(super) fn mail(raw: &At<file::Mail>, desk: &mut Desk<'_>) -> Option<Mail> {
    let from = raw.value.from.as_ref().and_then(|text| sender(text, desk));
    let server = raw.value.smtp.as_ref().map(|server| smtp(&server.value, desk));
    let transport = match (server, &raw.value.folder) {
        (Some(server), None) => server.map(MailTransport::Smtp),
        (None, Some(folder)) => Some(MailTransport::Folder(desk.reporter.resolve(&folder.value))),
        (Some(_), Some(folder)) => {
            let hint = "take `folder` out where mail is to leave, `smtp` where it is not";
            desk.reporter.error(Code::Contradiction, &folder.span, "mail goes either to `smtp` or into a `folder`", hint);
            None
        }
        (None, None) if desk.reporter.is_incomplete(&raw.span) => None,
        (None, None) => {
            let hint = "add `smtp = { host = \"smtp.example.org\" }`, or `folder = \"../data/outbox\"` for development";
            desk.reporter.error(Code::Mail, &raw.span, "nothing says where mail goes", hint);
            None
        }
    };
    let dkim = dkim::check(raw.value.dkim.as_ref(), from.as_ref(), desk);
    Some(Mail { from: from?, transport: transport?, dkim: dkim? })
}

/// `address`, or `Name <address>` (RFC 5322 §3.4 without its obsolete forms).
fn sender(text: &At<String>, desk: &mut Desk<'_>) -> Option<Sender> {
    let (name, address) = match text.value.trim().strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"').trim(), address),
        None => ("", text.value.as_str()),
    };
    let hint = "write \"no-reply@login.example.org\" or \"Contoso <no-reply@login.example.org>\"";
    if name.chars().any(|c| c.is_control() || matches!(c, '<' | '>')) {
        desk.reporter.error(Code::Mail, &text.span, "the sender's name has characters a name can't have", hint);
        return None;
    }
    match EmailAddress::parse(address) {
        Ok(address) => Some(Sender { name: (!name.is_empty()).then(|| name.to_owned()), address }),
        Err(error) => {
            desk.reporter.error(Code::Address, &text.span, format!("the sender's address {error}"), hint);
            None
        }
    }
}

fn smtp(raw: &file::Smtp, desk: &mut Desk<'_>) -> Option<Smtp> {
    let encryption = raw.encryption.as_ref().map_or_else(Encryption::default, |at| at.value);
    let login = login(raw, desk);
    let ca = raw.ca.as_ref().and_then(|path| values::certificates(path, &mut desk.reporter));
    let host = raw.host.as_ref()?;
    if host.value.is_empty() || host.value.contains(['/', '@', ' ']) {
        desk.reporter.error(Code::Mail, &host.span, "this is not a host's name", "write \"smtp.example.org\": no scheme, no port");
        return None;
    }
    if encryption == Encryption::None && !values::is_loopback_name(&host.value) {
        let at = raw.encryption.as_ref().map_or(&host.span, |at| &at.span);
        let hint = "use \"starttls\" or \"tls\"; \"none\" is for a mail server on this machine";
        desk.reporter.error(Code::Mail, at, "passcodes would cross the network in plain text", hint);
        return None;
    }
    let port = raw.port.unwrap_or(match encryption {
        Encryption::Starttls => 587,
        Encryption::Tls => 465,
        Encryption::None => 25,
    });
    Some(Smtp { host: host.value.clone(), port, encryption, login: login?, ca })
}

/// `Some(None)`: we don't log in. `None`: we should and can't.
fn login(raw: &file::Smtp, desk: &mut Desk<'_>) -> Option<Option<Login>> {
    let half = |at: &Span, desk: &mut Desk<'_>| {
        let hint = "give both, or neither";
        desk.reporter.error(Code::Contradiction, at, "`username` and `password` go together", hint);
        None
    };
    match (&raw.username, &raw.password) {
        (None, None) => Some(None),
        (Some(username), Some(password)) => {
            let password = secrets::fetch(password, desk.purpose, desk.environment, &mut desk.reporter)?;
            Some(Some(Login { username: username.value.clone(), password }))
        }
        (Some(username), None) => half(&username.span, desk),
        (None, Some(password)) => half(&password.span, desk),
    }
}

#[cfg(test)]
mod tests {
    use super::redis_url;

    #[test]
    fn the_four_shapes_of_a_redis_are_understood() {
        for good in [
            "redis://localhost",
            "rediss://:pw@h:6380/0",
            "redis+sentinel://h1:1,h2:2/mymaster",
            "rediss+cluster://h1:1,h2",
            "redis://[::1]:6379",
        ] {
            assert!(redis_url(good).is_ok(), "{good}");
        }
        for bad in ["localhost:6379", "http://h", "redis://h1,h2", "redis+sentinel://h1:1", "redis+x://h", "redis://h:99999", "redis://"] {
            assert!(redis_url(bad).is_err(), "{bad}");
        }
    }
}
