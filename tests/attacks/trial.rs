//! Every variant goes the way of every answer. Whatever is believed names the genuine person; and what it cost is written down.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use gatehouse::upstream::{Heard, Rejected};
use peak_alloc::PeakAlloc;

use crate::{
    document::{Genuine, Variant},
    target::Target,
};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// What one answer may take at most, however it was made.
const MOST_MEMORY: usize = 64 << 20;

/// What a list of variants must come to.
#[derive(Clone, Copy)]
pub enum Must<'c> {
    /// Refused, with one of these codes.
    BeRefused(&'c [&'c str]),
    /// Nothing that counts was changed.
    BeBelieved,
    /// What was changed is nobody's word, or white space: whichever, but never another person.
    NotLie,
}

/// All that was tried in one test.
#[derive(Default)]
pub struct Trial {
    tried: usize,
    believed: usize,
    /// By list.
    codes: BTreeMap<String, BTreeMap<&'static str, usize>>,
    slowest: Option<(Duration, String)>,
    largest: Option<(usize, String)>,
    wrong: Vec<String>,
}

impl Trial {
    pub async fn hear(&mut self, target: &Target, genuine: &Genuine, list: &str, variants: Vec<Variant>, must: Must<'_>) {
        for variant in variants {
            let name = format!("{}: {}", genuine.name, variant.name);
            let before = ALLOCATED.current_usage();
            ALLOCATED.reset_peak_usage();
            let began = Instant::now();
            let heard = target.judge(&variant.octets).await;
            let (took, memory) = (began.elapsed(), ALLOCATED.peak_usage().saturating_sub(before));
            self.tried += 1;
            let code = heard.as_ref().map_or_else(|rejected| rejected.code.code(), |_| "believed");
            *self.codes.entry(list.to_owned()).or_default().entry(code).or_default() += 1;
            if let Some(complaint) = self.complaint(genuine, &heard, must) {
                self.wrong.push(format!("[{list}] {name}: {complaint}"));
            }
            if memory > MOST_MEMORY {
                self.wrong.push(format!("{name}: took {memory} octets"));
            }
            if self.slowest.as_ref().is_none_or(|(slowest, _)| took > *slowest) {
                self.slowest = Some((took, name.clone()));
            }
            if self.largest.as_ref().is_none_or(|(largest, _)| memory > *largest) {
                self.largest = Some((memory, name));
            }
        }
    }

    fn complaint(&mut self, genuine: &Genuine, heard: &Result<Heard, Rejected>, must: Must<'_>) -> Option<String> {
        match heard {
            Ok(heard) => {
                self.believed += 1;
                let address = heard.identity.address.as_ref().map(|asserted| asserted.address.to_string()).unwrap_or_default();
                let (who, is_genuine) = (heard.identity.subject.as_str(), heard.identity.subject.as_str() == genuine.subject);
                if !is_genuine || address != genuine.address {
                    return Some(format!("BELIEVED of somebody else: {who} {address}"));
                }
                matches!(must, Must::BeRefused(_)).then(|| "believed, of the genuine person".to_owned())
            }
            Err(rejected) => {
                let code = rejected.code.code();
                match must {
                    Must::BeRefused(codes) if !codes.contains(&code) => Some(format!("{code} {}", rejected.detail)),
                    Must::BeBelieved => Some(format!("refused: {code} {}", rejected.detail)),
                    Must::BeRefused(_) | Must::NotLie => None,
                }
            }
        }
    }

    /// Says what it came to, and fails if anything was wrong.
    pub fn end(self, what: &str) {
        println!("{what}: {} variants, {} believed (all of the genuine person)", self.tried, self.believed);
        for (list, codes) in &self.codes {
            let codes: Vec<String> = codes.iter().map(|(code, times)| format!("{code}×{times}")).collect();
            println!("  {list}: {}", codes.join(" "));
        }
        if let Some((took, name)) = &self.slowest {
            println!("  slowest {took:?}: {name}");
        }
        if let Some((octets, name)) = &self.largest {
            println!("  largest {} KiB: {name}", octets / 1024);
        }
        let shown: Vec<&str> = self.wrong.iter().take(60).map(String::as_str).collect();
        assert!(self.wrong.is_empty(), "{} of {}:\n{}", self.wrong.len(), self.tried, shown.join("\n"));
        assert!(self.tried > 0);
    }
}
