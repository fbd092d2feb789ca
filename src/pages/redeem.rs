//! An invitation's link: who invites, to where, and that nothing has happened yet. And the page that ends invitations for good.

use askama::Template;

use super::{Frame, write};

/// No `Debug`: the ticket is a secret.
#[derive(Clone, Template)]
#[template(path = "redeem.html")]
pub struct Redeem {
    pub frame: Frame,
    /// `/{tenant}/redeem`.
    pub action: String,
    /// The handle in the link.
    pub ticket: String,
    /// Drawn for this page: the same button pressed twice is one sign-in.
    pub press: String,
    /// Who invites, as the organisation names them.
    pub inviter: Option<String>,
    /// The organisation's domain.
    pub domain: String,
    /// The address invited.
    pub invited: String,
    /// The app that it leads to; none for My Apps.
    pub app: Option<String>,
    /// What the inviter wrote: text, line by line.
    pub message: Option<String>,
    /// `/{tenant}/invitations/block?ticket=…`.
    pub block_href: String,
}

impl Redeem {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self {
            frame: Frame::sample(),
            action: "/contoso/redeem".into(),
            ticket: "Zm9yIHRoZSBwYWdlIHRvIGxvb2sgYXMgaW4gbGlmZTE".into(),
            press: "q8V3mC1xZr7yT2nK5wLpAe9dFhGjBsUo4iXvN6tYcMk".into(),
            inviter: Some("Kim Akers".into()),
            domain: "contoso.example".into(),
            invited: "ana@fabrikam.example".into(),
            app: Some("Portal".into()),
            message: Some("Hello Ana,\nhere is the workspace we talked about. See you on Monday!".into()),
            block_href: "/contoso/invitations/block?ticket=Zm9yIHRoZSBwYWdlIHRvIGxvb2sgYXMgaW4gbGlmZTE".into(),
        }
    }

    fn heading(&self) -> String {
        self.frame.of_tenant("redeem-title")
    }

    fn lead(&self) -> String {
        let texts = self.frame.texts();
        let (tenant, domain) = ((&self.frame.tenant).into(), (&self.domain).into());
        match &self.inviter {
            Some(inviter) => texts.with("redeem-lead-by", &[("inviter", inviter.into()), ("tenant", tenant), ("domain", domain)]),
            None => texts.with("redeem-lead", &[("tenant", tenant), ("domain", domain)]),
        }
    }

    fn leads_to(&self) -> String {
        match &self.app {
            Some(app) => self.frame.texts().with("redeem-app", &[("app", app.into())]),
            None => self.frame.text("redeem-apps").into_owned(),
        }
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.message.iter().flat_map(|message| message.lines())
    }
}

/// "No more invitations from here." No `Debug`: the ticket is a secret.
#[derive(Clone, Template)]
#[template(path = "block.html")]
pub struct Block {
    pub frame: Frame,
    /// `/{tenant}/invitations/block`.
    pub action: String,
    pub ticket: String,
    pub address: String,
    pub is_done: bool,
}

impl Block {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        Self {
            frame: Frame::sample(),
            action: "/contoso/invitations/block".into(),
            ticket: "Zm9yIHRoZSBwYWdlIHRvIGxvb2sgYXMgaW4gbGlmZTE".into(),
            address: "ana@fabrikam.example".into(),
            is_done: false,
        }
    }

    fn heading(&self) -> String {
        if self.is_done { self.frame.text("block-done-title").into_owned() } else { self.frame.of_tenant("block-title") }
    }
}
