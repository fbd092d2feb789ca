//! Command line to command.

use std::process::ExitCode;

use clap::Parser;
use gatehouse::cli::{self, Arguments};

// One thread for what is nobody's request; each worker of the server brings its own runtime.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    cli::run(Arguments::parse()).await
}
