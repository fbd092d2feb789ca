//! Certificates change while people sign in, and not one sign-in fails: the partner's (`behaviour.md` §5.6), and ours.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use gatehouse::{
    demo::partner::KeyShape,
    domain::{certificate::Certificate, id::TenantId},
    store::seal::Seal,
    upstream::credentials::CredentialStore,
};
use tokio::{sync::RwLock, task::JoinSet};
use url::Url;

use crate::world::{Page, RelyingParty, Setup, World, parameter};

const MINUTE: Duration = Duration::from_secs(60);
/// People at it at any time.
const BROWSERS: usize = 6;

/// People who sign in one after the other, in several browsers at once, until told to stop.
struct Load {
    world: Arc<World>,
    done: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
    hand: Arc<RwLock<()>>,
    browsers: JoinSet<()>,
}

/// Looks at every page that leads to a partner.
type Watch = Arc<dyn Fn(&Page) + Send + Sync>;

impl Load {
    /// Every other sign-in is at a partner of another kind where `domains` has several.
    fn start(world: &Arc<World>, portal: &RelyingParty, domains: &'static [&'static str], watch: &Watch) -> Self {
        let (done, is_over, hand) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)), Arc::new(RwLock::new(())));
        let mut browsers = JoinSet::new();
        for browser in 0..BROWSERS {
            let (world, portal, watch) = (Arc::clone(world), portal.clone(), Arc::clone(watch));
            let (done, is_over, hand) = (Arc::clone(&done), Arc::clone(&is_over), Arc::clone(&hand));
            browsers.spawn(async move {
                for turn in 0.. {
                    if is_over.load(Ordering::SeqCst) {
                        return;
                    }
                    // New and returning people in turn.
                    let address = format!("p{browser}-{}@{}", turn / 4, domains[(browser + turn) % domains.len()]);
                    sign_in(&world, &portal, &address, &watch, &hand).await;
                    done.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Self { world: Arc::clone(world), done, is_over, hand, browsers }
    }

    /// Waits for so many more sign-ins, every one of which succeeded.
    async fn goes_on_for(&mut self, more: usize) {
        let goal = self.done.load(Ordering::SeqCst) + more;
        while self.done.load(Ordering::SeqCst) < goal {
            if let Some(ended) = self.browsers.try_join_next() {
                ended.expect("every sign-in succeeds");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Time passes: never between a partner's answer and the app's tokens, which are milliseconds apart.
    async fn for_minutes(&mut self, minutes: usize) {
        for _ in 0..minutes {
            let nobody_is_underway = self.hand.write().await;
            self.world.clock.advance(MINUTE);
            drop(nobody_is_underway);
            self.goes_on_for(1).await;
        }
    }

    async fn ends(mut self) -> usize {
        self.is_over.store(true, Ordering::SeqCst);
        while let Some(ended) = self.browsers.join_next().await {
            ended.expect("every sign-in succeeds");
        }
        self.done.load(Ordering::SeqCst)
    }
}

async fn sign_in(world: &World, portal: &RelyingParty, address: &str, watch: &Watch, hand: &RwLock<()>) {
    let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", address)]));
    let page = browser.get(&ask.url).await;
    watch(&page);
    let _time_stands = hand.read().await;
    let page = world.through_partner(&mut browser, &page, address).await;
    let page = if page.shows() == "consent" { browser.press(&page, "accept", &[]).await } else { page };
    assert_eq!(page.shows(), "app", "{address}: {}", page.text());
    assert_eq!(portal.tokens(&ask, &page).await.claims["email"], address);
}

#[tokio::test]
async fn the_partners_certificate_rolls_over_under_a_running_load_without_one_failed_sign_in() {
    let often = "[saml.wingtip]\nmetadata_refresh = \"10m\"\n[wsfed.proseware]\nmetadata_refresh = \"10m\"\n";
    let world = Arc::new(Setup::new().partners().tenant("contoso", often).open().await);
    let portal = world.app("contoso", "portal").await;
    let (wingtip, proseware) = (world.wingtip(), world.proseware());
    let rings = [wingtip.keys(), proseware.keys()];
    let publish = || {
        wingtip.publish();
        proseware.publish();
    };
    let mut load = Load::start(&world, &portal, &["wingtip.example", "proseware.example"], &(Arc::new(|_: &Page| {}) as Watch));
    load.goes_on_for(12).await;
    // As it should be: the next one is published first, read on schedule, and only then signs.
    rings.iter().for_each(|ring| ring.announce(KeyShape::Rsa2048).unwrap());
    publish();
    load.for_minutes(11).await;
    let read = [wingtip.times_fetched(), proseware.times_fetched()];
    assert!(read.iter().all(|times| *times >= 2), "what is published was read on schedule: {read:?}");
    rings.iter().for_each(|ring| ring.take_newest());
    load.goes_on_for(12).await;
    assert_eq!([wingtip.times_fetched(), proseware.times_fetched()], read, "no key was unknown");
    rings.iter().for_each(|ring| ring.retire());
    publish();
    load.for_minutes(11).await;
    // In a hurry: whoever comes next brings a signature that no known key made.
    let read = [wingtip.times_fetched(), proseware.times_fetched()];
    rings.iter().for_each(|ring| ring.roll_over().unwrap());
    publish();
    load.goes_on_for(16).await;
    let again = [wingtip.times_fetched(), proseware.times_fetched()];
    assert_eq!(again, read.map(|times| times + 1), "asked for at once, once, however many needed it");
    let all = load.ends().await;
    assert!(all >= 60, "{all}");
}

/// What a partner knows of us: what it last read in our metadata.
struct Reader {
    url: String,
    certificates: Mutex<Vec<Certificate>>,
    /// Public keys that signed a request.
    seen: Mutex<BTreeSet<Vec<u8>>>,
}

impl Reader {
    async fn read(&self, world: &World) {
        let page = world.browser().get(&self.url).await;
        let mut known: Vec<Certificate> = Vec::new();
        for text in page.body.split("X509Certificate>").skip(1).step_by(2) {
            let base64: String = text.split('<').next().unwrap().split_ascii_whitespace().collect();
            let certificate = Certificate::from_der(&STANDARD.decode(base64).unwrap()).unwrap();
            if !known.iter().any(|other| other.der() == certificate.der()) {
                known.push(certificate);
            }
        }
        *self.certificates.lock().unwrap() = known;
    }

    fn known(&self) -> Vec<Vec<u8>> {
        self.certificates.lock().unwrap().iter().map(|certificate| certificate.der().to_vec()).collect()
    }

    /// A request is signed by a key that the partner has read of, or it would be refused there.
    fn check(&self, url: &Url) {
        let query = url.query().unwrap();
        let signed: Vec<&str> =
            query.split('&').filter(|pair| ["SAMLRequest=", "RelayState=", "SigAlg="].iter().any(|name| pair.starts_with(name))).collect();
        let signature = STANDARD.decode(parameter(url, "Signature").unwrap()).unwrap();
        let certificates = self.certificates.lock().unwrap();
        let is_by = |certificate: &&Certificate| {
            let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, certificate.public_key());
            key.verify(signed.join("&").as_bytes(), &signature).is_ok()
        };
        let by = certificates.iter().find(is_by).expect("signed by a certificate that was published before it signed");
        self.seen.lock().unwrap().insert(by.public_key().to_vec());
    }
}

#[tokio::test]
async fn our_own_certificate_rolls_over_under_a_running_load_without_one_failed_sign_in() {
    let strict =
        "[federation]\nkey_rotation = \"30d\"\nkey_publish_ahead = \"1d\"\n[saml.wingtip]\nencrypted = true\nsign_requests = \"always\"\n";
    let world = Arc::new(Setup::new().partners().tenant("contoso", strict).open().await);
    let portal = world.app("contoso", "portal").await;
    let url = format!("{}/contoso/saml/wingtip/metadata", world.url);
    let reader = Arc::new(Reader { url, certificates: Mutex::default(), seen: Mutex::default() });
    reader.read(&world).await;
    let first = reader.known();
    assert_eq!(first.len(), 1);
    world.wingtip().encrypt_for(&first[0]);
    let watching = Arc::clone(&reader);
    let watch: Watch = Arc::new(move |page| watching.check(page.location.as_ref().expect("by Redirect")));
    let mut load = Load::start(&world, &portal, &["wingtip.example"], &watch);
    load.goes_on_for(12).await;
    // `gatehouse credentials rotate --in 20m`, on another node.
    let (settings, tenants) = world.configuration();
    let store = CredentialStore::open(world.directory.clone(), Seal::new(&settings.seal_key), world.clock.clone());
    let tenant = tenants.by_id(&TenantId::parse("contoso").unwrap()).unwrap();
    store.rotate(tenant, 20 * MINUTE).await.unwrap();
    load.for_minutes(8).await;
    // The partner reads our metadata again: from now on it may seal for either.
    reader.read(&world).await;
    let both = reader.known();
    assert_eq!(both.len(), 2, "published ahead");
    let next = both.iter().find(|certificate| **certificate != first[0]).unwrap().clone();
    world.wingtip().encrypt_for(&next);
    load.goes_on_for(12).await;
    assert_eq!(reader.seen.lock().unwrap().len(), 1, "the next one does not sign before its time");
    load.for_minutes(14).await;
    assert_eq!(reader.seen.lock().unwrap().len(), 2, "now it signs");
    // A slow partner still seals for the last one.
    world.wingtip().encrypt_for(&first[0]);
    load.goes_on_for(12).await;
    world.wingtip().encrypt_for(&next);
    load.goes_on_for(12).await;
    let all = load.ends().await;
    assert!(all >= 60, "{all}");
    // A day on, the last one is gone: neither published nor good for anything.
    world.clock.advance(Duration::from_secs(24 * 3600));
    reader.read(&world).await;
    assert_eq!(reader.known(), [next]);
    world.wingtip().encrypt_for(&first[0]);
    let (mut browser, ask) = (world.browser(), portal.asks(&[("login_hint", "late@wingtip.example")]));
    let page = browser.get(&ask.url).await;
    let page = world.through_partner(&mut browser, &page, "late@wingtip.example").await;
    assert!(page.error().is_some_and(|code| code.starts_with("GH31")), "{}", page.text());
}
