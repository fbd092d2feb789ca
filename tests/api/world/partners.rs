//! The federation partners of a world, and the person's way through them: they have no pages, so a test says who signs in there.

use gatehouse::{
    clock::Clock,
    demo::partner::{KeyShape, Person},
};
use url::Url;

use super::{Browser, Page, World};
use crate::partner::{Fields, SamlPeer, WsFedPeer};

/// A guest of Wingtip, who speaks SAML.
pub const WIN: &str = "win@wingtip.example";
/// A guest of Proseware, who speaks WS-Federation.
pub const PAM: &str = "pam@proseware.example";

/// What every tenant of such a world has besides the default, with the same placeholders.
pub(super) const TABLES: &str = r#"
[saml.wingtip]
name = "Wingtip"
entity_id = "{wingtip}"
metadata_url = "{wingtip_metadata}"
domains = ["wingtip.example"]
[wsfed.proseware]
name = "Proseware"
issuer = "{proseware}"
metadata_url = "{proseware_metadata}"
domains = ["proseware.example"]
"#;

/// One partner of each kind, with real keys.
pub struct Partners {
    pub wingtip: SamlPeer,
    pub proseware: WsFedPeer,
}

impl Partners {
    pub(super) fn start(clock: &Clock) -> Self {
        Self { wingtip: SamlPeer::start_by(clock, KeyShape::Rsa2048), proseware: WsFedPeer::start_by(clock, KeyShape::Rsa2048) }
    }

    pub(super) fn hosts(&self) -> Vec<String> {
        vec![self.wingtip.host(), self.proseware.host()]
    }

    pub(super) fn fill(&self, text: &str) -> String {
        let known = [
            ("{wingtip}", self.wingtip.entity_id()),
            ("{wingtip_metadata}", self.wingtip.metadata_url()),
            ("{wingtip_sso}", self.wingtip.sign_in_url()),
            ("{proseware}", self.proseware.issuer()),
            ("{proseware_metadata}", self.proseware.metadata_url()),
            ("{proseware_sso}", self.proseware.sign_in_url()),
        ];
        known.iter().fold(text.to_owned(), |text, (place, value)| text.replace(place, value))
    }

    /// Every certificate they publish, in base64: no secrets.
    pub fn certificates(&self) -> Vec<String> {
        [self.wingtip.keys().certificates(), self.proseware.keys().certificates()].concat()
    }

    /// What the browser brings to whichever partner `page` leads to: an address, or the body of a form.
    pub fn asked(&self, page: &Page) -> String {
        let form = page.forms().into_iter().find(|form| form.action == self.wingtip.sign_in_url());
        match (&page.location, form) {
            (Some(to), _) => to.to_string(),
            (None, Some(form)) => url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form.pairs(&[], None)).finish(),
            (None, None) => panic!("nobody is sent to a partner: {} {}\n{}", page.status, page.url, page.body),
        }
    }

    /// The answer about `person` of whichever partner `page` leads to, ready to be posted.
    pub fn answer(&self, page: &Page, person: &Person) -> (String, Fields) {
        let asked = self.asked(page);
        if asked.starts_with(&self.proseware.sign_in_url()) {
            self.proseware.answer(&asked, person)
        } else {
            self.wingtip.answer(&asked, person)
        }
    }
}

impl World {
    /// The partners of a world that was set up with them.
    pub fn partners(&self) -> &Partners {
        self.partners.as_ref().expect("the world was set up with partners")
    }

    pub fn wingtip(&self) -> &SamlPeer {
        &self.partners().wingtip
    }

    pub fn proseware(&self) -> &WsFedPeer {
        &self.partners().proseware
    }

    /// From the page that leads to a partner, through its sign-in as `address`, and on to the next page or the app.
    pub async fn through_partner(&self, browser: &mut Browser, page: &Page, address: &str) -> Page {
        let (to, fields) = self.partners().answer(page, &person(address));
        let page = browser.carry(&to, &fields).await;
        browser.follow(page).await
    }
}

/// Who has this address, wherever it is asked.
pub fn person(address: &str) -> Person {
    let (name, _) = address.split_once('@').unwrap();
    Person::new(address, name)
}

impl Browser {
    /// Posts a partner's form, as its page on another site would.
    pub async fn carry(&mut self, to: &str, fields: &Fields) -> Page {
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post_from("https://partner.example", to, &pairs).await
    }
}

/// A parameter of an address.
pub fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}
