//! `cargo bench --bench saml`: what believing a partner costs. Whole answers through the live verifier, beside the `xmlsec1` program
//! in the same run; memory over many; and the worst documents a stranger can send. One JSON object a line on stdout, words on
//! stderr. No thresholds: it measures, it does not judge.
//!
//! CPU time is the scheduler's own account of one thread. `SAML_BLOCK_MILLIS` (250), `SAML_ROUNDS` (5) and `SAML_TIMES` (20000, the
//! verifications of the memory line) make it longer or different.

mod cost;
mod honest;
mod hostile;
mod house;
mod xmlsec1;

use std::{error::Error, io::Write as _, path::Path, time::Duration};

use serde_json::Value;

use crate::{
    cost::{micros_of, resident_kib, round},
    honest::Honest,
    house::{Folder, House},
};

pub(crate) type Answer<T> = Result<T, Box<dyn Error>>;

/// The members of one line, in the order they are read.
pub(crate) type Line = Vec<(&'static str, Value)>;

/// How long and how often.
struct Knobs {
    /// One block of one row.
    block: Duration,
    rounds: usize,
    /// Verifications under the memory line.
    times: usize,
}

impl Knobs {
    #[expect(clippy::disallowed_methods, reason = "a benchmark has no settings file")]
    fn read() -> Self {
        let number = |name: &str, default: u32| std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default);
        Self {
            block: Duration::from_millis(number("SAML_BLOCK_MILLIS", 250).into()),
            rounds: number("SAML_ROUNDS", 5).max(1) as usize,
            times: number("SAML_TIMES", 20_000).max(1) as usize,
        }
    }
}

fn main() -> Answer<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match words.as_slice() {
        [hostile::ONE, folder, document] => runtime.block_on(hostile::suffer(Path::new(folder), Path::new(document))),
        ["--bench", ..] => runtime.block_on(run(&Knobs::read())),
        // `cargo test --all-targets` comes by: it wants no measurement
        _ => Ok(()),
    }
}

async fn run(knobs: &Knobs) -> Answer<()> {
    let folder = Folder::write()?;
    let house = House::open(folder.path()).await?;
    let rows = honest::rows(&folder, &house)?;
    verifications(knobs, &folder, &house, &rows).await?;
    memory(knobs, &house, &rows)?;
    hostile::all(&folder, &house)
}

/// Every row in every round, so that a neighbour's noise falls on all alike; the median of the rounds.
async fn verifications(knobs: &Knobs, folder: &Folder, house: &House, rows: &[Honest]) -> Answer<()> {
    let mut alone = vec![Vec::new(); rows.len()];
    let mut whole = vec![Vec::new(); rows.len()];
    let mut theirs = vec![Vec::new(); rows.len()];
    for _ in 0..knobs.rounds {
        for (at, row) in rows.iter().enumerate() {
            alone[at].push(micros_of(knobs.block, || house.open_response(&row.xml))?);
            whole[at].push(house.micros_of_whole(knobs.block, &row.xml).await?);
            if let Some(micros) = xmlsec1::micros_of(folder, row)? {
                theirs[at].push(micros);
            }
        }
    }
    let mut smallest: Option<f64> = None;
    for (at, row) in rows.iter().enumerate() {
        let (ours, ours_whole, theirs) = (median(&mut alone[at]), median(&mut whole[at]), median(&mut theirs[at]));
        let ours = ours.ok_or("no round was run")?;
        let kib = row.xml.len() as f64 / 1024.0;
        let per_kib = ours / kib;
        // linear: what a further KiB costs stays what the first rows say
        let first = *smallest.get_or_insert(per_kib);
        say(vec![
            ("verify", row.what.into()),
            ("kib", round(kib).into()),
            ("key", row.key.into()),
            ("cpu_micros", round(ours).into()),
            ("per_cpu_second", (1e6 / ours).round().into()),
            ("micros_per_kib", round(per_kib).into()),
            ("per_kib_of_first_row", round(per_kib / first).into()),
            ("whole_answer_micros", ours_whole.map(round).into()),
            ("xmlsec1_micros", theirs.map(round).into()),
            ("times_xmlsec1", theirs.map(|theirs| round(theirs / ours)).into()),
        ])?;
    }
    Ok(())
}

/// What this process holds, before and after many verifications of every row in turn.
fn memory(knobs: &Knobs, house: &House, rows: &[Honest]) -> Answer<()> {
    let pass = |times: usize| -> Answer<()> {
        for row in rows.iter().cycle().take(times) {
            house.open_response(&row.xml)?;
        }
        Ok(())
    };
    pass(rows.len() * 20)?;
    let before = resident_kib()?;
    pass(knobs.times / 2)?;
    let middle = resident_kib()?;
    pass(knobs.times - knobs.times / 2)?;
    say(vec![
        ("memory", "resident, all rows in turn".into()),
        ("verifications", knobs.times.into()),
        ("kib_before", before.into()),
        ("kib_half_way", middle.into()),
        ("kib_after", resident_kib()?.into()),
    ])
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

pub(crate) fn say(line: Line) -> Answer<()> {
    let members: Vec<String> = line.into_iter().map(|(name, value)| format!("{}:{value}", Value::from(name))).collect();
    Ok(writeln!(std::io::stdout(), "{{{}}}", members.join(","))?)
}
