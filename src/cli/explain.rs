//! `gatehouse explain`: the very decision a live sign-in would make, with every rule tried, its verdict and its reason.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use serde_json::json;

mod in_force;

use super::folder;
use crate::{
    app,
    clock::Clock,
    domain::{
        address::EmailAddress,
        home_realm::{Decision, Entry, Facts, Outcome, Query},
        id::{ClientId, IdpId},
        redemption,
        tenant::Tenant,
    },
    settings::{Environment, Settings},
    signin::realm,
    upstream::lookup::Lookups,
};

#[derive(Debug, clap::Args)]
pub struct Options {
    /// The folder with gatehouse.toml in it
    #[arg(long, value_name = "DIR", default_value = "config")]
    config: PathBuf,
    /// The tenant: its id or a verified domain
    #[arg(long)]
    tenant: String,
    /// The address the person types or was invited by
    #[arg(long)]
    address: String,
    /// How they come
    #[arg(long, value_enum, default_value = "direct")]
    entry: EntryName,
    /// The app they come from
    #[arg(long)]
    client: Option<String>,
    /// The app's domain_hint
    #[arg(long)]
    hint: Option<String>,
    /// Also say whether proving this address there would redeem what was offered to --address
    #[arg(long, value_name = "ADDRESS")]
    proves: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum EntryName {
    Link,
    Direct,
}

/// 0 explained, 1 the configuration stands in the way, 2 the words are wrong.
pub async fn run(options: &Options, environment: Environment<'_>, out: &mut dyn Write) -> io::Result<ExitCode> {
    let entry = match options.entry {
        EntryName::Link => Entry::Link,
        EntryName::Direct => Entry::Direct,
    };
    let (settings, tenants) = match folder::read(&options.config, environment) {
        Ok(read) => read,
        Err(problem) => return refuse(out, 1, &problem),
    };
    let tenant = match folder::tenant(&tenants, &options.tenant) {
        Ok(tenant) => tenant,
        Err(problem) => return refuse(out, 2, &problem),
    };
    if let Some(client) = options.client.as_deref().filter(|asked| !tenant.clients.keys().any(|known| known.as_str() == *asked)) {
        let known: Vec<_> = tenant.clients.keys().map(ClientId::as_str).collect();
        return refuse(out, 2, &format!("tenant {} has no client {client:?}; it has: {}", tenant.id, known.join(", ")));
    }
    let address = match EmailAddress::parse(&options.address) {
        Ok(address) => address,
        Err(error) => return refuse(out, 2, &format!("the address {error}")),
    };
    let proves = match options.proves.as_deref().map(EmailAddress::parse).transpose() {
        Ok(proves) => proves,
        Err(error) => return refuse(out, 2, &format!("the proven address {error}")),
    };
    app::choose_cryptography();
    let fetcher = match app::fetcher(&settings) {
        Ok(fetcher) => fetcher,
        Err(error) => return refuse(out, 1, &error.to_string()),
    };
    let lookups = Lookups::new(fetcher, Clock::system());
    let facts = remembered(&settings, tenant, &address).await;
    let query = Query { address: Some(&address), entry, hint: options.hint.as_deref() };
    let otherwise = Query { entry: other(entry), ..query };
    let (decision, by_other) =
        tokio::join!(realm::consult(&lookups, tenant, &query, facts.clone()), realm::consult(&lookups, tenant, &otherwise, facts));
    let (decision, by_other) = match (decision, by_other) {
        (Ok((decision, _)), Ok((by_other, _))) => (decision, by_other),
        (Err(failure), _) | (_, Err(failure)) => {
            return refuse(out, 1, &format!("{}: {}", failure.code.code(), failure.detail));
        }
    };
    let mut rows = in_force::rows(&tenants, tenant, &address, entry);
    rows.push(in_force::otherwise(otherwise.entry, in_words(tenant, &by_other.outcome), by_other.outcome == decision.outcome));
    let redeems = proves.map(|proven| redemption::redeems(entry, &address, &proven, &decision.outcome, &tenant.invitations));
    if options.json {
        let mut explained = as_json(tenant, &query, &decision, redeems);
        explained["in_force"] = in_force::as_json(&rows);
        writeln!(out, "{explained}")?;
    } else {
        as_text(tenant, &address, entry, &decision, redeems, out)?;
        in_force::as_text(&rows, out)?;
    }
    Ok(ExitCode::SUCCESS)
}

const fn other(entry: Entry) -> Entry {
    match entry {
        Entry::Link => Entry::Direct,
        Entry::Direct => Entry::Link,
    }
}

/// What our own directory knows. Where it can't be reached from here, that is said, and the rest is explained all the same.
async fn remembered(settings: &Settings, tenant: &Tenant, address: &EmailAddress) -> Facts {
    let heard = match folder::look(settings).await {
        Ok(directory) => realm::remembered(&directory, tenant, address).await,
        Err(error) => Err(error),
    };
    heard.unwrap_or_else(|error| Facts { unheard_directory: Some(error.to_string()), ..Facts::default() })
}

fn refuse(out: &mut dyn Write, code: u8, why: &str) -> io::Result<ExitCode> {
    writeln!(out, "{why}")?;
    Ok(ExitCode::from(code))
}

fn as_json(tenant: &Tenant, query: &Query<'_>, decision: &Decision, redeems: Option<bool>) -> serde_json::Value {
    let tried: Vec<_> = decision
        .tried
        .iter()
        .map(|tried| json!({ "rule": tried.rule, "verdict": tried.verdict, "reason": tried.reason.to_string() }))
        .collect();
    let mut explained = json!({
        "tenant": tenant.id,
        "address": query.address.map(ToString::to_string),
        "entry": query.entry,
        "hint": query.hint,
        "edition": tenant.home_realm.edition,
        "tried": tried,
        "outcome": decision.outcome,
        "text": in_words(tenant, &decision.outcome),
    });
    if let Outcome::Blocked(code) = &decision.outcome {
        explained["code"] = code.code().into();
    }
    if let Some(redeems) = redeems {
        explained["redeems"] = redeems.into();
    }
    explained
}

fn as_text(
    tenant: &Tenant,
    address: &EmailAddress,
    entry: Entry,
    decision: &Decision,
    redeems: Option<bool>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let edition = json!(tenant.home_realm.edition);
    let way = match entry {
        Entry::Link => "by invitation link",
        Entry::Direct => "by direct link",
    };
    writeln!(out, "{address} at {} ({way}, edition {})\n", tenant.id, edition.as_str().unwrap_or_default())?;
    for tried in &decision.tried {
        let (rule, verdict) = (json!(tried.rule), json!(tried.verdict));
        let (rule, verdict) = (rule.as_str().unwrap_or_default(), verdict.as_str().unwrap_or_default());
        writeln!(out, "  {rule:<25} {verdict:<11} {}", tried.reason)?;
    }
    writeln!(out, "\n  → {}", in_words(tenant, &decision.outcome))?;
    if let Some(redeems) = redeems {
        let says = if redeems { "redeems" } else { "does not redeem" };
        writeln!(out, "  → proving the other address there {says} what was offered to this one")?;
    }
    Ok(())
}

fn in_words(tenant: &Tenant, outcome: &Outcome) -> String {
    let named = |id: &IdpId| tenant.providers.get(id).map_or_else(|| id.to_string(), |p| format!("{} ({id})", p.name));
    match outcome {
        Outcome::AskAddress => "the person is asked for an address".into(),
        Outcome::Provider(id) => format!("signs in at {}", named(id)),
        Outcome::Picker(ids) => format!("chooses between {}", ids.iter().map(named).collect::<Vec<_>>().join(" and ")),
        Outcome::Passcode => "gets a one-time passcode by mail".into(),
        Outcome::CreateMicrosoftAccount(id) => format!("is offered to create an account at {}", named(id)),
        Outcome::SelfServiceAccount => "gets a code by mail that makes an email-verified account".into(),
        Outcome::Blocked(code) => format!("is stopped with {} ({code:?})", code.code()),
    }
}
