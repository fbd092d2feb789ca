//! What people see: one typed struct per page, each with a `sample()`, written by a template that is checked when this is
//! compiled and escapes what it is given. No decisions: what to show comes in as values. Nothing here needs JavaScript, and
//! nothing is fetched from elsewhere.

use askama::Template;

mod accent;
mod account_picker;
mod assets;
mod confirm_organization;
mod consent;
mod create_account;
mod csp;
mod date;
mod device;
mod device_confirm;
mod device_done;
mod done;
mod elsewhere;
mod error_page;
mod form_post;
mod frame;
mod goodbye;
mod leave;
mod leave_organization;
mod mismatch;
mod my_account;
mod my_apps;
mod organization;
mod passcode;
mod provider;
mod redeem;
pub mod samples;
mod sign_in;
mod sign_out;
mod terms;

pub use accent::Accent;
pub use account_picker::{AccountPicker, Home};
pub use assets::{Asset, asset};
pub use confirm_organization::ConfirmOrganization;
pub use consent::Consent;
pub use create_account::CreateAccount;
pub use csp::{csp, csp_form_post, csp_form_post_framed, csp_framed};
pub use device::Device;
pub use device_confirm::DeviceConfirm;
pub use device_done::DeviceDone;
pub use done::Done;
pub use elsewhere::{Elsewhere, Waiting};
pub use error_page::{AccountMismatch, ErrorPage, Way};
pub use form_post::FormPost;
pub use frame::{Frame, Language};
pub use goodbye::Goodbye;
pub use leave::Leave;
pub use leave_organization::LeaveOrganization;
pub use mismatch::Mismatch;
pub use my_account::{Agreement, Ends, Membership, MyAccount, Session};
pub use my_apps::{App, MyApps, SignedIn, WaitingTerms};
pub use organization::{Organization, Remembered};
pub use passcode::{Notice, Passcode};
pub use provider::{Icon, Provider};
pub use redeem::{Block, Redeem};
pub use sign_in::SignIn;
pub use sign_out::{SignOut, SignedOut};
pub use terms::{Body, Document, DocumentPage, Place, TermsOfUse};

/// Where the forms of one sign-in go, and the token that lets this page send one. No `Debug`: the token is a secret.
#[derive(Clone)]
pub struct FlowForms {
    /// `/{tenant}/signin/{flow}`; each form adds its step.
    pub path: String,
    /// The one-time form token.
    pub token: String,
}

impl FlowForms {
    pub fn sample() -> Self {
        Self {
            path: "/contoso/signin/0190b5f2c3d47e1a8b6c5d4e3f2a1b0c".into(),
            token: "q8V3mC1xZr7yT2nK5wLpAe9dFhGjBsUo4iXvN6tYcMk".into(),
        }
    }
}

/// A page that leads back to the app.
#[derive(Debug, Clone)]
pub struct AppLink {
    pub app: String,
    pub href: String,
}

fn write(page: &impl Template) -> String {
    page.render().expect("our templates write strings and numbers into a string, and that can't fail")
}

#[cfg(test)]
mod tests;
