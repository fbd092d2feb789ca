//! One road, three ways: one visitor at a time to count exactly, saturated for CPU per sign-in, and at a fixed rate for latency.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use serde_json::Value;
use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn_local},
    time::Instant,
};

use crate::{
    Answer, Knobs, Line,
    floor::round,
    instructions::Counter,
    process::Process,
    redis::Redis,
    stub,
    visitor::{Care, Road, Visitor, World},
};

/// Sign-ins that are counted one by one.
const COUNTED: u64 = 40;
/// Sign-ins that are timed one by one.
const ALONE: u32 = 300;

pub(crate) struct Bench<'a> {
    knobs: &'a Knobs,
    world: Rc<World>,
    process: &'a Process,
    redis: Option<&'a Redis>,
    counter: Option<Counter>,
    idle_mib: f64,
    /// Addresses handed out so far.
    guests: Rc<Cell<u64>>,
}

impl<'a> Bench<'a> {
    pub(crate) fn new(
        knobs: &'a Knobs,
        world: Rc<World>,
        process: &'a Process,
        redis: Option<&'a Redis>,
        counter: Option<Counter>,
    ) -> Answer<Self> {
        Ok(Self { knobs, world, process, redis, counter, idle_mib: process.resident_mib()?, guests: Rc::default() })
    }

    pub(crate) async fn road(&self, road: Road) -> Answer<Line> {
        let mut visitors = Vec::new();
        for _ in 0..self.knobs.users {
            let mut visitor = Visitor::new(&self.world, fresh(&self.guests));
            if road != Road::New {
                // makes the guest, and the session
                visitor.sign_in(Road::New, Care::Verify).await?;
            }
            visitors.push(visitor);
        }
        let mut line = vec![
            ("road", road.name().into()),
            ("store", self.redis.map_or("embedded", |_| "redis").into()),
            ("directory", "sqlite".into()),
            ("id_token", "ES256".into()),
        ];
        let mut alone = visitors.pop().ok_or("no visitors")?;
        line.extend(self.count(road, &mut alone).await?);
        if let Some(counter) = &self.counter {
            line.push(("instructions", counter.per_sign_in(road, &self.guests).await?.into()));
        }
        line.extend(self.alone(road, &mut alone).await?);
        visitors.push(alone);
        let (saturated, reached, mut visitors) = self.saturate(road, visitors).await?;
        line.extend(saturated);
        visitors.reverse();
        line.extend(self.open_loop(road, visitors, self.knobs.rate.unwrap_or(reached * 0.4)).await?);
        line.push(("resident_mib_idle", round(self.idle_mib).into()));
        line.push(("resident_mib_loaded", round(self.process.resident_mib()?).into()));
        Ok(line)
    }

    /// Requests and round trips, exact because nobody else is there; every ID token verified.
    async fn count(&self, road: Road, visitor: &mut Visitor) -> Answer<Line> {
        // connections open, caches warm
        visit(visitor, road, &self.guests, Care::Verify).await?;
        let before = match self.redis {
            Some(redis) => Some(redis.count().await?),
            None => None,
        };
        let sent = visitor.wire.sent;
        for _ in 0..COUNTED {
            visit(visitor, road, &self.guests, Care::Verify).await?;
        }
        let each = |sum: u64| Value::from(round(sum as f64 / COUNTED as f64));
        let mut out = vec![("verified", COUNTED.into()), ("http_requests", each(visitor.wire.sent - sent))];
        if let (Some(redis), Some(before)) = (self.redis, before) {
            let count = redis.count().await?.since(before);
            out.push(("redis_round_trips", each(count.reads)));
            out.push(("redis_commands", each(count.commands)));
            out.push(("redis_bytes_in", each(count.bytes_in)));
            out.push(("redis_bytes_out", each(count.bytes_out)));
        }
        Ok(out)
    }

    /// How long one takes when nobody else is there.
    async fn alone(&self, road: Road, visitor: &mut Visitor) -> Answer<Line> {
        let mut millis = Vec::new();
        for _ in 0..ALONE {
            let began = Instant::now();
            visit(visitor, road, &self.guests, Care::Glance).await?;
            millis.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        let [p50, p99] = percentiles(millis);
        Ok(vec![("alone_p50_millis", p50), ("alone_p99_millis", p99)])
    }

    /// As many as there are visitors, without pause; the median of the blocks.
    async fn saturate(&self, road: Road, mut visitors: Vec<Visitor>) -> Answer<(Line, f64, Vec<Visitor>)> {
        let mut blocks = Vec::new();
        for _ in 0..self.knobs.blocks {
            let done = Rc::new(Cell::new(0_u32));
            let (began, before) = (Instant::now(), self.process.cpu_nanos()?);
            let until = began + self.knobs.block;
            let tasks: Vec<JoinHandle<Result<Visitor, String>>> = visitors
                .drain(..)
                .map(|mut visitor| {
                    let (guests, done) = (Rc::clone(&self.guests), Rc::clone(&done));
                    spawn_local(async move {
                        while Instant::now() < until {
                            visit(&mut visitor, road, &guests, Care::Glance).await.map_err(|error| error.to_string())?;
                            done.set(done.get() + 1);
                        }
                        Ok(visitor)
                    })
                })
                .collect();
            for task in tasks {
                visitors.push(task.await??);
            }
            let wall = began.elapsed().as_secs_f64();
            let cpu = self.process.cpu_nanos()?.saturating_sub(before) as f64 / 1e9;
            let done = f64::from(done.get());
            blocks.push([done / cpu, done / wall, cpu / wall]);
        }
        blocks.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let [per_cpu_second, per_second, utilisation] = blocks[blocks.len() / 2];
        let spread = (blocks[blocks.len() - 1][0] - blocks[0][0]) / per_cpu_second;
        let out = vec![
            ("per_cpu_second", per_cpu_second.round().into()),
            ("cpu_micros", (1e6 / per_cpu_second).round().into()),
            ("spread", round(spread).into()),
            ("per_second", per_second.round().into()),
            ("utilisation", round(utilisation).into()),
            ("users", self.knobs.users.into()),
        ];
        Ok((out, per_second, visitors))
    }

    /// Arrivals by the clock, whether or not the earlier ones are done; latency counts from when they were due.
    async fn open_loop(&self, road: Road, visitors: Vec<Visitor>, rate: f64) -> Answer<Line> {
        let idle = Rc::new(RefCell::new(visitors));
        let mut arrivals = pace(self.knobs.open, rate);
        let mut tasks = Vec::new();
        while let Some(due) = arrivals.recv().await {
            let (idle, guests, world) = (Rc::clone(&idle), Rc::clone(&self.guests), Rc::clone(&self.world));
            tasks.push(spawn_local(async move {
                let waiting = idle.borrow_mut().pop();
                // more at once than ever before: somebody new comes, by the new guest's road once
                let (mut visitor, road) = match waiting {
                    Some(visitor) => (visitor, road),
                    None => (Visitor::new(&world, fresh(&guests)), Road::New),
                };
                visit(&mut visitor, road, &guests, Care::Glance).await.map_err(|error| error.to_string())?;
                idle.borrow_mut().push(visitor);
                Ok::<_, String>(due.elapsed())
            }));
        }
        let mut millis = Vec::with_capacity(tasks.len());
        for task in tasks {
            millis.push(task.await??.as_secs_f64() * 1000.0);
        }
        let [p50, p99] = percentiles(millis);
        Ok(vec![("open_loop_per_second", rate.round().into()), ("open_loop_p50_millis", p50), ("open_loop_p99_millis", p99)])
    }
}

/// The 50th and the 99th.
fn percentiles(mut millis: Vec<f64>) -> [Value; 2] {
    millis.sort_by(f64::total_cmp);
    [0.5, 0.99].map(|share| {
        let rank = (millis.len().saturating_sub(1) as f64 * share).round() as usize;
        millis.get(rank).map_or(Value::Null, |millis| round(*millis).into())
    })
}

/// Tells when each visitor is due. From a thread of its own: tokio's timer knows whole milliseconds only.
fn pace(span: Duration, rate: f64) -> mpsc::UnboundedReceiver<Instant> {
    let (tell, told) = mpsc::unbounded_channel();
    let arrivals = (span.as_secs_f64() * rate).ceil().max(1.0) as u32;
    let gap = span.div_f64(f64::from(arrivals));
    std::thread::spawn(move || {
        let began = Instant::now();
        for arrival in 0..arrivals {
            let due = began + gap.mul_f64(arrival.into());
            #[expect(clippy::disallowed_methods, reason = "this thread has nothing else to do")]
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if tell.send(due).is_err() {
                return;
            }
        }
    });
    told
}

/// One sign-in as the road wants it begun.
pub(crate) async fn visit(visitor: &mut Visitor, road: Road, guests: &Cell<u64>, care: Care) -> Answer<()> {
    if road != Road::Session {
        visitor.forget_cookies();
    }
    if road == Road::New {
        visitor.address = fresh(guests);
    }
    visitor.sign_in(road, care).await
}

pub(crate) fn fresh(guests: &Cell<u64>) -> String {
    guests.set(guests.get() + 1);
    format!("guest-{}@{}", guests.get(), stub::DOMAIN)
}
