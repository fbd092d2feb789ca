//! Instructions per sign-in, counted by callgrind in a Gatehouse of its own. On a busy machine the one figure that stands still, to
//! half a percent.

use std::{cell::Cell, process::Command, rc::Rc};

use crate::{
    Answer,
    measure::{fresh, visit},
    process::has_program,
    redis::Redis,
    server::{self, Host, Server},
    stub::Stub,
    visitor::{Care, Road, Visitor, World},
};

/// Sign-ins that are counted: callgrind is fifty times slower.
const COUNTED: u64 = 25;

pub(crate) struct Counter {
    server: Server,
    world: Rc<World>,
}

impl Counter {
    /// Nothing if valgrind is not installed.
    pub(crate) async fn start(stub: &Rc<Stub>, redis: Option<&Redis>) -> Answer<Option<Self>> {
        if !has_program("valgrind", "--version") {
            return Ok(None);
        }
        let server = server::start(stub, redis.map(|redis| redis.at), Host::Callgrind).await?;
        let world = Rc::new(World::of(stub, server.at).await?);
        Ok(Some(Self { server, world }))
    }

    /// The mean over a few sign-ins, one after another, all threads together.
    pub(crate) async fn per_sign_in(&self, road: Road, guests: &Cell<u64>) -> Answer<u64> {
        let mut visitor = Visitor::new(&self.world, fresh(guests));
        // makes the guest, and the session; then warms what this road alone needs
        visitor.sign_in(Road::New, Care::Verify).await?;
        visit(&mut visitor, road, guests, Care::Verify).await?;
        self.control(&["--zero"])?;
        for _ in 0..COUNTED {
            visit(&mut visitor, road, guests, Care::Glance).await?;
        }
        Ok(sum(&self.control(&["-e", "Ir"])?).ok_or("callgrind said nothing")? / COUNTED)
    }

    fn control(&self, what: &[&str]) -> Answer<String> {
        let out = Command::new("callgrind_control").args(what).arg(self.server.process.id().to_string()).output()?;
        Ok(String::from_utf8(out.stdout)?)
    }
}

/// Adds up lines such as `   Th 1  154,437`.
fn sum(told: &str) -> Option<u64> {
    let threads = told.lines().filter_map(|line| line.trim().strip_prefix("Th ")?.split_whitespace().nth(1)?.replace(',', "").parse().ok());
    threads.reduce(|a: u64, b| a + b)
}
