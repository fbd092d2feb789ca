//! Logout messages by Redirect, whose signature is in the query (A16), and by POST. Whatever is refused ends no session.

use gatehouse::demo::partner::{
    KeyShape, LogoutRequest, NameId, PERSISTENT, Parameter, Prefixes, Signer, Signing, Validity, for_post, inflated, signed_query,
    with_query,
};

use super::{Traveller, open};
use crate::world::{Browser, RelyingParty, World};

const SIG_ALG: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/// Whoever is signed in stays so.
async fn lives(browser: &mut Browser, portal: &RelyingParty) -> bool {
    let ask = portal.asks(&[("prompt", "none")]);
    let page = browser.get(&ask.url).await;
    portal.answer(&ask, &page).code.is_some()
}

fn slo(world: &World) -> String {
    format!("{}/contoso/callback/wingtip/logout", world.url)
}

fn request(world: &World, subject: &str) -> LogoutRequest {
    LogoutRequest::new(&world.wingtip().entity_id(), &slo(world), NameId::new(PERSISTENT, subject), None, world.clock.now())
}

#[tokio::test]
async fn a_logout_message_is_heard_as_it_was_signed_and_in_no_other_way() {
    let (world, portal) = open("").await;
    let here = Traveller::saml(&world, &portal).await;
    let (mut browser, page, ask, person) = (here.browser.clone(), here.page.clone(), here.ask.clone(), here.person.clone());
    let page = world.through_partner(&mut browser, &page, &person.address).await;
    let page = browser.press(&page, "accept", &[]).await;
    portal.tokens(&ask, &page).await;
    let (wingtip, to) = (world.wingtip(), slo(&world));
    let xml = request(&world, &person.subject).to_xml(Prefixes::Short, None).unwrap();
    let right = wingtip.farewell(Parameter::Request, &xml, &to, Some("s+/ä"));
    let stranger = Signer::generate(KeyShape::Rsa2048, "stranger", &Validity::around(world.clock.now())).unwrap();
    let theirs = signed_query(Parameter::Request, &xml, None, &stranger, stranger.usual_algorithm()).unwrap();
    let part = |name: &str| right.split(['?', '&']).find(|pair| pair.starts_with(name)).unwrap().to_owned();
    let lower: String = right.replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d").replace("%3A", "%3a");
    assert_ne!(lower, right);
    let bomb = wingtip.farewell(
        Parameter::Request,
        &xml.replace("</samlp:LogoutRequest>", &format!("{}</samlp:LogoutRequest>", " ".repeat(400_000))),
        &to,
        None,
    );
    let old = {
        let mut request = request(&world, &person.subject);
        request.issued_at = request.issued_at - std::time::Duration::from_secs(3 * 3600);
        wingtip.farewell(Parameter::Request, &request.to_xml(Prefixes::Short, None).unwrap(), &to, None)
    };
    let elsewhere = {
        let mut request = request(&world, &person.subject);
        request.destination = Some("https://evil.example/slo".into());
        wingtip.farewell(Parameter::Request, &request.to_xml(Prefixes::Short, None).unwrap(), &to, None)
    };
    let cases = [
        ("unsigned", "GH3111", wingtip.unsigned_farewell(Parameter::Request, &xml, &to, None)),
        ("without its signature", "GH3111", right.split("&Signature=").next().unwrap().to_owned()),
        ("without its algorithm", "GH3111", right.replace(&format!("&{}", part("SigAlg=")), "")),
        ("another's signature", "GH3121", with_query(&to, &theirs)),
        ("encoded otherwise", "GH3121", lower),
        ("another RelayState", "GH3121", right.replace("&RelayState=", "&RelayState=x")),
        ("no RelayState", "GH3121", right.replace(&format!("&{}", part("RelayState=")), "")),
        ("RelayState twice", "GH3145", format!("{right}&RelayState=x")),
        ("the message twice", "GH3145", format!("{right}&{}", part("SAMLRequest="))),
        ("a forged message first", "GH3145", right.replace("?SAMLRequest=", "?SAMLRequest=AAAA&SAMLRequest=")),
        ("the signature twice", "GH3145", format!("{right}&{}", part("Signature="))),
        ("the algorithm twice", "GH3145", format!("{right}&SigAlg=x")),
        ("a response beside it", "GH3145", format!("{right}&SAMLResponse=AAAA")),
        ("a name in disguise", "GH3145", format!("{right}&SAML%52equest=AAAA")),
        ("in the other parameter", "GH3121", right.replace("SAMLRequest=", "SAMLResponse=")),
        ("another encoding", "GH3145", format!("{right}&SAMLEncoding=urn:none")),
        ("an algorithm that proves nothing", "GH3116", right.replace("rsa-sha256", "hmac-sha256")),
        ("SHA-1", "GH3118", right.replace("2001%2F04%2Fxmldsig-more%23rsa-sha256", "2000%2F09%2Fxmldsig%23rsa-sha1")),
        ("a bomb", "GH3101", bomb),
        ("too old", "GH3146", old),
        ("for somebody else", "GH3146", elsewhere),
    ];
    for (what, code, url) in cases {
        let page = world.browser().get(&url).await;
        assert_eq!(page.error(), Some(code), "{what}: {} {}", page.status, page.text());
        assert!(page.location.is_none(), "{what}");
        assert!(lives(&mut browser, &portal).await, "{what}");
    }
    let signer = wingtip.keys().signer();
    let inside = request(&world, &person.subject).to_xml(Prefixes::Short, Some(&Signing::by(&signer))).unwrap();
    let simple = [("SigAlg".to_owned(), SIG_ALG.to_owned()), ("Signature".to_owned(), "AAAA".to_owned())];
    let message = |xml: &str| ("SAMLRequest".to_owned(), for_post(xml));
    let forms = [
        ("SimpleSign", "GH3145", [vec![message(&xml)], simple.to_vec()].concat()),
        ("posted unsigned", "GH3111", vec![message(&xml)]),
        ("posted, changed", "GH3122", vec![message(&inside.replace(&person.subject, "eve"))]),
        ("posted twice", "GH3145", vec![message(&inside), message(&inside)]),
        ("posted and signed in a query's way", "GH3145", [vec![message(&inside)], simple[1..].to_vec()].concat()),
    ];
    for (what, code, fields) in forms {
        let page = world.browser().carry(&to, &fields).await;
        assert_eq!(page.error(), Some(code), "{what}: {} {}", page.status, page.text());
        assert!(lives(&mut browser, &portal).await, "{what}");
    }
    // As it was signed, it is heard: the session ends.
    let page = world.browser().get(&right).await;
    let answer = page.location.unwrap();
    let response = answer.query_pairs().find(|(name, _)| name == "SAMLResponse").unwrap().1.into_owned();
    assert!(inflated(&response).unwrap().contains("status:Success"));
    assert!(!lives(&mut browser, &portal).await);
}
