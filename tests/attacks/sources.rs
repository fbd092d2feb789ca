//! Fresh answers to attack: of partners that really exist, and of the sample partner in every dress.

use gatehouse::{
    clock::Clock,
    demo::partner::{
        Cipher, Encryption, KeyInfo, KeyShape, KeyTransport, Person, Prefixes, Response, Sealing, Signer, TokenResponse, TokenSealing,
        TrustVersion, Validity, posted,
    },
};
use serde_json::json;

use crate::{
    browser::Browser,
    document::{Genuine, ROOT, attribute, content},
    peers::Peer,
    services::{
        certificates::self_signed,
        ports::free_ports,
        process::Folder,
        simplesamlphp::{ENTITY_ID, ISSUER, PASSWORD, SimpleSaml},
    },
    target::{self, Target, now, typed},
};

pub const ANA: &str = "ana@fabrikam.example";
pub const PARTNER: &str = "https://idp.fabrikam.example/saml";
const STS: &str = "https://sts.fabrikam.example/trust";

/// What is attacked, and with what.
pub struct Source {
    pub target: Target,
    pub genuine: Genuine,
}

impl Source {
    async fn of(name: &str, target: Target, xml: String) -> Self {
        let heard = target.judge(xml.as_bytes()).await;
        let identity = heard.unwrap_or_else(|rejected| panic!("{name}: {rejected:?}\n{xml}")).identity;
        let (subject, address) = (identity.subject.as_str().to_owned(), identity.address.unwrap().address.to_string());
        Self { target, genuine: Genuine { name: name.into(), xml, subject, address } }
    }
}

/// Signs in at a partner up to the form that would carry the answer, and takes the answer out of it.
async fn captured(asked: &str, login: &[(&str, &str)], field: &str) -> String {
    let mut browser = Browser::new(target::ISSUER);
    let mut page = browser.get(asked).await;
    for _ in 0..10 {
        if let Some(to) = page.location.clone() {
            page = browser.get(to.as_str()).await;
            continue;
        }
        let forms = page.forms();
        let value = forms.iter().flat_map(|form| &form.fields).find(|had| had.name == field).map(|had| had.value.clone());
        if let Some(value) = value {
            return value;
        }
        let form = forms.iter().find(|form| form.fields.iter().any(|had| had.name == "password"));
        let form = form.unwrap_or_else(|| panic!("no login at {}: {}", page.url, page.body));
        let pairs = form.pairs(login, None);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let to = page.url.join(&form.action).unwrap();
        page = browser.post(to.as_str(), &pairs).await;
    }
    panic!("{} never carries {field}", page.url)
}

/// SimpleSAMLphp with these options towards us. It ends as soon as it has answered.
pub async fn simplesamlphp(name: &str, options: &serde_json::Value) -> Source {
    let mut idp = SimpleSaml::start().await;
    let target = Target::saml(ENTITY_ID, typed(&idp.sign_in_url(), &[&idp.certificate("now")]), |_| ()).await;
    let metadata = target.provider.our_metadata().await.unwrap().unwrap();
    idp.know(&metadata, options);
    let answer = captured(target.asked(), &[("username", ANA), ("password", PASSWORD)], "SAMLResponse").await;
    Source::of(name, target, posted(&answer).unwrap()).await
}

/// The module `adfs` of SimpleSAMLphp.
pub async fn adfs() -> Source {
    let mut idp = SimpleSaml::start().await;
    let target = Target::ws_fed(ISSUER, typed(&idp.adfs_url(), &[&idp.certificate("now")])).await;
    let us = target.addressee();
    idp.know_realm(&us.entity_id, &us.acs);
    let answer = captured(target.asked(), &[("username", ANA), ("password", PASSWORD)], "wresult").await;
    Source::of("SimpleSAMLphp's adfs", target, answer).await
}

/// npm `wsfed`.
pub async fn npm_wsfed() -> Source {
    let ([port], keys) = (free_ports(), Folder::new("wsfed"));
    self_signed(&keys, "now", 30);
    let pem = |name: &str| std::fs::read_to_string(keys.file(name)).unwrap();
    let target = Target::ws_fed(STS, typed(&format!("http://localhost:{port}/wsfed"), &[&pem("now.pem")])).await;
    let us = target.addressee();
    let spec = json!({
        "port": port, "issuer": STS, "cert": pem("now.pem"), "key": pem("now.key"), "lifetime": 3600, "realms": { us.entity_id: us.acs },
    });
    let peer = Peer::start("wsfed.mjs", &spec);
    assert_eq!(peer.line()["ready"], true);
    let answer = captured(target.asked(), &[("login", ANA), ("password", "any")], "wresult").await;
    Source::of("npm wsfed", target, answer).await
}

pub fn signer(shape: KeyShape) -> Signer {
    Signer::generate(shape, "partner", &Validity::around(Clock::system().now())).unwrap()
}

pub fn ana() -> Person {
    Person::new(ANA, "Ana")
}

pub async fn partner_target(signer: &Signer) -> Target {
    Target::saml(PARTNER, typed("https://idp.fabrikam.example/sso", &[&signer.certificate_pem()]), |_| ()).await
}

/// A response of the sample partner, sealed as `seal` says.
pub async fn response<'s>(name: &str, signer: &'s Signer, seal: impl FnOnce(&'s Signer) -> Sealing<'s>) -> Source {
    let target = partner_target(signer).await;
    let xml = Response::about(&ana(), PARTNER, &target.addressee(), now()).seal(&seal(signer)).unwrap();
    Source::of(name, target, xml).await
}

/// The same, encrypted for us.
pub async fn encrypted(name: &str, signer: &Signer, cipher: Cipher, seal: impl FnOnce(&Signer) -> Sealing<'_>) -> Source {
    let target = partner_target(signer).await;
    let sealing = Sealing { encryption: Some(encryption(&target.recipient, cipher)), ..seal(signer) };
    let xml = Response::about(&ana(), PARTNER, &target.addressee(), now()).seal(&sealing).unwrap();
    Source::of(name, target, xml).await
}

/// The sample partner's dresses in clear.
pub async fn dresses() -> Vec<Source> {
    let (rsa, ec) = (signer(KeyShape::Rsa2048), signer(KeyShape::P256));
    let mut out = vec![
        response("assertion signed, RSA", &rsa, Sealing::assertion).await,
        response("response signed, RSA", &rsa, Sealing::response).await,
        response("both signed, RSA", &rsa, Sealing::both).await,
        response("assertion signed, EC", &ec, Sealing::assertion).await,
        response("no KeyInfo", &rsa, |by| Sealing::assertion(by).signing(|signing| signing.key_info = KeyInfo::Absent)).await,
    ];
    for (name, prefixes) in [("long prefixes", Prefixes::Long), ("no prefixes", Prefixes::Unprefixed)] {
        out.push(response(name, &ec, |by| Sealing::both(by).in_style(prefixes)).await);
    }
    out
}

/// Token responses of the sample service, SAML 1.1 and 2.0, both versions of WS-Trust.
pub async fn tokens() -> Vec<Source> {
    let by = signer(KeyShape::Rsa2048);
    let mut out = Vec::new();
    type About = fn(&Person, &str, &gatehouse::demo::partner::Addressee, gatehouse::domain::timestamp::Timestamp) -> TokenResponse;
    let kinds: [(&str, About, TrustVersion, Prefixes); 4] = [
        ("SAML 1.1 in 2005", TokenResponse::about, TrustVersion::V2005, Prefixes::Short),
        ("SAML 1.1 unprefixed", TokenResponse::about, TrustVersion::V2005, Prefixes::Unprefixed),
        ("SAML 2.0 in 2005", TokenResponse::with_saml_2, TrustVersion::V2005, Prefixes::Short),
        ("SAML 2.0 in 1.3", TokenResponse::with_saml_2, TrustVersion::V1_3, Prefixes::Long),
    ];
    for (name, about, version, prefixes) in kinds {
        let target = Target::ws_fed(STS, typed("https://sts.fabrikam.example/wsfed", &[&by.certificate_pem()])).await;
        let mut token = about(&ana(), STS, &target.addressee(), now());
        token.version = version;
        let xml = token.seal(&TokenSealing::by(&by).in_style(prefixes)).unwrap();
        out.push(Source::of(name, target, xml).await);
    }
    out
}

pub fn encryption(recipient: &[u8], cipher: Cipher) -> Encryption<'_> {
    Encryption { recipient, cipher, transport: KeyTransport::OaepSha1 }
}

/// The certificate beside the genuine signature, and the same answer about somebody else, by an attacker's own key.
pub fn forged_by(attacker: &Signer, target: &Target, genuine: &Genuine) -> (String, String) {
    let range = content(&genuine.xml, "X509Certificate");
    let certificate = range.map(|range| genuine.xml[range].split_whitespace().collect()).unwrap_or_default();
    let evil = Person { subject: "root".into(), ..Person::new(ROOT, "Root") };
    let (to, at) = (target.addressee(), target.clock.now());
    let issuer = content(&genuine.xml, "Issuer").map(|range| genuine.xml[range].to_owned());
    let issuer = issuer.or_else(|| attribute(&genuine.xml, "Assertion", "Issuer").map(|range| genuine.xml[range].to_owned()));
    let issuer = issuer.unwrap_or_default();
    let xml = match (genuine.is_token(), genuine.identifier()) {
        (false, _) => Response::about(&evil, &issuer, &to, at).seal(&Sealing::assertion(attacker)),
        (true, "ID") => TokenResponse::with_saml_2(&evil, &issuer, &to, at).seal(&TokenSealing::by(attacker)),
        (true, _) => TokenResponse::about(&evil, &issuer, &to, at).seal(&TokenSealing::by(attacker)),
    };
    (certificate, xml.unwrap())
}
