//! `gatehouse …`: the words on the command line, each to its room. Decides nothing.

pub mod bulk;
pub mod check;
pub mod credentials;
pub mod demo;
pub mod dns;
pub mod explain;
mod folder;
pub mod guests;
pub mod invite;
mod inviter;
mod lockouts;
pub mod mail;
pub mod metadata;
mod moment;
pub mod saml;
pub mod schema;
pub mod serve;
pub mod terms;
pub mod trail;
mod verdicts;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::{clock::Clock, settings};

/// A self-hosted federation broker: one OpenID Connect issuer per tenant, for guests who bring their own identity.
#[derive(Debug, Parser)]
#[command(name = "gatehouse", version, about)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Serve the tenants of a configuration folder
    Serve(serve::Options),
    /// Print every problem of a configuration folder, with its place, its code and the fix
    Check {
        /// The folder with gatehouse.toml in it
        #[arg(default_value = "config")]
        config: PathBuf,
        /// One JSON object per problem
        #[arg(long)]
        json: bool,
        /// Also ask, of every federation partner's domain, whether it is proven to be theirs
        #[arg(long)]
        dns: bool,
        /// Also count the guests whom no road serves any more
        #[arg(long)]
        guests: bool,
    },
    /// Say where an address signs in, and every rule that was tried
    Explain(explain::Options),
    /// Look into a partner's metadata, at a URL or in a file
    #[command(subcommand)]
    Metadata(metadata::Command),
    /// List, show, count, add, block, unblock, delete, restore, purge, reset, convert or assign a tenant's guests
    Guests(guests::Options),
    /// Invite people; list, show, send again, revoke or re-issue their invitations
    Invite(invite::Options),
    /// List terms of use, show their documents and who accepted them, add a version
    Terms(terms::Options),
    /// Preview, list or retry mails, or read one that came back
    Mail(mail::Options),
    /// List our certificates towards federation partners, or roll them over
    Credentials(credentials::Options),
    /// Run a captured answer of a partner through every check
    Saml(saml::Options),
    /// Print everything kept under the reference number on somebody's page
    Trail(trail::Options),
    /// Write the JSON Schemas of the configuration files beside them
    Schema {
        #[arg(default_value = "config")]
        config: PathBuf,
    },
    /// Run with sample tenants, apps, identity providers and a mailbox, all on this machine
    Demo(crate::demo::DemoOptions),
}

/// Runs one command. Exit codes: 0 done, 1 it can't be done as things are, 2 the words are wrong.
pub async fn run(arguments: Arguments) -> ExitCode {
    let out: &mut dyn Write = &mut io::stdout().lock();
    let done = match arguments.verb {
        Verb::Serve(options) => return serve::run(options).await,
        Verb::Demo(options) => return demo::run(options).await,
        Verb::Check { config, json, dns, guests } => {
            let form = if json { check::Form::Json } else { check::Form::Text };
            let mut done = check::run(&config, form, &settings::environment, out);
            if dns && matches!(done, Ok(ExitCode::SUCCESS)) {
                done = dns::run(&config, form, &settings::environment, out).await;
            }
            if guests {
                // A folder may be looked at where its certificates are not; its guests can be counted all the same.
                let counted = lockouts::run(&config, form, &settings::environment, out).await;
                done = if matches!(done, Ok(ExitCode::SUCCESS)) { counted } else { done };
            }
            done
        }
        Verb::Explain(options) => explain::run(&options, &settings::environment, out).await,
        Verb::Metadata(command) => metadata::run(&command, &settings::environment, &Clock::system(), out).await,
        Verb::Guests(options) => guests::run(&options, &settings::environment, out).await,
        Verb::Invite(options) => invite::run(&options, &settings::environment, out).await,
        Verb::Terms(options) => terms::run(&options, &settings::environment, out).await,
        Verb::Mail(options) => mail::run(&options, &settings::environment, out).await,
        Verb::Credentials(options) => credentials::run(&options, &settings::environment, out).await,
        Verb::Saml(options) => saml::run(&options, &settings::environment, out).await,
        Verb::Trail(options) => trail::run(&options, &settings::environment, out).await,
        Verb::Schema { config } => schema::run(&config, out),
    };
    // A closed pipe is the reader's wish.
    done.unwrap_or(ExitCode::FAILURE)
}
