//! `gatehouse serve`: reads everything, opens the house, answers until told to stop.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::{
    app,
    clock::Clock,
    server::{self, Running, Signals},
    settings::{self, LogFormat, Problem, Purpose},
    telemetry, tenants,
};

#[derive(Debug, clap::Args)]
pub struct Options {
    /// The folder with gatehouse.toml in it
    #[arg(long, value_name = "DIR", default_value = "config")]
    config: PathBuf,
    /// Develop: a seal key that is missing is drawn anew, so nothing sealed survives a restart
    #[arg(long)]
    dev: bool,
}

/// Why a house did not open.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration is not fit to serve.
    #[error("{}", told(.0))]
    Configuration(Vec<Problem>),
    #[error("Gatehouse can't open: {0}")]
    Open(#[from] app::OpenError),
    #[error("Gatehouse can't listen: {0}")]
    Listen(#[from] std::io::Error),
}

fn told(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

pub async fn run(options: Options) -> ExitCode {
    let purpose = if options.dev { Purpose::Develop } else { Purpose::Serve };
    match start(&options.config, purpose, Clock::system(), None, Signals::Heed).await {
        Ok(running) => match running.finished().await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&StartError::Listen(error)),
        },
        Err(error) => fail(&error),
    }
}

fn fail(error: &StartError) -> ExitCode {
    eprintln!("{error}");
    ExitCode::FAILURE
}

/// Opens a house from a configuration folder. The same for the command, the demonstration and the tests.
pub async fn start(
    config: &Path,
    purpose: Purpose,
    clock: Clock,
    listener: Option<TcpListener>,
    signals: Signals,
) -> Result<Running, StartError> {
    let settings = settings::load_for(purpose, config, &settings::environment).map_err(StartError::Configuration)?;
    let format = match settings.telemetry.format {
        LogFormat::Json => telemetry::Format::Json,
        LogFormat::Text => telemetry::Format::Text,
    };
    telemetry::start(&settings.telemetry.log, format);
    let tenants = tenants::load(config, &settings, clock.now(), &settings::environment).map_err(StartError::Configuration)?;
    let count = tenants.iter().count();
    let house = app::open(&settings, tenants, clock).await?;
    let running = server::start(&settings, house, listener, signals)?;
    tracing::info!(server.address = %running.address, tenants = count, "open");
    Ok(running)
}
