//! `gatehouse check --guests`: how many guests of the directory no road of this configuration serves any more. A warning: who takes a
//! provider out may mean it. Must not check the files; `check` has done that.

use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use serde_json::json;

use super::{check::Form, folder};
use crate::{
    domain::{id::TenantId, identity::Voucher},
    guests,
    settings::Environment,
    store::directory::Count,
};

/// 0 counted, whatever came of it; 1 nobody could be counted. A folder with errors in it is told by `check` alone.
pub async fn run(config_dir: &Path, form: Form, environment: Environment<'_>, out: &mut dyn Write) -> io::Result<ExitCode> {
    let Ok((settings, tenants)) = folder::read(config_dir, environment) else { return Ok(ExitCode::from(1)) };
    let directory = match folder::look(&settings).await {
        Ok(directory) => directory,
        Err(error) => {
            writeln!(out, "no guest can be counted: {error}")?;
            return Ok(ExitCode::from(1));
        }
    };
    for tenant in tenants.iter() {
        let counts = match guests::locked_out(&directory, tenant).await {
            Ok(counts) => counts,
            Err(error) => {
                writeln!(out, "no guest of {} can be counted: {error}", tenant.id)?;
                return Ok(ExitCode::from(1));
            }
        };
        for count in &counts {
            match form {
                Form::Text => writeln!(out, "{}\n", as_text(&tenant.id, count))?,
                Form::Json => writeln!(out, "{}", as_json(&tenant.id, count))?,
            }
        }
        if counts.is_empty() && form == Form::Text {
            writeln!(out, "{}: no guest is locked out", tenant.id)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn road(count: &Count) -> (String, &'static str) {
    match &count.voucher {
        Some(Voucher::Provider(id)) => (format!("there is no provider {id}"), "bring it back"),
        Some(Voucher::Passcode) => ("passcodes are off".to_owned(), "set `enabled = true` in [passcode]"),
        Some(Voucher::EmailVerified) => ("edition 2024 knows no email-verified accounts".to_owned(), "keep edition 2021"),
        None => ("nobody proved them yet".to_owned(), "invite them"),
    }
}

fn as_text(tenant: &TenantId, count: &Count) -> String {
    let (why, cure) = road(count);
    let all = count.pending + count.accepted;
    let guests = if all == 1 { "guest" } else { "guests" };
    format!(
        "{tenant}: warning: {all} {guests} can't sign in, {} of them accepted: {why}\nhelp: {cure}, or `gatehouse guests reset` them, who then redeem anew",
        count.accepted
    )
}

fn as_json(tenant: &TenantId, count: &Count) -> serde_json::Value {
    let (why, cure) = road(count);
    json!({
        "severity": "warning", "tenant": tenant, "voucher": count.voucher,
        "pending": count.pending, "accepted": count.accepted, "message": why, "hint": cure,
    })
}
