//! The part of the check that is about apps.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::{
    check::{self, Desk},
    file::{self, Authentication, Named, PkceRule, ScopeName, SigningAlg},
};
use crate::{
    domain::{
        client::{Client, ClientAuthentication, ClientSecrets, Pkce, RedirectUriError, RegisteredUri, Scope},
        id::{ClientId, FlowId, NameError},
        permission::Permission,
        token_policy::SigningAlgorithm,
    },
    settings::{
        at::{At, Span},
        problem::Code,
        secrets,
        source::Reporter,
        values,
    },
};

/// 32 characters of base64 are 192 bits; a client secret is drawn, not thought up.
const LEAST_SECRET: usize = 32;

/// `None`: at least one could not be built.
pub(super) fn check(raw: &Named<file::Client>, desk: &mut Desk<'_>) -> Option<BTreeMap<ClientId, Client>> {
    let mut clients = Some(BTreeMap::new());
    for (name, raw) in raw {
        match client(name, raw, desk) {
            Some(client) => {
                if let Some(clients) = &mut clients {
                    clients.insert(client.id.clone(), client);
                }
            }
            None => clients = None,
        }
    }
    clients
}

fn client(id: &At<String>, raw: &At<file::Client>, desk: &mut Desk<'_>) -> Option<Client> {
    let id_at = &id.span;
    let id = match ClientId::parse(&id.value) {
        Ok(id) if FlowId::parse(id.as_str()).is_some() => {
            let message = "a client id of 32 hexadecimal digits is taken for a sign-in under way";
            desk.reporter.error(
                Code::ClientIdTaken,
                id_at,
                message,
                "choose a word, such as \"portal\": it is part of the app's direct link",
            );
            None
        }
        Ok(id) => Some(id),
        Err(error) => {
            let hint = match error {
                NameError::Reserved => "choose another word",
                _ => "use letters, digits, -, _ and ., beginning with a letter or digit",
            };
            desk.reporter.error(Code::Name, id_at, format!("the client id {:?} {error}", id.value), hint);
            None
        }
    };
    let table = &raw.span;
    let raw = &raw.value;
    let name = raw.name.as_ref().and_then(|text| check::shown_name(text, &mut desk.reporter));
    // A client that only has permissions answers no sign-in.
    let is_for_sign_in = raw.permissions.as_ref().is_none_or(|listed| listed.value.is_empty());
    if raw.redirect_uris.is_none() && is_for_sign_in && !desk.reporter.is_incomplete(table) {
        let hint = "add `redirect_uris = …` (Where answers may be sent; compared byte for byte)";
        desk.reporter.error(Code::MissingKey, table, "`redirect_uris` is missing here", hint);
    }
    let redirect_uris = redirect_uris(raw.redirect_uris.as_ref().map_or(&[][..], |at| at.value.as_slice()), &mut desk.reporter);
    let authentication = authentication(raw, id_at, table, desk);
    let scopes = match &raw.scopes {
        None => vec![Scope::Profile, Scope::Email],
        Some(scopes) => {
            scopes.iter().map(|at| scope(at.value)).filter(|scope| *scope != Scope::Openid).collect::<BTreeSet<_>>().into_iter().collect()
        }
    };
    let launch_url = launch_url(raw, &redirect_uris, &mut desk.reporter);
    let description = raw.description.as_ref().and_then(|text| description(text, &mut desk.reporter));
    let permissions = permissions(raw, &mut desk.reporter);
    Some(Client {
        id: id?,
        name: name?,
        pkce: pkce(raw, desk),
        authentication: authentication?,
        redirect_uris,
        scopes,
        id_token_signed_response_alg: match raw.id_token_signed_response_alg {
            None | Some(SigningAlg::Es256) => SigningAlgorithm::Es256,
            Some(SigningAlg::Rs256) => SigningAlgorithm::Rs256,
        },
        launch_url,
        description,
        is_listed: raw.listed.as_ref().is_none_or(|at| at.value),
        is_assignment_required: raw.assignment_required.unwrap_or_default(),
        is_consented: raw.admin_consent.unwrap_or_default(),
        permissions,
    })
}

fn scope(name: ScopeName) -> Scope {
    match name {
        ScopeName::Openid => Scope::Openid,
        ScopeName::Profile => Scope::Profile,
        ScopeName::Email => Scope::Email,
    }
}

fn redirect_uris(list: &[At<String>], reporter: &mut Reporter) -> Vec<RegisteredUri> {
    let mut uris = Vec::new();
    for text in list {
        match RegisteredUri::parse(&text.value) {
            Ok(uri) if uris.contains(&uri) => {
                reporter.error(Code::Repeated, &text.span, "this redirect URI is listed twice", "take one of them out");
            }
            Ok(uri) => uris.push(uri),
            Err(error) => {
                let hint = match error {
                    RedirectUriError::NotAbsolute => "write it whole, such as https://app.example.org/callback",
                    RedirectUriError::Fragment => "take the # and what follows it out",
                    RedirectUriError::Userinfo => "take what stands before the @ out",
                    RedirectUriError::Http => "http is only for http://localhost, http://127.0.0.1 and http://[::1]",
                    RedirectUriError::Scheme => {
                        "use https, or a private scheme made of a domain you own, such as org.example.app:/callback"
                    }
                    RedirectUriError::Characters => {
                        "wildcards are not possible, and other characters are written as %xx: register each address exactly"
                    }
                };
                reporter.error(Code::RedirectUri, &text.span, format!("this redirect URI {error}"), hint);
            }
        }
    }
    uris
}

fn authentication(raw: &file::Client, id_at: &Span, table: &Span, desk: &mut Desk<'_>) -> Option<ClientAuthentication> {
    let method = raw.authentication.as_ref().map_or(Authentication::default(), |at| at.value);
    let listed = raw.secrets.as_ref();
    if method == Authentication::None {
        if let Some(secrets) = listed.filter(|secrets| !secrets.value.is_empty()) {
            let hint = "a public client can't keep a secret: take `secrets` out, or use authentication = \"client_secret_basic\"";
            desk.reporter.error(
                Code::PublicClientSecret,
                &secrets.span,
                "this client's authentication is \"none\", and it has secrets",
                hint,
            );
            return None;
        }
        return Some(ClientAuthentication::None);
    }
    let Some(listed) = listed.filter(|secrets| !secrets.value.is_empty()) else {
        if desk.reporter.is_incomplete(table) {
            return None;
        }
        let at = listed.map(|at| &at.span).or(raw.authentication.as_ref().map(|at| &at.span)).unwrap_or(id_at);
        let hint = "add `secrets = [{ env = \"NAME\" }]`, or authentication = \"none\" if it is a browser or native app";
        desk.reporter.error(Code::NoClientSecret, at, "this client has no secret to prove itself with", hint);
        return None;
    };
    let mut secrets = Vec::new();
    for reference in &listed.value {
        let Some(secret) = secrets::fetch(reference, desk.around.purpose, desk.around.environment, &mut desk.reporter) else { continue };
        let length = secret.reveal().chars().count();
        if length < LEAST_SECRET {
            let at = &reference.place();
            let message = format!("this secret has {length} characters; one of fewer than {LEAST_SECRET} could be guessed");
            desk.reporter.error(Code::SecretWeak, at, message, "draw one with `openssl rand -base64 32`");
            continue;
        }
        secrets.push(secret);
    }
    if secrets.len() < listed.value.len() {
        return None;
    }
    let secrets = ClientSecrets(secrets);
    Some(match method {
        Authentication::ClientSecretPost => ClientAuthentication::ClientSecretPost(secrets),
        Authentication::ClientSecretBasic => ClientAuthentication::ClientSecretBasic(secrets),
        Authentication::ClientSecret | Authentication::None => ClientAuthentication::ClientSecret(secrets),
    })
}

/// A public client without PKCE would have no proof at all.
fn pkce(raw: &file::Client, desk: &mut Desk<'_>) -> Pkce {
    let is_public = raw.authentication.as_ref().is_some_and(|at| at.value == Authentication::None);
    match &raw.pkce {
        Some(at) if at.value == PkceRule::Optional && is_public => {
            let hint = "take `pkce` out: a public client always uses it";
            desk.reporter.error(Code::Contradiction, &at.span, "PKCE is all that a public client proves itself with", hint);
            Pkce::Required
        }
        Some(at) if at.value == PkceRule::Optional => Pkce::Optional,
        Some(_) | None => Pkce::Required,
    }
}

fn launch_url(raw: &file::Client, redirect_uris: &[RegisteredUri], reporter: &mut Reporter) -> Option<Url> {
    let Some(text) = &raw.launch_url else {
        if let Some(at) = raw.listed.as_ref().filter(|at| at.value) {
            let hint = "add `launch_url = \"https://…\"`: where My Apps opens it";
            reporter.warn(Code::NotLaunchable, &at.span, "My Apps can't open this app: it has no launch_url", hint);
        }
        return None;
    };
    let url = values::public_url(text, reporter)?;
    let origin = url.origin().ascii_serialization();
    let mut origins: BTreeSet<String> = redirect_uris.iter().filter_map(RegisteredUri::origin).collect();
    if !origins.is_empty() && !origins.contains(&origin) {
        let known = std::mem::take(&mut origins).into_iter().collect::<Vec<_>>().join(", ");
        let message = format!("this app is started at {origin}, and comes back from a sign-in to {known}");
        reporter.warn(Code::LaunchOrigin, &text.span, message, "if that is not meant, correct one of `launch_url` and `redirect_uris`");
    }
    Some(url)
}

fn description(text: &At<String>, reporter: &mut Reporter) -> Option<String> {
    let line = text.value.trim();
    let wrong = match line.chars().count() {
        0 => "this description is empty",
        201.. => "this description is longer than 200 characters",
        _ if line.chars().any(char::is_control) => "this description has line ends or other control characters in it",
        _ => return Some(line.to_owned()),
    };
    reporter.error(Code::Name, &text.span, wrong, "say on one line what guests do with the app");
    None
}

/// Permissions are given to who holds a token in the app's own name, and only a secret brings such a token.
fn permissions(raw: &file::Client, reporter: &mut Reporter) -> BTreeSet<Permission> {
    let Some(listed) = &raw.permissions else { return BTreeSet::new() };
    let is_public = raw.authentication.as_ref().is_some_and(|at| at.value == Authentication::None);
    if is_public && !listed.value.is_empty() {
        let hint = "take `permissions` out, or give them to a client that keeps a secret on a server of its own";
        reporter.error(Code::PermissionsUnproven, &listed.span, "a public client can't prove that it is the one permitted", hint);
    }
    let mut permissions = BTreeSet::new();
    for at in &listed.value {
        if !permissions.insert(at.value) {
            reporter.error(Code::Repeated, &at.span, "this permission is listed twice", "take one of them out");
        }
    }
    permissions
}
