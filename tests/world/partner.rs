//! Partners that speak SAML and WS-Federation with real keys, and say whatever a test wants them to say.
//!
//! They have no pages. Their metadata is served over HTTP, and can be made to hang, lie or burst; an answer is made when a test asks
//! for one: [`SamlPeer::answer`] and [`WsFedPeer::answer`] give the form that the person's browser would post.

use std::sync::{Mutex, MutexGuard};

use gatehouse::{
    clock::Clock,
    demo::partner::{
        Addressee, KeyRing, KeyShape, Metadata, Parameter, Person, Question, Response, Sealing, TokenResponse, TokenSealing, for_post,
        inflated, posted, query, signed_query, with_query,
    },
};
use url::{Url, form_urlencoded};

#[path = "partner_documents.rs"]
mod documents;

use documents::Documents;
pub use documents::Serving;

/// Name and value, in order.
pub type Fields = Vec<(String, String)>;

type Change<T> = Option<Box<dyn Fn(&mut T) + Send>>;
/// The sealing borrows the key that is in use just then.
type Reseal = Option<Box<dyn for<'a> Fn(Sealing<'a>) -> Sealing<'a> + Send>>;
type ResealToken = Option<Box<dyn for<'a> Fn(TokenSealing<'a>) -> TokenSealing<'a> + Send>>;

/// A SAML 2.0 identity provider. Signs the assertion with RSA-SHA256 unless told otherwise.
pub struct SamlPeer {
    documents: Documents,
    keys: KeyRing,
    clock: Clock,
    script: Mutex<SamlScript>,
}

#[derive(Default)]
struct SamlScript {
    change: Change<Response>,
    metadata: Change<Metadata>,
    reseal: Reseal,
    /// Certificate, DER.
    recipient: Option<Vec<u8>>,
}

impl SamlPeer {
    /// On a free port, by the machine's time.
    pub fn start() -> Self {
        Self::start_by(&Clock::system(), KeyShape::Rsa2048)
    }

    /// By the world's clock, with such a key.
    pub fn start_by(clock: &Clock, shape: KeyShape) -> Self {
        let keys = KeyRing::new(shape, "SAML peer", clock).expect("keys can be made");
        let peer = Self { documents: Documents::start(), keys, clock: clock.clone(), script: Mutex::default() };
        peer.publish();
        peer
    }

    pub fn entity_id(&self) -> String {
        format!("{}/saml", self.documents.base())
    }

    pub fn metadata_url(&self) -> String {
        self.documents.url()
    }

    pub fn sign_in_url(&self) -> String {
        format!("{}/sso", self.documents.base())
    }

    pub fn sign_out_url(&self) -> String {
        format!("{}/slo", self.documents.base())
    }

    /// `host:port`, as an operator lists it in `allow_http`.
    pub fn host(&self) -> String {
        self.documents.host()
    }

    /// After a change of keys, [`SamlPeer::publish`] again.
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// Serves honest metadata, with every published key, from now on.
    pub fn publish(&self) {
        let mut metadata = Metadata::saml(&self.entity_id(), self.keys.certificates(), &self.sign_in_url(), &self.sign_out_url());
        if let Some(change) = &self.script().metadata {
            change(&mut metadata);
        }
        self.documents.serve(Serving::Text(metadata.to_xml(None).expect("it can be written")));
    }

    /// Serves something else.
    pub fn serve(&self, serving: Serving) {
        self.documents.serve(serving);
    }

    /// How often the metadata was fetched.
    pub fn times_fetched(&self) -> usize {
        self.documents.times_fetched()
    }

    /// Publishes metadata changed like this, now and whenever it is published again.
    pub fn publish_with(&self, change: impl Fn(&mut Metadata) + Send + 'static) {
        self.script().metadata = Some(Box::new(change));
        self.publish();
    }

    /// Changes every response before it is signed.
    pub fn answer_with(&self, change: impl Fn(&mut Response) + Send + 'static) {
        self.script().change = Some(Box::new(change));
    }

    /// Changes how every response is signed and encrypted.
    pub fn seal_with(&self, reseal: impl for<'a> Fn(Sealing<'a>) -> Sealing<'a> + Send + 'static) {
        self.script().reseal = Some(Box::new(reseal));
    }

    /// Encrypts every assertion for the holder of this certificate (DER).
    pub fn encrypt_for(&self, certificate: &[u8]) {
        self.script().recipient = Some(certificate.to_vec());
    }

    pub fn behave(&self) {
        *self.script() = SamlScript::default();
        self.publish();
    }

    /// What it was asked: `asked` is the address the browser was sent to, or the body of the form it posted there.
    pub fn question(&self, asked: &str) -> (Question, Option<String>) {
        let (fields, is_redirect) = fields(asked);
        let text = field(&fields, "SAMLRequest").expect("a SAMLRequest");
        let xml = if is_redirect { inflated(&text) } else { posted(&text) };
        (Question::read(&xml.expect("a readable request")).expect("an AuthnRequest"), field(&fields, "RelayState"))
    }

    /// Where the browser posts the answer about `person`, and what.
    pub fn answer(&self, asked: &str, person: &Person) -> (String, Fields) {
        let (question, relay_state) = self.question(asked);
        let to = question.addressee("");
        self.posted(&to, relay_state, person)
    }

    /// The same without having been asked.
    pub fn answer_unasked(&self, entity_id: &str, acs: &str, person: &Person) -> (String, Fields) {
        let to = Addressee { entity_id: entity_id.into(), acs: acs.into(), in_response_to: None };
        self.posted(&to, None, person)
    }

    /// The document alone, as `answer_with` and `seal_with` have it.
    pub fn response(&self, to: &Addressee, person: &Person) -> String {
        let script = self.script();
        let mut response = Response::about(person, &self.entity_id(), to, self.clock.now());
        if let Some(change) = &script.change {
            change(&mut response);
        }
        let signer = self.keys.signer();
        let mut sealing = Sealing::assertion(&signer);
        if let Some(recipient) = &script.recipient {
            sealing = sealing.encrypted_for(recipient);
        }
        let sealing = script.reseal.as_ref().map_or(sealing, |reseal| reseal(sealing));
        response.seal(&sealing).expect("it can be signed so")
    }

    fn posted(&self, to: &Addressee, relay_state: Option<String>, person: &Person) -> (String, Fields) {
        let mut fields = vec![("SAMLResponse".to_owned(), for_post(&self.response(to, person)))];
        fields.extend(relay_state.map(|state| ("RelayState".to_owned(), state)));
        (to.acs.clone(), fields)
    }

    /// The address of a logout message by Redirect, signed with the key in use.
    pub fn farewell(&self, parameter: Parameter, xml: &str, to: &str, relay_state: Option<&str>) -> String {
        let signer = self.keys.signer();
        let query = signed_query(parameter, xml, relay_state, &signer, signer.usual_algorithm()).expect("it can be signed");
        with_query(to, &query)
    }

    /// The same without a signature.
    pub fn unsigned_farewell(&self, parameter: Parameter, xml: &str, to: &str, relay_state: Option<&str>) -> String {
        with_query(to, &query(parameter, xml, relay_state))
    }

    fn script(&self) -> MutexGuard<'_, SamlScript> {
        self.script.lock().expect("no change panics")
    }
}

/// A WS-Federation service. Answers with SAML 1.1 in WS-Trust 2005/02 unless told otherwise.
pub struct WsFedPeer {
    documents: Documents,
    keys: KeyRing,
    clock: Clock,
    script: Mutex<WsFedScript>,
}

#[derive(Default)]
struct WsFedScript {
    change: Change<TokenResponse>,
    reseal: ResealToken,
    is_saml_2: bool,
}

impl WsFedPeer {
    /// On a free port, by the machine's time.
    pub fn start() -> Self {
        Self::start_by(&Clock::system(), KeyShape::Rsa2048)
    }

    /// By the world's clock, with such a key.
    pub fn start_by(clock: &Clock, shape: KeyShape) -> Self {
        let keys = KeyRing::new(shape, "WS-Federation peer", clock).expect("keys can be made");
        let peer = Self { documents: Documents::start(), keys, clock: clock.clone(), script: Mutex::default() };
        peer.publish();
        peer
    }

    pub fn issuer(&self) -> String {
        format!("{}/trust", self.documents.base())
    }

    pub fn metadata_url(&self) -> String {
        self.documents.url()
    }

    pub fn sign_in_url(&self) -> String {
        format!("{}/wsfed", self.documents.base())
    }

    /// `host:port`, as an operator lists it in `allow_http`.
    pub fn host(&self) -> String {
        self.documents.host()
    }

    /// After a change of keys, [`WsFedPeer::publish`] again.
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// Serves honest metadata, with every published key, from now on.
    pub fn publish(&self) {
        let metadata = Metadata::ws_fed(&self.issuer(), self.keys.certificates(), &self.sign_in_url());
        self.documents.serve(Serving::Text(metadata.to_xml(None).expect("it can be written")));
    }

    /// Serves something else.
    pub fn serve(&self, serving: Serving) {
        self.documents.serve(serving);
    }

    /// How often the metadata was fetched.
    pub fn times_fetched(&self) -> usize {
        self.documents.times_fetched()
    }

    /// Changes every token response before its assertion is signed.
    pub fn answer_with(&self, change: impl Fn(&mut TokenResponse) + Send + 'static) {
        self.script().change = Some(Box::new(change));
    }

    /// Changes how every assertion is signed.
    pub fn seal_with(&self, reseal: impl for<'a> Fn(TokenSealing<'a>) -> TokenSealing<'a> + Send + 'static) {
        self.script().reseal = Some(Box::new(reseal));
    }

    /// Answers with SAML 2.0 assertions from now on.
    pub fn speak_saml_2(&self) {
        self.script().is_saml_2 = true;
    }

    pub fn behave(&self) {
        *self.script() = WsFedScript::default();
        self.publish();
    }

    /// Where the browser posts the answer about `person`, and what. `asked` is the address it was sent to.
    pub fn answer(&self, asked: &str, person: &Person) -> (String, Fields) {
        let (asked, _) = fields(asked);
        assert_eq!(field(&asked, "wa").as_deref(), Some("wsignin1.0"));
        let entity_id = field(&asked, "wtrealm").expect("a realm");
        let acs = field(&asked, "wreply").unwrap_or_default();
        let to = Addressee { entity_id, acs, in_response_to: None };
        let mut fields = vec![("wa".to_owned(), "wsignin1.0".to_owned()), ("wresult".to_owned(), self.token(&to, person))];
        fields.extend(field(&asked, "wctx").map(|context| ("wctx".to_owned(), context)));
        (to.acs, fields)
    }

    /// The document alone, as `answer_with` and `seal_with` have it.
    pub fn token(&self, to: &Addressee, person: &Person) -> String {
        let (script, now) = (self.script(), self.clock.now());
        let about = if script.is_saml_2 { TokenResponse::with_saml_2 } else { TokenResponse::about };
        let mut token = about(person, &self.issuer(), to, now);
        if let Some(change) = &script.change {
            change(&mut token);
        }
        let signer = self.keys.signer();
        let sealing = TokenSealing::by(&signer);
        let sealing = script.reseal.as_ref().map_or(sealing, |reseal| reseal(sealing));
        token.seal(&sealing).expect("it can be signed so")
    }

    fn script(&self) -> MutexGuard<'_, WsFedScript> {
        self.script.lock().expect("no change panics")
    }
}

/// Of an address's query, or of a form's body; and whether it was the first.
fn fields(asked: &str) -> (Fields, bool) {
    match Url::parse(asked) {
        Ok(url) if url.has_host() => (url.query_pairs().into_owned().collect(), true),
        _ => (form_urlencoded::parse(asked.as_bytes()).into_owned().collect(), false),
    }
}

fn field(fields: &[(String, String)], name: &str) -> Option<String> {
    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}
