//! `gatehouse demo`: hands the demonstration a way to start a Gatehouse.

use std::process::ExitCode;

use super::serve;
use crate::{
    clock::Clock,
    demo::{self, DemoOptions, Opening},
    server::Signals,
    settings::Purpose,
};

pub async fn run(options: DemoOptions) -> ExitCode {
    let serve = |opening: Opening| async move {
        let Opening { config, clock, listener } = opening;
        let running = serve::start(&config, Purpose::Develop, clock, Some(listener), Signals::Leave).await?;
        Ok::<_, serve::StartError>(async move || running.stop().await)
    };
    match demo::run(options, Clock::system(), serve).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
