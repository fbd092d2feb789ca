//! From what comes next to the page that asks it.

use actix_web::{HttpResponse, http::StatusCode};
use url::Url;

use super::{
    caller::Caller,
    handoff,
    reply::{self, Framing},
    terms,
};
use crate::{
    domain::{
        errand::Destination,
        error_code::ErrorCode,
        flow::{Flow, Next, PasscodeNotice, Remedy},
        home_realm,
        id::{FlowId, IdpId},
        identity::{VerifiedIdentity, Voucher},
        locale::Locale,
    },
    pages::{
        self, Accent, AccountMismatch, AccountPicker, AppLink, Consent, CreateAccount, Done, ErrorPage, FlowForms, Frame, Home, Language,
        Mismatch, Notice, Passcode, Provider, SignIn, Way,
    },
    signin::{
        form,
        review::{self, Shown},
    },
};

/// Where a sign-in's pages live. Relative, so that what the browser asked for is what it stays with.
pub(super) fn path(caller: &Caller, flow: FlowId) -> String {
    format!("/{}/signin/{flow}", caller.tenant.issuer.segment)
}

/// The page of the flow's present stage.
pub(super) fn page(caller: &Caller, flow: &Flow) -> HttpResponse {
    let frame = frame_of_flow(caller, flow);
    let forms = FlowForms { path: path(caller, flow.id), token: form::token(&caller.tenant, flow) };
    let (status, text) = match flow.next() {
        Next::AskAddress { .. } if flow.errand.handoff().is_some() => (StatusCode::OK, handoff::confirmation(caller, flow, frame, forms)),
        Next::AskAddress { prefill, notice } => {
            let page = SignIn {
                frame,
                forms,
                app: app_name(caller, flow),
                address: prefill.unwrap_or_default().to_owned(),
                error: notice,
                providers: home_realm::offered(&caller.tenant).map(Provider::from).collect(),
                organization_href: Some("/common".into()),
            };
            (StatusCode::OK, page.render())
        }
        Next::ChooseAccount { address, homes } => {
            let homes = homes.iter().filter_map(|id| home(caller, id, &address.to_string())).collect();
            (StatusCode::OK, AccountPicker { frame, forms, homes }.render())
        }
        Next::OfferNewAccount { address, .. } => {
            let is_address_fixed = flow.errand.redemption().is_some();
            (StatusCode::OK, CreateAccount { frame, forms, address: address.to_string(), is_address_fixed }.render())
        }
        Next::AskPasscode { address, proves, challenge, notice } => {
            let policy = &caller.tenant.passcode;
            let wait = challenge.resend_at(policy).since(caller.door.porter.clock.now()).as_secs();
            let page = Passcode {
                frame,
                forms,
                address: address.to_string(),
                digits: policy.length,
                lifetime_minutes: u32::try_from(policy.lifetime.as_secs() / 60).unwrap_or(u32::MAX),
                // "A moment ago" is over when the wait is.
                notice: notice.filter(|notice| wait > 0 || *notice != PasscodeNotice::TooSoon).map(said),
                resend_gap: u32::try_from(policy.resend_gap.as_secs()).ok().filter(|_| wait > 0),
                makes_account: *proves == Voucher::EmailVerified,
                is_address_fixed: flow.errand.redemption().is_some(),
                sender: caller.door.mail_sender.clone(),
            };
            (StatusCode::OK, page.render())
        }
        Next::AskConsent { owed, identity, opened, is_reminded } => {
            let (address, provider) = (signed_in_as(identity), provider_name(caller, identity));
            let page = match review::shown(&caller.tenant, flow) {
                Some(Shown::Permissions(document)) => Consent { frame, forms, document, address, provider }.render(),
                Some(Shown::Terms(shown)) => {
                    let asked = terms::Asked { shown, place: terms::place(flow, owed), opened, is_reminded };
                    asked.page(frame, forms, address, provider).render()
                }
                None => Done { frame, app: back_to_app(caller, flow) }.render(),
            };
            (StatusCode::OK, page)
        }
        Next::Stop { code, .. } => {
            let again = if is_worth_another_try(code) { Way::Again(forms) } else { Way::AnotherAccount(forms) };
            let apps = (code == ErrorCode::AppNotAssigned).then(|| Way::MyApps(place(caller, &Destination::Apps)));
            let ways = [apps, Some(again), back_to_app(caller, flow).map(Way::BackToApp)];
            let page = ErrorPage { frame, code, accounts: None, ways: ways.into_iter().flatten().collect() };
            (reply::status(code), page.render())
        }
        Next::ConfirmAccount { invited, identity, remedy } => {
            let (invited, proven) = (invited.to_string(), signed_in_as(identity));
            let code = match remedy {
                Remedy::SwitchOrConfirm => None,
                Remedy::Switch => Some(ErrorCode::WrongAccount),
                Remedy::AnotherGuests => Some(ErrorCode::AnotherGuestsAccount),
            };
            match code {
                None => (StatusCode::OK, Mismatch { frame, forms, invited, proven, provider: provider_name(caller, identity) }.render()),
                Some(code) => {
                    let accounts = Some(AccountMismatch { expected: invited.clone(), proven });
                    let ways = [Some(Way::SignInAs(forms, invited)), back_to_app(caller, flow).map(Way::BackToApp)];
                    let page = ErrorPage { frame, code, accounts, ways: ways.into_iter().flatten().collect() };
                    (reply::status(code), page.render())
                }
            }
        }
        Next::GoElsewhere { .. } => return handoff::waiting(caller, flow, frame, forms),
        Next::Answer { .. } if flow.errand.handoff().is_some() => (StatusCode::OK, handoff::over(caller, flow, frame)),
        // These never wait for a person; should one be asked for all the same, there is nothing more to do here.
        Next::Leave { .. } | Next::MailPasscode { .. } | Next::Admit(_) | Next::Answer { .. } => {
            (StatusCode::OK, Done { frame, app: back_to_app(caller, flow) }.render())
        }
    };
    let destination = flow.errand.request().map(|request| request.redirect_uri.as_str());
    reply::html(status, text, &policy(caller, destination.as_slice()))
}

/// Whether the same account may well come through the next time.
fn is_worth_another_try(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::UpstreamUnavailable
            | ErrorCode::UpstreamDenied
            | ErrorCode::UpstreamMismatch
            | ErrorCode::UpstreamIssuer
            | ErrorCode::UpstreamSignature
            | ErrorCode::UpstreamAudience
            | ErrorCode::UpstreamBinding
            | ErrorCode::UpstreamTime
            | ErrorCode::UpstreamTokenRefused
            | ErrorCode::MailUnavailable
            | ErrorCode::TooManyPasscodes
            | ErrorCode::TooManyGuesses
            | ErrorCode::WrongAccount
            | ErrorCode::ConsentDeclined
    ) || is_partners_fault(code)
}

/// What a SAML or WS-Federation partner's answer had wrong, but for what it says of this very account.
fn is_partners_fault(code: ErrorCode) -> bool {
    let is_of_the_account =
        matches!(code, ErrorCode::SamlSubject | ErrorCode::SamlAddress | ErrorCode::WsFedImmutableId | ErrorCode::DomainUnproven);
    code.code().starts_with("GH31") && !is_of_the_account
}

fn said(notice: PasscodeNotice) -> Notice {
    match notice {
        PasscodeNotice::Wrong { tries_left } => Notice::Wrong { tries_left },
        PasscodeNotice::Dead => Notice::Dead,
        PasscodeNotice::TooSoon => Notice::TooSoon,
        PasscodeNotice::Resent => Notice::Resent,
    }
}

/// The tenant's frame around a page that belongs to no sign-in.
pub(super) fn frame(caller: &Caller, locale: Locale) -> Frame {
    let branding = &caller.tenant.branding;
    Frame {
        tenant: caller.tenant.name.clone(),
        logo: caller.door.logos.contains_key(&caller.tenant.id).then(|| format!("/{}/branding/logo", caller.tenant.issuer.segment)),
        accent: branding.color.as_deref().and_then(Accent::parse).unwrap_or_default(),
        locale,
        languages: Vec::new(),
        reference: Some(caller.reference.clone()),
    }
}

fn frame_of_flow(caller: &Caller, flow: &Flow) -> Frame {
    let here = path(caller, flow.id);
    Frame {
        languages: Language::all(|locale| format!("{here}?ui_locales={}", locale.tag())),
        reference: Some(reply::reference_of(flow.id)),
        ..frame(caller, flow.locale)
    }
}

pub(super) fn app_name(caller: &Caller, flow: &Flow) -> Option<String> {
    caller.tenant.clients.get(flow.errand.client()?).map(|client| client.name.clone())
}

/// Where a destination is. What the operator has taken out since is My Apps.
pub(super) fn place(caller: &Caller, destination: &Destination) -> String {
    let tenant = &caller.tenant;
    let apps = || format!("/{}/apps", tenant.issuer.segment);
    match destination {
        Destination::Apps => apps(),
        Destination::Account => format!("/{}/account", tenant.issuer.segment),
        Destination::Client(id) => {
            tenant.clients.get(id).and_then(|client| client.launch_url.as_ref()).map_or_else(apps, ToString::to_string)
        }
        Destination::Page(url) => match Destination::of(tenant, url.as_str()) {
            Some(Destination::Page(url)) => url.to_string(),
            Some(Destination::Apps | Destination::Account | Destination::Client(_)) | None => apps(),
        },
    }
}

/// The app's own front door, if the operator gave it.
fn back_to_app(caller: &Caller, flow: &Flow) -> Option<AppLink> {
    let client = caller.tenant.clients.get(flow.errand.client()?)?;
    Some(AppLink { app: client.name.clone(), href: client.launch_url.as_ref()?.to_string() })
}

/// Ways on where no sign-in is known: the tenant's apps that have a front door, as many as a person can read.
pub(super) fn ways_home(caller: &Caller) -> impl Iterator<Item = Way> {
    let doors = caller.tenant.clients.values().filter_map(|client| Some((client, client.launch_url.as_ref()?)));
    doors.take(4).map(|(client, url)| Way::BackToApp(AppLink { app: client.name.clone(), href: url.to_string() }))
}

fn home(caller: &Caller, id: &IdpId, address: &str) -> Option<Home> {
    let provider = caller.tenant.providers.get(id)?;
    Some(Home { provider: provider.into(), address: address.to_owned() })
}

pub(super) fn signed_in_as(identity: &VerifiedIdentity) -> String {
    match (&identity.address, &identity.name) {
        (Some(asserted), _) => asserted.address.to_string(),
        (None, Some(name)) => name.clone(),
        (None, None) => String::new(),
    }
}

fn provider_name(caller: &Caller, identity: &VerifiedIdentity) -> Option<String> {
    match &identity.voucher {
        Voucher::Provider(id) => caller.tenant.providers.get(id).map(|provider| provider.name.clone()),
        Voucher::Passcode | Voucher::EmailVerified => None,
    }
}

/// The policy of a page whose forms may end at `destinations`.
///
/// Chromium applies `form-action` to every redirect after a POST, and an upstream may redirect on (Entra to a partner's own sign-in),
/// so any https target is allowed; what is neither https nor ours must be a destination we know.
pub(super) fn policy(caller: &Caller, destinations: &[&str]) -> String {
    let sources = sources(caller, destinations);
    pages::csp(&sources.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The same for a page whose form sends itself.
pub(super) fn policy_of_form_post(caller: &Caller, destination: &str, framing: Framing) -> String {
    let sources = sources(caller, &[destination]);
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    match framing {
        Framing::Never => pages::csp_form_post(&sources),
        Framing::ByPartners => pages::csp_form_post_framed(&sources, ancestors(caller)),
    }
}

/// Whose pages may frame what partners load in a frame: nobody's by plain http, but where all is on loopback.
pub(super) fn ancestors(caller: &Caller) -> &'static [&'static str] {
    if caller.door.is_https { &["https:"] } else { &["https:", "http:"] }
}

fn sources(caller: &Caller, destinations: &[&str]) -> Vec<String> {
    let mut sources: Vec<String> = vec!["https:".into()];
    if !caller.door.is_https {
        sources.push("http:".into());
    }
    sources.extend(destinations.iter().map(|uri| source(uri)));
    sources
}

/// A redirect URI as a CSP source: its origin, or its private-use scheme.
pub(super) fn source(uri: &str) -> String {
    match Url::parse(uri) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => url.origin().ascii_serialization(),
        Ok(url) => format!("{}:", url.scheme()),
        Err(_) => String::new(),
    }
}
