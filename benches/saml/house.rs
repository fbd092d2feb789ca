//! A tenant with one SAML partner, opened as `serve` opens it: from files, with keys of its own in a directory of its own.

use std::{fs, path::Path, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use gatehouse::{
    app,
    clock::Clock,
    demo::partner::{KeyShape, Signer, Validity, for_post},
    domain::{
        certificate::Certificate,
        correlation::{Awaited, Correlation},
        federation::{Acceptance, SignedPart},
        id::{FlowId, IdpId},
        rejection::Rejected,
        tenant::Tenant,
        timestamp::Timestamp,
        verdict::Verdicts,
    },
    random,
    settings::{self, Purpose},
    store::{directory::Directory, seal::Seal},
    tenants::{self, Surroundings},
    upstream::{
        IdentityProvider, Inbound, RawMessage, Upstreams,
        credentials::{CredentialStore, Credentials},
        signed_xml::{self, Trust},
        state,
    },
};
use tempfile::TempDir;

use crate::{Answer, cost::own_cpu_nanos};

/// When all of it happens.
pub(crate) const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);
pub(crate) const ISSUER: &str = "https://idp.litware.example/saml";
pub(crate) const AUDIENCE: &str = "http://localhost:8080/bench/saml";
pub(crate) const ACS: &str = "http://localhost:8080/bench/callback/litware";
pub(crate) const REQUEST: &str = "_request-of-the-benchmark";

const PROCESS: &str = r#"[server]
listen = "127.0.0.1:8080"
public_url = "http://localhost:8080"
[directory]
url = "sqlite:../gatehouse.db"
[keys]
seal = { file = "../seal.key" }
[mail]
from = "bench@example.org"
folder = "../outbox"
"#;

const TENANT: &str = r#"id = "bench"
name = "Bench"
domains = ["bench.example"]
locale = "en"
[saml.litware]
name = "Litware"
entity_id = "https://idp.litware.example/saml"
sign_in_url = "https://idp.litware.example/saml/sso"
sign_out_url = "https://idp.litware.example/saml/slo"
certificates = ["rsa.pem", "ec.pem"]
domains = ["litware.example"]
"#;

/// Which of the partner's keys signed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who {
    Rsa,
    Ec,
}

impl Who {
    /// Its certificate, in the folder.
    pub(crate) const fn file(self) -> &'static str {
        match self {
            Self::Rsa => "config/tenants/rsa.pem",
            Self::Ec => "config/tenants/ec.pem",
        }
    }
}

/// The files of it all, and the partner's keys, made for this run.
pub(crate) struct Folder {
    folder: TempDir,
    pub(crate) rsa: Signer,
    pub(crate) ec: Signer,
}

impl Folder {
    pub(crate) fn write() -> Answer<Self> {
        let folder = tempfile::tempdir()?;
        let validity = Validity::around(NOW);
        let rsa = Signer::generate(KeyShape::Rsa2048, "Litware signing", &validity)?;
        let ec = Signer::generate(KeyShape::P256, "Litware signing", &validity)?;
        fs::create_dir_all(folder.path().join("config/tenants"))?;
        let put = |name: &str, text: &str| fs::write(folder.path().join(name), text);
        put("seal.key", &STANDARD.encode(random::bytes::<32>()))?;
        put("config/gatehouse.toml", PROCESS)?;
        put("config/tenants/bench.toml", TENANT)?;
        put(Who::Rsa.file(), &rsa.certificate_pem())?;
        put(Who::Ec.file(), &ec.certificate_pem())?;
        Ok(Self { folder, rsa, ec })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// What verifies.
pub(crate) struct House {
    provider: Arc<dyn IdentityProvider>,
    certificates: Vec<Certificate>,
    acceptance: Acceptance,
    credentials: Arc<Credentials>,
}

impl House {
    pub(crate) async fn open(folder: &Path) -> Answer<Self> {
        app::choose_cryptography();
        let config = folder.join("config");
        let reading = settings::read(Purpose::Seal, &config, &|_| None);
        let settings = reading.settings.ok_or("the benchmark's own settings are wrong")?;
        let (public_url, allow_http, has_mail) = (reading.public_url, reading.allow_http, reading.has_mail);
        let surroundings = Surroundings { public_url, allow_http, has_mail, purpose: Purpose::Seal, now: NOW, environment: &|_| None };
        let (tenants, problems) = tenants::read(&config, &surroundings);
        let all: Vec<Arc<Tenant>> = tenants.iter().map(Arc::clone).collect();
        let tenant = all.first().ok_or_else(|| format!("{problems:?}"))?;
        let clock = Clock::movable(NOW);
        let directory = Directory::open(&settings.directory).await?;
        let credentials = CredentialStore::open(directory, Seal::new(&settings.seal_key), clock.clone());
        let ours = credentials.of(tenant).await.map_err(|rejected| words(&rejected))?;
        let upstreams = Upstreams::new(app::fetcher(&settings)?, clock.clone(), credentials, app::prover(&settings, &clock), &all);
        let provider = upstreams.provider(&tenant.id, &litware()?).ok_or("no provider")?;
        let read = |who: Who| -> Answer<Certificate> { Ok(Certificate::from_text(&fs::read_to_string(folder.join(who.file()))?)?) };
        let acceptance =
            Acceptance { clock_skew: Duration::from_secs(60), allows_sha1: false, signed: SignedPart::Either, requires_encryption: false };
        Ok(Self { provider, certificates: vec![read(Who::Rsa)?, read(Who::Ec)?], acceptance, credentials: ours })
    }

    /// What partners encrypt for: DER.
    pub(crate) fn our_certificate(&self) -> Vec<u8> {
        self.credentials.signing.certificate.der().to_vec()
    }

    /// The verifier alone: from octets to a verified assertion.
    pub(crate) fn open_response(&self, xml: &str) -> Answer<()> {
        let trust = Trust::new(&self.certificates, &self.acceptance, &self.credentials.published).map_err(|rejected| words(&rejected))?;
        let opened = signed_xml::open_response(xml.as_bytes(), &trust, &mut Verdicts::default()).map_err(|rejected| words(&rejected))?;
        std::hint::black_box(&opened);
        Ok(())
    }

    /// The whole of it: from the form's field to a person. Microseconds of CPU for one.
    pub(crate) async fn micros_of_whole(&self, block: Duration, xml: &str) -> Answer<f64> {
        let (inbound, correlation) = arrival(&for_post(xml))?;
        let before = own_cpu_nanos()?;
        let (mut done, mut spent) = (0_u32, 0);
        while u128::from(spent) < block.as_nanos() {
            for _ in 0..8 {
                std::hint::black_box(self.provider.verify(&inbound, &correlation).await.map_err(|rejected| words(&rejected))?);
            }
            done += 8;
            spent = own_cpu_nanos()? - before;
        }
        Ok(spent as f64 / 1000.0 / f64::from(done))
    }

    /// What becomes of a response in base64: the code it is refused with, if it is.
    pub(crate) async fn judge(&self, field: &str) -> Answer<Option<&'static str>> {
        let (inbound, correlation) = arrival(field)?;
        Ok(self.provider.verify(&inbound, &correlation).await.err().map(|rejected| rejected.code.code()))
    }

    /// What becomes of the query of a logout message.
    pub(crate) async fn judge_logout(&self, query: &str) -> Option<&'static str> {
        self.provider.hear_sign_out(&RawMessage::Query(query)).await.err().map(|rejected| rejected.code.code())
    }
}

fn litware() -> Answer<IdpId> {
    Ok(IdpId::parse("litware").map_err(|_| "no id")?)
}

/// An answer as the callback hears it, and the question it answers.
fn arrival(field: &str) -> Answer<(Inbound, Correlation)> {
    let secret = random::token();
    let flow = FlowId::from_drawn(random::ordered_uuid(NOW));
    let pairs = [("SAMLResponse", field.to_owned()), ("RelayState", state(flow, &secret))];
    let inbound = Inbound::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value))).map_err(|rejected| words(&rejected))?;
    let awaited = Awaited::Saml { request: REQUEST.into() };
    Ok((inbound, Correlation { provider: litware()?, state: secret, awaited, left_at: NOW, authenticated_since: None }))
}

fn words(rejected: &Rejected) -> String {
    format!("{}: {}", rejected.code.code(), rejected.detail)
}
