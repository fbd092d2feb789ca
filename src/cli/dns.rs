//! `gatehouse check --dns`: which domains the federation partners have shown to be theirs.
//!
//! Must not check the files; `check` has done that.

use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
    sync::Arc,
};

use serde_json::json;

use super::{check::Form, folder};
use crate::{
    app,
    clock::Clock,
    domain::{error_code::ErrorCode, tenant::Tenant},
    settings::Environment,
    upstream::domain_proof::{Examined, Proof, examine},
};

/// 0 every domain that must be proven is, 1 one is not, or nobody could be asked. A folder with errors in it is told by `check` alone.
pub async fn run(config_dir: &Path, form: Form, environment: Environment<'_>, out: &mut dyn Write) -> io::Result<ExitCode> {
    let Ok((settings, tenants)) = folder::read(config_dir, environment) else { return Ok(ExitCode::from(1)) };
    app::choose_cryptography();
    let fetcher = match app::fetcher(&settings) {
        Ok(fetcher) => fetcher,
        Err(error) => {
            writeln!(out, "{error}")?;
            return Ok(ExitCode::from(1));
        }
    };
    let clock = Clock::system();
    let prover = app::prover(&settings, &clock);
    let tenants: Vec<Arc<Tenant>> = tenants.iter().map(Arc::clone).collect();
    let examined = examine(&prover, &fetcher, &clock, &tenants).await;
    for one in &examined {
        match form {
            Form::Text => writeln!(out, "{}", as_text(one))?,
            Form::Json => writeln!(out, "{}", as_json(one))?,
        }
    }
    let is_missing = |one: &&Examined| one.is_required && !matches!(one.proof, Proof::Proven(_));
    Ok(if examined.iter().any(|one| is_missing(&one)) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// What it is called, and what is wrong with it if something is.
fn verdict(one: &Examined) -> (&'static str, Option<&'static str>) {
    let wrong = one.is_required.then(|| ErrorCode::DomainUnproven.code());
    match &one.proof {
        Proof::Proven(_) => ("proven", None),
        Proof::Unproven(_) => ("unproven", wrong),
        Proof::Unasked(_) => ("unasked", wrong),
    }
}

fn as_text(one: &Examined) -> String {
    let Examined { tenant, provider, domain, proof, .. } = one;
    let (verdict, code) = verdict(one);
    let code = code.map(|code| format!(" [{code}]")).unwrap_or_default();
    format!("{tenant}/{provider}: {domain} is {verdict}{code}: {proof}")
}

fn as_json(one: &Examined) -> serde_json::Value {
    let (verdict, code) = verdict(one);
    json!({
        "tenant": one.tenant,
        "provider": one.provider,
        "domain": one.domain,
        "verdict": verdict,
        "required": one.is_required,
        "code": code,
        "reason": one.proof.to_string(),
    })
}
