//! `cargo bench --bench signin`: whole sign-ins by HTTP against a real Gatehouse process and a stubbed upstream, with the
//! embedded store and with Redis. One JSON object a line on stdout; words on stderr. No thresholds: it measures, it does not judge.
//!
//! `SIGNIN_BLOCK_MILLIS` (900), `SIGNIN_BLOCKS` (3), `SIGNIN_USERS` (16), `SIGNIN_RATE` (sign-ins a second of the open loop;
//! 40 % of what was reached) and `SIGNIN_OPEN_MILLIS` (2500) make it longer or different.

mod floor;
mod instructions;
mod measure;
mod process;
mod redis;
mod server;
mod stub;
mod visitor;
mod wire;

use std::{error::Error, io::Write as _, rc::Rc, time::Duration};

use serde_json::Value;
use tokio::task::LocalSet;

use crate::{
    instructions::Counter,
    redis::Redis,
    server::Host,
    stub::Stub,
    visitor::{Road, World},
};

pub(crate) type Answer<T> = Result<T, Box<dyn Error>>;

/// How long and how hard.
pub(crate) struct Knobs {
    /// One saturated block.
    pub(crate) block: Duration,
    pub(crate) blocks: usize,
    /// Visitors at once in a saturated block.
    pub(crate) users: usize,
    /// Sign-ins a second of the open loop.
    pub(crate) rate: Option<f64>,
    pub(crate) open: Duration,
}

impl Knobs {
    #[expect(clippy::disallowed_methods, reason = "a benchmark has no settings file")]
    fn read() -> Self {
        let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<f64>().ok());
        let millis = |name: &str, default: f64| Duration::from_secs_f64(number(name).unwrap_or(default) / 1000.0);
        Self {
            block: millis("SIGNIN_BLOCK_MILLIS", 900.0),
            blocks: number("SIGNIN_BLOCKS").unwrap_or(3.0).max(1.0) as usize,
            users: number("SIGNIN_USERS").unwrap_or(16.0).max(1.0) as usize,
            rate: number("SIGNIN_RATE"),
            open: millis("SIGNIN_OPEN_MILLIS", 2500.0),
        }
    }
}

fn main() -> Answer<()> {
    let mut arguments = std::env::args().skip(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match (arguments.next().as_deref(), arguments.next()) {
        (Some(floor::SERVE), Some(port)) => LocalSet::new().block_on(&runtime, floor::serve(port.parse()?)),
        (Some("--bench"), _) => LocalSet::new().block_on(&runtime, run(&Knobs::read())),
        // `cargo test --all-targets` comes by: it wants no measurement
        _ => Ok(()),
    }
}

async fn run(knobs: &Knobs) -> Answer<()> {
    process::move_aside()?;
    let stub = stub::start().await?;
    say(floor::signature(&stub)?)?;
    say(floor::hello(knobs).await?)?;
    on_store(knobs, &stub, None).await?;
    match Redis::start().await? {
        Some(redis) => on_store(knobs, &stub, Some(&redis)).await?,
        None => say(vec![("store", "redis".into()), ("skipped", "redis-server is not installed".into())])?,
    }
    Ok(())
}

async fn on_store(knobs: &Knobs, stub: &Rc<Stub>, redis: Option<&Redis>) -> Answer<()> {
    let counter = Counter::start(stub, redis).await?;
    let server = server::start(stub, redis.map(|redis| redis.at), Host::Bare).await?;
    let world = Rc::new(World::of(stub, server.at).await?);
    let bench = measure::Bench::new(knobs, world, &server.process, redis, counter)?;
    for road in Road::ALL {
        say(bench.road(road).await?)?;
    }
    Ok(())
}

/// The members of one line, in the order they are read.
pub(crate) type Line = Vec<(&'static str, Value)>;

fn say(line: Line) -> Answer<()> {
    let members: Vec<String> = line.into_iter().map(|(name, value)| format!("{}:{value}", Value::from(name))).collect();
    Ok(writeln!(std::io::stdout(), "{{{}}}", members.join(","))?)
}
