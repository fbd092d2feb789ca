//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the same request under the same key is done once, and answered alike.
//!
//! Answers are kept sealed: the one to an invitation may hold its link.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    desk::{Answer, Body, Desk},
    problem::Problem,
};
use crate::{
    domain::{error_code::ErrorCode, id::TenantId, secret::Secret},
    random,
    store::{
        directory::{Begun, Directory, KeyedRequest},
        seal::{Place, Purpose, Seal},
    },
};

/// Longest key that is kept.
const LONGEST_KEY: usize = 255;
/// Seconds after which one who came too early may ask again.
const SOON: u64 = 2;

/// Where answers are kept. Cheap to clone.
#[derive(Clone)]
pub struct Answers {
    directory: Directory,
    seal: Arc<Seal>,
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answers")
    }
}

/// An answer or a refusal, as it is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    location: Option<String>,
    json: Option<Value>,
    /// Of a refusal.
    detail: Option<(String, String)>,
}

impl Answers {
    pub fn new(directory: Directory, seal: Seal) -> Self {
        Self { directory, seal: Arc::new(seal) }
    }

    /// Does `work` unless the same was done under this key; then its answer comes again.
    pub(super) async fn once<F: Future<Output = Result<Answer, Problem>>>(
        &self,
        desk: &Desk<'_>,
        key: &[u8],
        work: impl FnOnce() -> F,
    ) -> Result<Answer, Problem> {
        let key = readable(key)?;
        let (tenant, caller) = (&desk.tenant().id, desk.client.id.as_str());
        let digest = digest(desk);
        let request = KeyedRequest { tenant, caller, key: &key, digest: &digest };
        // What a row is sealed for: nobody reads it under another caller's name or key.
        let place = random::sha256_base64url(format!("{caller} {key}").as_bytes());
        match self.directory.begin_request(&request, desk.now()).await? {
            Begun::Answered { status, body } => return self.opened(tenant, &place, status, &body),
            Begun::OfAnother => return Err(Problem::new(ErrorCode::ApiKeyReused, "this Idempotency-Key came before with another request")),
            Begun::UnderWay => {
                let detail = "the request with this Idempotency-Key is still being answered";
                return Err(Problem { retry_after: Some(SOON), ..Problem::new(ErrorCode::ApiKeyReused, detail) });
            }
            Begun::First => {}
        }
        let outcome = work().await;
        let stays = match &outcome {
            Ok(_) => true,
            // What may end differently next time is not kept.
            Err(problem) => problem.code.status() < 500 && problem.code.status() != 429,
        };
        if stays {
            let (status, kept) = written(&outcome);
            let text = Secret::new(serde_json::to_vec(&kept).map_err(|_| Problem::internal())?);
            let sealed = self.seal.seal(Place { purpose: Purpose::Answer, tenant, name: &place }, &text);
            self.directory.keep_answer(&request, status, &STANDARD.encode(sealed)).await?;
        } else {
            self.directory.forget_request(&request).await?;
        }
        outcome
    }

    fn opened(&self, tenant: &TenantId, place: &str, status: u16, body: &str) -> Result<Answer, Problem> {
        let sealed = STANDARD.decode(body).map_err(|_| Problem::internal())?;
        let plain = self.seal.open(Place { purpose: Purpose::Answer, tenant, name: place }, &sealed).map_err(|_| Problem::internal())?;
        let kept: Kept = serde_json::from_slice(plain.reveal()).map_err(|_| Problem::internal())?;
        match kept.detail {
            Some((code, detail)) => Err(Problem::new(ErrorCode::parse(&code).ok_or_else(Problem::internal)?, detail)),
            None => Ok(Answer { status, body: kept.json.map_or(Body::Nothing, Body::Json), location: kept.location }),
        }
    }
}

fn written(outcome: &Result<Answer, Problem>) -> (u16, Kept) {
    match outcome {
        Ok(answer) => {
            let json = match &answer.body {
                Body::Json(value) => Some(value.clone()),
                // No POST is answered by them.
                Body::Nothing | Body::Text(_) | Body::Csv(_) => None,
            };
            (answer.status, Kept { location: answer.location.clone(), json, detail: None })
        }
        Err(problem) => {
            let detail = Some((problem.code.code().to_owned(), problem.detail.clone()));
            (problem.code.status(), Kept { location: None, json: None, detail })
        }
    }
}

/// Visible ASCII; the quotes of a structured field's string are taken off, so that both spellings are one key.
fn readable(key: &[u8]) -> Result<String, Problem> {
    let wrong = || Problem::unreadable(format!("Idempotency-Key has 1 to {LONGEST_KEY} visible ASCII characters"));
    let text = std::str::from_utf8(key.trim_ascii()).map_err(|_| wrong())?;
    let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let is_key = (1..=LONGEST_KEY).contains(&bare.len()) && bare.bytes().all(|b| (0x20..=0x7e).contains(&b));
    if is_key { Ok(bare.to_owned()) } else { Err(wrong()) }
}

fn digest(desk: &Desk<'_>) -> String {
    let ask = desk.ask;
    let mut whole = format!("{}\0{:?}\0{}\0", ask.operation.as_str(), ask.path, ask.query).into_bytes();
    whole.extend_from_slice(&ask.body);
    random::sha256_base64url(&whole)
}
