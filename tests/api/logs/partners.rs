//! What federation partners bring, and how they fail.

use gatehouse::demo::partner::{AUTHN_FAILED, Response, Sealing, Status, for_post, posted};

use super::{Aviary, KIWI};
use crate::world::{Ask, Browser, Page, RelyingParty, person};

impl Aviary {
    /// A sign-in at a partner, with everything its answer is made of.
    pub(super) async fn at_partner(&mut self, portal: &RelyingParty, address: &str) -> (Browser, Ask, Page) {
        let (mut browser, ask) = (self.outside.world.browser(), portal.asks(&[("login_hint", address)]));
        self.remember(&ask);
        let page = browser.get(&ask.url).await;
        self.see(&browser, &page);
        let (to, fields) = self.outside.world.partners().answer(&page, &person(address));
        for (_, value) in &fields {
            self.note(value);
            let xml = posted(value).unwrap_or_else(|_| value.clone());
            // Signature values and names: whatever stands between two tags or quotes and is long, but for ids, which operators look for.
            let is_secret = |word: &&str| word.len() >= 30 && !word.contains([':', '/', '.']) && !word.starts_with('_');
            let words: Vec<&str> = xml.split(['<', '>', '"', ' ']).filter(is_secret).collect();
            let published = self.outside.world.partners().certificates();
            words.iter().filter(|word| !published.iter().any(|known| known.contains(**word))).for_each(|word| self.note(word));
        }
        self.note(&person(address).subject);
        let page = browser.carry(&to, &fields).await;
        let page = self.follow(&mut browser, page).await;
        (browser, ask, page)
    }
}

pub(super) async fn misbehave(aviary: &mut Aviary, portal: &RelyingParty) {
    type Bend = fn(&mut Response);
    let bends: [Bend; 7] = [
        |response| response.assertions[0].issuer = "urn:somebody-else".into(),
        |response| response.assertions[0].conditions.as_mut().unwrap().audiences = vec![vec!["urn:x".into()]],
        |response| response.assertions[0].confirmations.clear(),
        |response| response.assertions[0].attributes.clear(),
        |response| response.assertions[0].attributes[0].values = vec!["canary@elsewhere.example".into()],
        |response| response.assertions[0].subject = None,
        |response| response.status = Status::failed(AUTHN_FAILED, "canary"),
    ];
    for bend in bends {
        aviary.outside.world.wingtip().answer_with(bend);
        let (_, _, page) = aviary.at_partner(portal, KIWI).await;
        assert!(page.error().is_some(), "{}", page.text());
    }
    aviary.outside.world.wingtip().behave();
    aviary.outside.world.wingtip().seal_with(|_| Sealing::nothing());
    assert!(aviary.at_partner(portal, KIWI).await.2.error().is_some());
    aviary.outside.world.wingtip().behave();
    // Touched on its way, sent twice, to the wrong door, unasked, as a logout.
    let (mut browser, ask) = (aviary.outside.world.browser(), portal.asks(&[("login_hint", KIWI)]));
    let page = browser.get(&ask.url).await;
    let (to, fields) = aviary.outside.world.partners().answer(&page, &person(KIWI));
    let touched = for_post(&posted(&fields[0].1).unwrap().replace(KIWI, "canary@wingtip.example"));
    for fields in [
        vec![("SAMLResponse".to_owned(), touched.clone()), fields[1].clone()],
        vec![("SAMLResponse".to_owned(), touched.clone())],
        vec![("SAMLResponse".to_owned(), "canary".to_owned()), ("RelayState".to_owned(), "canary".to_owned())],
        vec![
            ("wa".to_owned(), "wsignin1.0".to_owned()),
            ("wresult".to_owned(), "<canary".to_owned()),
            ("wctx".to_owned(), "canary".to_owned()),
        ],
        vec![("SAMLRequest".to_owned(), touched.clone())],
    ] {
        for to in [&to, &format!("{to}/logout"), &to.replace("wingtip", "proseware")] {
            let page = browser.carry(to, &fields).await;
            aviary.see(&browser, &page);
        }
    }
}
