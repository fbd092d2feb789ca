//! Leaving an organisation: what it means, asked once more before it is done.

use askama::Template;

use super::{Frame, my_apps::SignedIn, write};

/// No `Debug`: the token is a secret.
#[derive(Clone, Template)]
#[template(path = "leave_organization.html")]
pub struct LeaveOrganization {
    pub frame: Frame,
    pub signed_in: SignedIn,
    /// `/{tenant}/account/leave`.
    pub action: String,
    pub token: String,
    /// My account: the way back.
    pub stay_href: String,
    /// The button was pressed, and the box not ticked.
    pub is_unconfirmed: bool,
}

impl LeaveOrganization {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self {
            frame: Frame::sample(),
            signed_in: SignedIn::sample(),
            action: "/contoso/account/leave".into(),
            token: "q8V3mC1xZr7yT2nK5wLpAe9dFhGjBsUo4iXvN6tYcMk".into(),
            stay_href: "/contoso/account".into(),
            is_unconfirmed: false,
        }
    }

    fn heading(&self) -> String {
        self.frame.of_tenant("leaving-title")
    }

    fn title(&self) -> String {
        let heading = self.heading();
        if self.is_unconfirmed { self.frame.page_title_wrong(&heading) } else { self.frame.page_title(&heading) }
    }
}
