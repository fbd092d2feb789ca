//! Command line to command.

use std::process::ExitCode;

use clap::Parser;
use gatehouse::cli::{self, Arguments};

#[tokio::main]
async fn main() -> ExitCode {
    cli::run(Arguments::parse()).await
}
