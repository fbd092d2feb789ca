//! The rules about what is written beside the code: the walk in README, the invariants in `lib.rs`, DECISIONS.md.

use std::path::Path;

use crate::source::Source;

/// README's tables under "One request through the house": every `file`, `file::function`, `Type::method` and `function` in their second columns.
pub fn stations_that_do_not_exist(readme: &str, sources: &[Source]) -> Vec<String> {
    let Some(at) = readme.lines().position(|l| l.starts_with('#') && l.to_lowercase().contains("one request through the house")) else {
        return vec!["README.md:1: the table \"One request through the house\" is missing".to_owned()];
    };
    let rows: Vec<(usize, &str)> =
        readme.lines().enumerate().skip(at + 1).take_while(|(_, l)| !l.starts_with('#')).filter(|(_, l)| l.starts_with('|')).collect();
    let mut out = Vec::new();
    let mut seen = 0;
    for (line, row) in rows {
        let hops = row.trim().trim_matches('|').split('|').nth(1).unwrap_or_default();
        for station in hops.split('`').skip(1).step_by(2).filter(|s| is_a_station(s)) {
            seen += 1;
            if !exists(station, sources) {
                out.push(format!("README.md:{}: `{station}` is nowhere in src/", line + 1));
            }
        }
    }
    if seen == 0 && out.is_empty() {
        out.push(format!("README.md:{}: the table names no file or function", at + 1));
    }
    out
}

/// A name of ours, not an address or a value: `web/authorize`, `guests/admit::admit`, `Flow::next`, `advance`.
fn is_a_station(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('/') && text.chars().all(|c| c.is_alphanumeric() || "_/:.".contains(c))
}

fn exists(station: &str, sources: &[Source]) -> bool {
    let (place, function) = station.split_once("::").map_or((station, None), |(p, f)| (p, Some(f)));
    let place = place.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches('/');
    let stem = |s: &Source| s.path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod").to_owned();
    let within: Vec<&Source> = sources.iter().filter(|s| stem(s) == place || stem(s).starts_with(&format!("{place}/"))).collect();
    if !within.is_empty() {
        return function.is_none_or(|f| within.iter().any(|s| declares(s, &["fn"], f)));
    }
    match function {
        Some(method) => sources.iter().any(|s| declares(s, &["struct", "enum", "trait", "impl"], place) && declares(s, &["fn"], method)),
        None => sources.iter().any(|s| declares(s, &["fn", "struct", "enum", "trait"], place)),
    }
}

fn declares(source: &Source, keywords: &[&str], name: &str) -> bool {
    source.tokens.windows(2).any(|w| w[0].word().is_some_and(|k| keywords.contains(&k)) && w[1].is_word(name))
}

/// `lib.rs` names the test of each invariant as `tests/file.rs::function` or `src/file.rs::function`.
pub fn guards_that_do_not_exist(lib: &Source, root: &Path) -> Vec<String> {
    let mut out = Vec::new();
    let docs = lib.text.lines().enumerate().filter(|(_, l)| l.trim_start().starts_with("//!"));
    for (line, text) in docs {
        for guard in text.split('`').skip(1).step_by(2).filter(|g| g.starts_with("tests/") || g.starts_with("src/")) {
            let (file, function) = guard.split_once("::").unwrap_or((guard, ""));
            let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
            let is_there = if function.is_empty() { root.join(file).exists() } else { text.contains(&format!("fn {function}(")) };
            if !is_there {
                out.push(lib.at(line + 1, &format!("`{guard}` does not exist")));
            }
        }
    }
    out
}

/// `## 2026-11-20 Title`, then `Context:`, `Choice:` and `Price:`, five lines at most.
pub fn incomplete_decisions(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let heads: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].starts_with("## ")).collect();
    let mut out = Vec::new();
    for (n, head) in heads.iter().enumerate() {
        let end = heads.get(n + 1).copied().unwrap_or(lines.len());
        let body: Vec<&str> = lines[head + 1..end].iter().copied().filter(|l| !l.trim().is_empty()).collect();
        let mut missing: Vec<&str> =
            ["Context: ", "Choice: ", "Price: "].into_iter().filter(|w| !body.iter().any(|l| l.starts_with(w))).collect();
        if !is_dated(lines[*head]) {
            missing.push("a date (`## 2026-11-20 Title`)");
        }
        if body.len() > 5 {
            missing.push("brevity: five lines");
        }
        if !missing.is_empty() {
            out.push(format!("src/DECISIONS.md:{}: lacks {}", head + 1, missing.join(", ")));
        }
    }
    if heads.is_empty() {
        out.push("src/DECISIONS.md:1: no decision".to_owned());
    }
    out
}

fn is_dated(head: &str) -> bool {
    let date = head.trim_start_matches("## ").split(' ').next().unwrap_or_default();
    let is_digits = |part: &str, n: usize| part.len() == n && part.chars().all(|c| c.is_ascii_digit());
    let parts: Vec<&str> = date.split('-').collect();
    matches!(parts.as_slice(), [y, m, d] if is_digits(y, 4) && is_digits(m, 2) && is_digits(d, 2))
}
