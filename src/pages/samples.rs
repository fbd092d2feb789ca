//! Every page in the states people meet, for looking at: screenshots, accessibility checks and tests use this list.

use super::{
    Accent, AccountMismatch, AccountPicker, AppLink, Block, ConfirmOrganization, Consent, CreateAccount, Device, DeviceConfirm, DeviceDone,
    Done, Elsewhere, ErrorPage, FlowForms, FormPost, Frame, Goodbye, Leave, LeaveOrganization, Mismatch, MyAccount, MyApps, Notice,
    Organization, Passcode, Redeem, SignIn, SignOut, SignedOut, Waiting, Way,
    terms::{Document, DocumentPage, Place, TermsOfUse},
};
use crate::domain::{error_code::ErrorCode, locale::Locale};

/// Name and HTML of every sample in `locale`.
pub fn all(locale: Locale) -> Vec<(String, String)> {
    let frame = Frame { locale, ..Frame::sample() };
    let sign_in = SignIn { frame: frame.clone(), ..SignIn::sample() };
    let passcode = Passcode { frame: frame.clone(), ..Passcode::sample() };
    let mut consent = Consent { frame: frame.clone(), ..Consent::sample() };
    consent.document.locale = locale;
    let mut bare_consent = consent.clone();
    (bare_consent.document.statement, bare_consent.document.contact) = (None, None);
    let terms = TermsOfUse { frame: frame.clone(), language: locale, ..TermsOfUse::sample() };
    let error = ErrorPage { frame: frame.clone(), ..ErrorPage::sample() };
    let portal = AppLink { app: "Portal".into(), href: "https://portal.contoso.example/".into() };
    let logo = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 210 48'%3E%3Ccircle cx='24' cy='24' r='20' fill='%23ffb000'/%3E\
                %3Ctext x='54' y='33' font-family='sans-serif' font-size='26' font-weight='700' fill='%23222'%3EWoodgrove%3C/text%3E%3C/svg%3E";
    let branded = Frame {
        tenant: "Woodgrove Bank".into(),
        logo: Some(logo.into()),
        accent: Accent::parse("#ffb000").unwrap_or_default(),
        ..frame.clone()
    };
    let of_signing_in = [
        ("sign-in-logo", SignIn { frame: branded, ..sign_in.clone() }.render()),
        ("sign-in", sign_in.render()),
        ("sign-in-alone", SignIn { providers: Vec::new(), organization_href: Some("/common".into()), ..sign_in.clone() }.render()),
        ("sign-in-wrong", SignIn { address: "ana@fabrikam".into(), error: Some(ErrorCode::InvalidAddress), ..sign_in }.render()),
        ("account-picker", AccountPicker { frame: frame.clone(), ..AccountPicker::sample() }.render()),
        ("create-account", CreateAccount { frame: frame.clone(), ..CreateAccount::sample() }.render()),
        ("passcode", passcode.render()),
        ("passcode-wrong", Passcode { notice: Some(Notice::Wrong { tries_left: 3 }), resend_gap: None, ..passcode.clone() }.render()),
        ("passcode-new-account", Passcode { makes_account: true, ..passcode.clone() }.render()),
        ("passcode-resent", Passcode { notice: Some(Notice::Resent), sender: None, ..passcode }.render()),
        ("consent", consent.render()),
        ("consent-no-links", Consent { provider: None, ..bare_consent }.render()),
        ("terms", terms.render()),
        (
            "terms-pdf",
            TermsOfUse { document: Document::Pdf(214), place: Place { number: 2, of: 2 }, language: Locale::Fr, ..terms.clone() }.render(),
        ),
        (
            "terms-must-open",
            TermsOfUse { document: Document::Page, is_unopened: true, place: Place { number: 1, of: 1 }, ..terms.clone() }.render(),
        ),
        ("terms-reminder", TermsOfUse { document: Document::Pdf(214), is_unopened: true, is_reminded: true, ..terms }.render()),
        ("document", DocumentPage { frame: Frame { locale, ..DocumentPage::sample().frame }, ..DocumentPage::sample() }.render()),
        ("error", error.render()),
        (
            "error-wrong-account",
            ErrorPage {
                code: ErrorCode::WrongAccount,
                accounts: Some(AccountMismatch { expected: "ana@fabrikam.example".into(), proven: "ana.private@gmail.com".into() }),
                ways: vec![Way::SignInAs(FlowForms::sample(), "ana@fabrikam.example".into())],
                ..error.clone()
            }
            .render(),
        ),
        (
            "error-not-assigned",
            ErrorPage { code: ErrorCode::AppNotAssigned, ways: vec![Way::MyApps("/contoso/apps".into())], ..error }.render(),
        ),
        ("redeem", Redeem { frame: frame.clone(), ..Redeem::sample() }.render()),
        ("redeem-plain", Redeem { frame: frame.clone(), inviter: None, app: None, message: None, ..Redeem::sample() }.render()),
        ("block", Block { frame: frame.clone(), ..Block::sample() }.render()),
        ("block-done", Block { frame: frame.clone(), is_done: true, ..Block::sample() }.render()),
        ("mismatch", Mismatch { frame: frame.clone(), ..Mismatch::sample() }.render()),
        (
            "error-house",
            ErrorPage {
                frame: Frame { reference: frame.reference.clone(), languages: frame.languages.clone(), ..Frame::house(locale) },
                code: ErrorCode::UnknownTenant,
                accounts: None,
                ways: vec![Way::StartAgain("/".into())],
            }
            .render(),
        ),
        ("form-post", FormPost { frame: Frame { locale, ..FormPost::sample().frame }, ..FormPost::sample() }.render()),
        ("leave", Leave { frame: Frame { locale, ..Leave::sample().frame }, ..Leave::sample() }.render()),
        ("sign-out", SignOut { frame: frame.clone(), ..SignOut::sample() }.render()),
        ("signed-out", SignedOut { frame: frame.clone(), unconfirmed: None }.render()),
        ("signed-out-here-only", SignedOut { frame: frame.clone(), ..SignedOut::sample() }.render()),
        ("done", Done { frame: frame.clone(), app: Some(portal) }.render()),
    ];
    of_signing_in
        .into_iter()
        .chain(of_the_portal(&frame))
        .chain(of_another_browser(&frame))
        .map(|(name, html)| (name.to_owned(), html))
        .collect()
}

/// Our own pages for guests.
fn of_the_portal(frame: &Frame) -> Vec<(&'static str, String)> {
    let frame = frame.clone();
    let apps = MyApps { frame: frame.clone(), ..MyApps::sample() };
    let account = MyAccount { frame: frame.clone(), ..MyAccount::sample() };
    let leave = LeaveOrganization { frame: frame.clone(), ..LeaveOrganization::sample() };
    let house = Frame { languages: frame.languages.clone(), ..Frame::house(frame.locale) };
    let organization = Organization { frame: house.clone(), ..Organization::sample() };
    let signed_in = super::SignedIn { provider: None, ..apps.signed_in.clone() };
    let denied = ErrorPage {
        frame: frame.clone(),
        code: ErrorCode::LeavingNotAllowed,
        accounts: None,
        ways: vec![
            Way::Write("privacy@contoso.example".into()),
            Way::BackToApp(AppLink { app: frame.text("apps-title").into_owned(), href: "/contoso/apps".into() }),
        ],
    };
    vec![
        ("my-apps", apps.render()),
        ("my-apps-nothing-found", MyApps { query: "payroll".into(), apps: Vec::new(), ..apps.clone() }.render()),
        ("my-apps-none", MyApps { apps: Vec::new(), waiting: Vec::new(), total: 0, signed_in: signed_in.clone(), ..apps }.render()),
        ("my-account", account.render()),
        ("my-account-new", {
            let sessions = account.sessions.iter().take(1).cloned().collect();
            let organizations = account.organizations.iter().take(1).cloned().collect();
            MyAccount { name: None, agreements: Vec::new(), sessions, organizations, signed_in, ..account }.render()
        }),
        ("leave-organization", leave.render()),
        ("leave-organization-unconfirmed", LeaveOrganization { is_unconfirmed: true, ..leave }.render()),
        ("leaving-not-allowed", denied.render()),
        ("goodbye", Goodbye { frame, ..Goodbye::sample() }.render()),
        ("organization", organization.render()),
        (
            "organization-unknown",
            Organization {
                typed: "contosso.example".into(),
                error: Some(ErrorCode::UnknownOrganization),
                remembered: Vec::new(),
                ..organization
            }
            .render(),
        ),
        ("confirm-organization", ConfirmOrganization { frame: house, ..ConfirmOrganization::sample() }.render()),
    ]
}

/// Where an app's own window and another browser work together.
fn of_another_browser(frame: &Frame) -> Vec<(&'static str, String)> {
    let elsewhere = Elsewhere { frame: frame.clone(), ..Elsewhere::sample() };
    let device = Device { frame: frame.clone(), ..Device::sample() };
    vec![
        ("elsewhere", elsewhere.render()),
        ("elsewhere-paused", Elsewhere { state: Waiting::Paused, has_passcode: false, ..elsewhere.clone() }.render()),
        ("elsewhere-over", Elsewhere { state: Waiting::Over, ..elsewhere.clone() }.render()),
        ("elsewhere-done", Elsewhere { state: Waiting::Done, ..elsewhere }.render()),
        ("device", device.render()),
        ("device-wrong", Device { code: "BCDF-GHJKL".into(), error: Some(ErrorCode::HandoffGone), ..device }.render()),
        ("device-confirm", DeviceConfirm { frame: frame.clone(), ..DeviceConfirm::sample() }.render()),
        ("device-done", DeviceDone { frame: frame.clone(), ..DeviceDone::sample() }.render()),
    ]
}
