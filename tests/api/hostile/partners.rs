//! Partners who mean harm, and whoever plays them (`security.md` A and B): every refusal through the real door, with its own code, and
//! with everything as it was before.

pub mod documents;
mod keys;
mod logout;
mod rules;
mod wrapping;
mod ws_fed;

use gatehouse::{
    demo::partner::{Person, for_post, posted},
    domain::{
        flow::Stage,
        id::{FlowId, IdpId, TenantId},
    },
    random,
    store::sessions::Key,
    trail, upstream,
};

use crate::{
    partner::Fields,
    world::{Ask, Browser, Page, RelyingParty, Setup, World, person},
};

/// A world with partners, and an app.
pub async fn open(tenant: &str) -> (World, RelyingParty) {
    let world = Setup::new().partners().tenant("contoso", tenant).open().await;
    let portal = world.app("contoso", "portal").await;
    (world, portal)
}

/// Somebody at a partner, whose answer is about to come.
pub struct Traveller<'w> {
    pub world: &'w World,
    pub browser: Browser,
    pub ask: Ask,
    /// The page that led to the partner.
    pub page: Page,
    pub person: Person,
    pub flow: FlowId,
    pub provider: &'static str,
    revision: u64,
}

impl<'w> Traveller<'w> {
    /// Left for Wingtip, by SAML.
    pub async fn saml(world: &'w World, portal: &RelyingParty) -> Self {
        Self::of(world, portal, "wingtip").await
    }

    /// Left for Proseware, by WS-Federation.
    pub async fn ws_fed(world: &'w World, portal: &RelyingParty) -> Self {
        Self::of(world, portal, "proseware").await
    }

    async fn of(world: &'w World, portal: &RelyingParty, provider: &'static str) -> Self {
        let person = person(&format!("p{}@{provider}.example", &random::token().reveal().to_lowercase().replace(['-', '_'], "")[..12]));
        let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", &person.address)]));
        let page = browser.get(&ask.url).await;
        let (_, fields) = world.partners().answer(&page, &person);
        let state = &fields.last().unwrap().1;
        let flow = upstream::flow_of_state(state).unwrap();
        let (revision, stored) = world.stored("contoso", flow).await.unwrap();
        assert!(matches!(stored.stage, Stage::Away { .. }));
        Self { world, browser, ask, page, person, flow, provider, revision }
    }

    /// What the partner answers about this person, as it was told to.
    pub fn answer(&self) -> Fields {
        self.answer_about(&self.person)
    }

    pub fn answer_about(&self, person: &Person) -> Fields {
        self.world.partners().answer(&self.page, person).1
    }

    /// The answer with its document rewritten.
    pub fn rewritten(&self, change: impl FnOnce(String) -> String) -> Fields {
        let fields = self.answer();
        let document = document(&fields);
        with_document(fields, &change(document))
    }

    pub fn callback(&self) -> String {
        format!("{}/contoso/callback/{}", self.world.url, self.provider)
    }

    async fn arrive(&mut self, fields: &Fields) -> Page {
        let page = self.browser.carry(&self.callback(), fields).await;
        self.browser.follow(page).await
    }

    /// Refused with this code, before anything else happened: the flow stops here, the trail says why, and nothing is left of it.
    pub async fn refused(&mut self, fields: &Fields, code: &str, what: &str) {
        let page = self.arrive(fields).await;
        assert_eq!(page.error(), Some(code), "{what}: {} {}\n{}", page.status, page.url, page.text());
        let (_, stored) = self.world.stored("contoso", self.flow).await.unwrap();
        match &stored.stage {
            Stage::Blocked { code: kept, .. } => assert_eq!(kept.code(), code, "{what}"),
            other => panic!("{what}: the flow is at {other:?}"),
        }
        let events = self.world.events("contoso").await;
        let reference = trail::reference_of(self.flow);
        let event = events.iter().rfind(|event| event.reference == reference).unwrap_or_else(|| panic!("{what}: no word of it is kept"));
        assert_eq!((event.action.as_str(), event.details["code"].as_str()), ("upstream.refused", Some(code)), "{what}");
        self.nothing_is_left(fields, what).await;
    }

    /// Not heard at all: the flow waits for the right answer as before.
    pub async fn unheard(&mut self, fields: &Fields, code: &str, what: &str) {
        let page = self.arrive(fields).await;
        assert_eq!(page.error(), Some(code), "{what}: {}", page.text());
        self.is_still_away(what).await;
        self.nothing_is_left(fields, what).await;
    }

    pub async fn is_still_away(&self, what: &str) {
        let (revision, stored) = self.world.stored("contoso", self.flow).await.unwrap();
        assert!(matches!(stored.stage, Stage::Away { .. }), "{what}");
        assert_eq!(revision, self.revision, "{what}");
    }

    pub async fn nothing_is_left(&self, fields: &Fields, what: &str) {
        assert!(self.browser.cookies.keys().all(|name| !name.contains("gh-s-")), "{what}: signed in");
        assert!(self.world.guest("contoso", &self.person.address).await.is_none(), "{what}: a guest");
        assert!(self.world.guest("contoso", EVE).await.is_none(), "{what}: the wrong guest");
        let document = document(fields);
        for id in document.split("ID=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            for (word, issuer, part) in [("saml\n", self.world.wingtip().entity_id(), '\n'), ("", self.world.proseware().issuer(), '\0')] {
                let digest = random::sha256_base64url(format!("{word}{issuer}{part}{id}").as_bytes());
                let key = Key::used_assertion(&TenantId::parse("contoso").unwrap(), &IdpId::parse(self.provider).unwrap(), &digest);
                assert!(self.world.sessions.read(&key).await.unwrap().is_none(), "{what}: the assertion counts as used");
            }
        }
    }

    /// Believed, and of this very person, whatever else the answer said.
    pub async fn believed(mut self, portal: &RelyingParty, fields: &Fields, what: &str) {
        let page = self.arrive(fields).await;
        assert_eq!(page.shows(), "consent", "{what}: {} {}", page.status, page.text());
        let page = self.browser.press(&page, "accept", &[]).await;
        let claims = portal.tokens(&self.ask, &page).await.claims;
        assert_eq!(claims["email"], self.person.address.as_str(), "{what}");
    }
}

/// Nobody's guest, whom everybody here would like to be.
pub const EVE: &str = "eve@wingtip.example";

/// The XML in an answer's fields.
pub fn document(fields: &Fields) -> String {
    let (name, value) = &fields[fields.iter().position(|(name, _)| name == "SAMLResponse" || name == "wresult").unwrap()];
    if name == "wresult" { value.clone() } else { posted(value).unwrap_or_default() }
}

pub fn with_document(mut fields: Fields, xml: &str) -> Fields {
    for (name, value) in &mut fields {
        match name.as_str() {
            "SAMLResponse" => *value = for_post(xml),
            "wresult" => *value = xml.to_owned(),
            _ => {}
        }
    }
    fields
}

/// The first element of this name, as it is written.
pub fn element<'x>(xml: &'x str, name: &str) -> &'x str {
    let start = xml.find(&format!("<{name}")).unwrap_or_else(|| panic!("no {name} in {xml}"));
    let end = format!("</{name}>");
    &xml[start..start + xml[start..].find(&end).unwrap() + end.len()]
}

/// A copy of the assertion without its signature, under another name and about Eve.
pub fn forged(xml: &str, person: &Person) -> String {
    let assertion = element(xml, "saml:Assertion");
    let bare =
        if assertion.contains("<ds:Signature") { assertion.replace(element(assertion, "ds:Signature"), "") } else { assertion.into() };
    bare.replace(&person.address, EVE).replace(&person.subject, "eve").replacen("ID=\"", "ID=\"_eve", 1)
}
