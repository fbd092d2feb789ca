//! The floor plan, kept: who may use whom, which crate lives in which room, what `domain/` is made of.
//!
//! Every test here reads the sources and names file and line. A rule that is in the way is changed here, with its reason, and in
//! `src/DECISIONS.md`. [`rules`] has the rules, [`papers`] those about README and DECISIONS.md, [`source`] reads Rust.

#[path = "house/papers.rs"]
mod papers;
#[path = "house/rules.rs"]
mod rules;
#[path = "house/source.rs"]
mod source;

use std::{fs, path::Path};

use source::Source;

/// Longest file, without the tests at its end.
const LONGEST: usize = 400;
/// Files that may be longer, and why.
const LONGER: &[(&str, &str)] = &[];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn house() -> Vec<Source> {
    Source::all(root())
}

fn nothing(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

fn plan(sources: &[Source]) -> &Source {
    sources.iter().find(|s| s.path == "src/lib.rs").expect("src/lib.rs")
}

#[test]
fn no_module_uses_one_that_stands_below_it() {
    let sources = house();
    let floors = rules::floors(plan(&sources));
    assert_eq!(floors.first().map(String::as_str), Some("domain"), "the book of rules stands on top");
    nothing(&rules::uses_of_lower_floors(&sources, &floors));
}

#[test]
fn the_plan_lists_every_module_and_nothing_else() {
    let sources = house();
    nothing(&rules::items_in_the_plan(plan(&sources)));
    let floors = rules::floors(plan(&sources));
    let homeless = sources.iter().filter(|s| s.module.first().is_some_and(|m| !floors.contains(m)));
    nothing(&homeless.map(|s| s.at(1, "its module is not in lib.rs")).collect::<Vec<_>>());
}

#[test]
fn every_crate_stays_in_its_room() {
    nothing(&rules::crates_outside_their_rooms(&house()));
}

#[test]
fn the_domain_has_no_async_no_io_no_clock_and_no_randomness() {
    nothing(&rules::impurities_of_the_domain(&house()));
}

#[test]
fn no_stage_of_a_flow_is_matched_by_a_wildcard() {
    nothing(&rules::wildcards_over_stages(&house()));
}

#[test]
fn steps_never_call_steps() {
    nothing(&rules::steps_that_call_steps(&house()));
}

#[test]
fn no_lint_is_silenced_for_good() {
    nothing(&rules::allowed_lints(&house()));
}

#[test]
fn every_module_says_what_it_owns() {
    nothing(&rules::modules_without_a_purpose(&house()));
}

#[test]
fn names_say_something() {
    nothing(&rules::names_that_say_nothing(&house()));
}

#[test]
fn no_function_takes_a_bool() {
    nothing(&rules::boolean_parameters(&house()));
}

#[test]
fn main_makes_no_decisions() {
    let sources = house();
    let main = sources.iter().find(|s| s.path == "src/main.rs").expect("src/main.rs");
    let lines = main.text.lines().count();
    assert!(lines <= 40, "src/main.rs:{lines}: argv to command, in 40 lines");
}

#[test]
fn files_stay_short_enough_to_be_read_whole() {
    let sources = house();
    let long = |s: &&Source| !s.is_tests() && rules::length(s) > LONGEST;
    let excused = |s: &Source| LONGER.iter().any(|(path, _)| *path == s.path);
    let too_long = sources.iter().filter(long).filter(|s| !excused(s));
    nothing(&too_long.map(|s| s.at(rules::length(s), "longer than 400 lines: find the second thing it owns")).collect::<Vec<_>>());
    for (path, why) in LONGER {
        let still = sources.iter().find(|s| s.path == *path).is_some_and(|s| long(&s));
        assert!(still, "{path} no longer needs its exception ({why})");
    }
}

#[test]
fn the_readme_walks_through_a_house_that_exists() {
    let Ok(readme) = fs::read_to_string(root().join("README.md")) else { return };
    nothing(&papers::stations_that_do_not_exist(&readme, &house()));
}

#[test]
fn every_invariant_names_a_test_that_exists() {
    let sources = house();
    nothing(&papers::guards_that_do_not_exist(plan(&sources), root()));
}

/// What README promises. Compiling takes more: `samael` names libraries whose functions nobody calls.
#[test]
#[cfg(target_os = "linux")]
fn the_binary_links_nothing_that_a_server_may_lack() {
    const EVERYWHERE: &[&str] = &["linux-vdso.", "libgcc_s.", "libm.", "libc.", "libdl.", "libpthread.", "librt.", "ld-linux"];
    let output = std::process::Command::new("ldd").arg(env!("CARGO_BIN_EXE_gatehouse")).output().expect("ldd of the C library");
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    let names = listed.lines().filter_map(|line| line.split_whitespace().next()?.rsplit('/').next());
    let more: Vec<&str> = names.filter(|name| !EVERYWHERE.iter().any(|known| name.starts_with(known))).collect();
    assert!(output.status.success() && more.is_empty(), "{more:?} in\n{listed}");
}

#[test]
fn every_decision_has_a_date_a_context_a_choice_and_a_price() {
    let text = fs::read_to_string(root().join("src/DECISIONS.md")).expect("src/DECISIONS.md");
    nothing(&papers::incomplete_decisions(&text));
}

/// The rules themselves, on sources that break them.
mod the_rules {
    use super::*;

    const FLOORS: [&str; 4] = ["domain", "store", "signin", "web"];

    fn floors() -> Vec<String> {
        FLOORS.map(str::to_owned).to_vec()
    }

    #[test]
    fn see_a_use_of_a_lower_floor_however_it_is_written() {
        let text = "//! x\nuse crate::{domain::id, web::routes};\nfn a() { crate::signin::begin::x(); }\nuse super::super::web;\n\
                    // use crate::web::x;\nconst T: &str = \"crate::web::x\";\nmod inner { use super::super::super::web::y; }";
        let found = rules::uses_of_lower_floors(&[Source::new("src/store/redis.rs", text)], &floors());
        let lines: Vec<_> = found.iter().map(|v| v.split(": ").next().unwrap()).collect();
        assert_eq!(lines, ["src/store/redis.rs:2", "src/store/redis.rs:3", "src/store/redis.rs:4", "src/store/redis.rs:7"], "{found:?}");
    }

    #[test]
    fn see_a_crate_that_left_its_room() {
        let bad = Source::new("src/store/memory.rs", "use actix_web::web;\nfn a(x: redis::Client) {}\n/* sqlx::query() */\n");
        assert_eq!(rules::crates_outside_their_rooms(&[bad]).len(), 2);
        let good = Source::new("src/store/redis/keys.rs", "use redis::Cmd;\n#[cfg(test)]\nmod tests { use reqwest::Client; }");
        assert_eq!(rules::crates_outside_their_rooms(&[good]), Vec::<String>::new());
        let ours = Source::new("src/app.rs", "use crate::store::redis;\nfn a() { redis::connect(); }");
        assert_eq!(rules::crates_outside_their_rooms(&[ours]), Vec::<String>::new());
    }

    #[test]
    fn see_what_does_not_belong_in_the_domain() {
        let text = "use std::time::{Duration, Instant};\nuse std::fs;\nasync fn a() {}\nuse tracing::info;\nuse serde::Serialize;\n#[cfg(test)]\nmod tests { use std::fs; }";
        let found = rules::impurities_of_the_domain(&[Source::new("src/domain/x.rs", text)]);
        assert_eq!(found.len(), 4, "{found:?}");
    }

    #[test]
    fn see_a_wildcard_over_stages_and_none_over_words() {
        let bad = Source::new("src/web/x.rs", "fn a() { match s { Stage::Address { .. } => { 1 } Stage::Done => 2, _ => 3 } }");
        assert_eq!(rules::wildcards_over_stages(&[bad]).len(), 1);
        let guarded = Source::new("src/signin/x.rs", "fn a() { match s { A(x) => f(match x { 1 => 2, _ => 3 }), _ if true => 3 } }");
        assert_eq!(rules::wildcards_over_stages(&[guarded]).len(), 1);
        let words = Source::new("src/signin/x.rs", "fn a() { match s { \"accept\" => 1, _ => 3 } }");
        assert_eq!(rules::wildcards_over_stages(&[words]), Vec::<String>::new());
    }

    #[test]
    fn see_a_step_that_calls_a_step() {
        let bad = Source::new("src/signin/consent.rs", "use super::finish;\nuse super::advance;");
        assert_eq!(rules::steps_that_call_steps(&[bad]).len(), 1);
    }

    #[test]
    fn see_silenced_lints_bool_parameters_and_empty_names() {
        let text = "#[allow(dead_code)]\n#![allow(unused)]\n#[cfg_attr(x, allow(y))]\nfn get_x(a: bool) -> bool { let b: bool = a; b }\nfn f(allow: &str) { x.allow(allow) }";
        let bad = Source::new("src/web/utils.rs", text);
        assert_eq!(rules::allowed_lints(std::slice::from_ref(&bad)).len(), 3);
        assert_eq!(rules::boolean_parameters(std::slice::from_ref(&bad)).len(), 1);
        assert_eq!(rules::names_that_say_nothing(&[bad]).len(), 2);
    }

    #[test]
    fn see_a_decision_without_a_price_and_a_station_without_a_house() {
        let found = papers::incomplete_decisions(
            "# Decisions\n\n## 2026-11-20 One\nContext: a\nChoice: b\n\n## Later: two\nContext: a\nChoice: b\nPrice: c\n",
        );
        assert_eq!(found.len(), 2, "{found:?}");
        let readme = "## One request through the house\n| visit | hops |\n|---|---|\n| 1 `GET /x` | `web/routes::table` → `web/nowhere` → `advance` |\n";
        let sources = [Source::new("src/web/routes.rs", "fn table() {}"), Source::new("src/signin/mod.rs", "fn advance() {}")];
        let found = papers::stations_that_do_not_exist(readme, &sources);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(papers::stations_that_do_not_exist("# Gatehouse", &sources).len(), 1);
    }
}
