//! The rules of the house, each a function from the sources to what breaks it, as `file:line: why`.

use crate::source::{Kind, Named, Source, Token, closing};

/// An external crate and where it may be named. `everywhere else` gets the reason.
pub struct Room {
    pub crates: &'static [&'static str],
    /// Beginnings of paths below `src/`: `web/` is a folder, `store/redis` the file and the folder.
    pub places: &'static [&'static str],
    pub why: &'static str,
}

pub const ROOMS: &[Room] = &[
    Room {
        crates: &["actix_web", "actix_http", "actix_rt", "actix_server", "actix_service", "tracing_actix_web"],
        places: &["web/", "server.rs", "demo/"],
        why: "the door is the only place that knows HTTP",
    },
    Room {
        crates: &["openidconnect", "oauth2"],
        places: &["upstream/oidc", "demo/"],
        why: "types of OpenID clients stay with the OpenID upstreams, so that one crate never shapes the house",
    },
    Room { crates: &["redis"], places: &["store/redis"], why: "session state is a trait: only its Redis shape knows Redis" },
    Room { crates: &["sqlx"], places: &["store/directory/"], why: "one SQL text in one room" },
    Room { crates: &["lettre"], places: &["mail/"], why: "messages are sent from one room" },
    Room { crates: &["askama"], places: &["pages/", "mail/"], why: "templates are for what people read" },
    Room { crates: &["reqwest"], places: &["upstream/", "demo/"], why: "every outbound request passes the limits of `upstream`" },
    Room {
        crates: &["aws_lc_rs"],
        places: &[
            "random.rs",
            "token/",
            "store/seal.rs",
            "upstream/oidc/signature.rs",
            "upstream/signed_xml/",
            "upstream/credentials",
            "settings/dkim.rs",
            "demo/",
        ],
        why: "keys, digests and signatures are handled in a few places that can be read in one sitting",
    },
    Room { crates: &["rcgen"], places: &["upstream/credentials", "demo/"], why: "our own certificates are made in one place" },
    Room {
        crates: &["samael"],
        places: &["upstream/saml/"],
        why: "its types serve our service provider; its verifier never sees bytes from outside",
    },
    Room {
        crates: &["bergshamra_core", "bergshamra_c14n", "bergshamra_xml", "bergshamra_keys", "bergshamra_dsig", "bergshamra_enc"],
        places: &["upstream/signed_xml", "upstream/saml/sign.rs", "demo/"],
        why: "signed XML is verified in one room, and what we sign is signed in one file",
    },
    Room {
        crates: &["flate2"],
        places: &["upstream/saml/", "upstream/signed_xml", "demo/"],
        why: "what comes out of DEFLATE is bounded where it is inflated",
    },
    Room { crates: &["x509_parser"], places: &["domain/certificate.rs"], why: "a certificate is read once, into one type" },
    Room { crates: &["hickory_resolver"], places: &["upstream/"], why: "who may be asked about a domain is one decision" },
    Room {
        crates: &["uppsala"],
        places: &["federation/", "upstream/signed_xml/", "demo/"],
        why: "XML from outside passes one strict reader before anybody interprets it",
    },
    Room { crates: &["rsa"], places: &["demo/"], why: "it signs what nobody should, for sample partners; ours is aws-lc" },
    Room { crates: &["clap"], places: &["cli/", "demo/", "main.rs"], why: "command lines are read in one room" },
    Room { crates: &["fluent_templates", "unic_langid"], places: &["i18n/"], why: "texts are looked up through `i18n`" },
    Room {
        crates: &["metrics_exporter_prometheus", "tracing_subscriber"],
        places: &["telemetry", "settings"],
        why: "how telemetry leaves the process is one decision",
    },
    Room {
        crates: &["ammonia"],
        places: &["tenants/document.rs"],
        why: "what is hashed, kept and shown is cleaned once, where it is read",
    },
    Room {
        crates: &["utoipa"],
        places: &["admin/", "web/admin", "guests/graph.rs"],
        why: "the management API describes itself, and nothing else does",
    },
    Room {
        crates: &["annotate_snippets", "csv"],
        places: &["tenants/", "settings", "upstream/lookup", "guests/bulk", "cli/"],
        why: "operators' files are read where they are checked",
    },
];

/// All that `domain/` may be made of.
const PURE: &[&str] = &[
    "serde",
    "serde_json",
    "schemars",
    "url",
    "uuid",
    "idna",
    "jiff",
    "thiserror",
    "zeroize",
    "subtle",
    "unic_langid",
    "base64",
    "x509_parser",
];
const PURE_STD_FORBIDDEN: &[&str] = &["fs", "net", "io", "env", "thread", "process", "os"];
const IMPURE_WORDS: &[&str] = &["async", "await", "SystemTime", "Instant", "Clock", "tokio", "futures"];

/// A step of a sign-in; each ends in `advance` and none calls another.
pub const STEPS: &[&str] = &[
    "begin",
    "enter",
    "redeem",
    "discover",
    "callback",
    "passcode",
    "confirm",
    "consent",
    "restart",
    "finish",
    "signout",
    "unsolicited",
    "handoff",
];

/// The modules `lib.rs` declares, from the top floor down.
pub fn floors(lib: &Source) -> Vec<String> {
    let mods = lib.tokens.windows(3).filter(|w| w[0].is_word("mod") && w[2].is(";"));
    mods.filter_map(|w| w[1].word().map(str::to_owned)).collect()
}

/// `lib.rs` is a plan: nothing but `pub mod x;`.
pub fn items_in_the_plan(lib: &Source) -> Vec<String> {
    let known = |t: &&Token| !(t.is_word("pub") || t.is_word("mod") || t.is(";"));
    let names = floors(lib);
    let odd = lib.tokens.iter().filter(known).find(|t| !t.word().is_some_and(|w| names.iter().any(|n| n == w)));
    odd.map(|t| lib.at(t.line, "lib.rs holds the floor plan and no items of its own")).into_iter().collect()
}

pub fn uses_of_lower_floors(sources: &[Source], floors: &[String]) -> Vec<String> {
    let floor = |name: &str| floors.iter().position(|f| f == name);
    let mut out = Vec::new();
    for source in sources {
        let Some(own) = source.module.first().and_then(|m| floor(m)) else { continue };
        for path in source.paths() {
            let Some(used) = path.inside.as_ref().and_then(|p| p.first()) else { continue };
            if floor(used).is_some_and(|f| f > own) {
                let what = format!(
                    "`{}` uses `{}`, and `{used}` stands below `{}` in lib.rs",
                    source.module[0],
                    path.as_written.join("::"),
                    floors[own]
                );
                out.push(source.at(path.line, &what));
            }
        }
    }
    out
}

pub fn crates_outside_their_rooms(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for source in sources {
        let place = source.path.trim_start_matches("src/");
        for path in source.paths().iter().filter(|p| !p.is_test && p.inside.is_none()) {
            let name = path.as_written[0].as_str();
            let Some(room) = ROOMS.iter().find(|r| r.crates.contains(&name)) else { continue };
            if !room.places.iter().any(|p| place.starts_with(p)) && !is_local(source, name) {
                let what = format!("`{}` outside {}: {}", path.as_written.join("::"), room.places.join(", "), room.why);
                out.push(source.at(path.line, &what));
            }
        }
    }
    out
}

/// Whether `name` is, in this file, a module (of ours, or of another crate) that happens to be called like a crate.
fn is_local(source: &Source, name: &str) -> bool {
    let declares = source.tokens.windows(2).any(|w| w[0].is_word("mod") && w[1].is_word(name));
    declares || source.paths().iter().any(|p| p.as_written.len() > 1 && p.as_written.last().is_some_and(|l| l == name))
}

pub fn impurities_of_the_domain(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for source in sources.iter().filter(|s| s.path.starts_with("src/domain/")) {
        let words = source.tokens.iter().filter(|t| !t.is_test);
        for (token, word) in words.filter_map(|t| Some((t, t.word()?))) {
            if IMPURE_WORDS.contains(&word) {
                out.push(source.at(token.line, &format!("`{word}` in domain/: no async, no clock, no runtime")));
            }
        }
        for path in source.paths().iter().filter(|p| !p.is_test && p.inside.is_none()) {
            if let Some(why) = impure(path, source) {
                out.push(source.at(path.line, &format!("`{}` in domain/: {why}", path.as_written.join("::"))));
            }
        }
    }
    out
}

fn impure(path: &Named, source: &Source) -> Option<&'static str> {
    let (first, second) = (path.as_written[0].as_str(), path.as_written.get(1).map_or("", String::as_str));
    if first == "std" && PURE_STD_FORBIDDEN.contains(&second) {
        return Some("no input or output");
    }
    let is_dependency = dependencies().iter().any(|d| d == first);
    (is_dependency && !PURE.contains(&first) && !is_local(source, first)).then_some("only plain values: serde, url, time and their like")
}

/// The crates of `[dependencies]`, as code spells them.
fn dependencies() -> Vec<String> {
    let manifest = include_str!("../../Cargo.toml");
    let table = manifest.split("\n[").find(|t| t.starts_with("dependencies]")).unwrap_or_default();
    table.lines().filter_map(|l| l.split_once(" =")).map(|(name, _)| name.trim().replace('-', "_")).collect()
}

/// A `_` arm hides the next variant of `Stage`. Matches on literals cannot do without one.
pub fn wildcards_over_stages(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for source in sources {
        let is_ruled = source.path == "src/domain/flow.rs" || source.path.starts_with("src/signin/");
        for arms in matches_in(&source.tokens) {
            let wild = arms.iter().find(|p| is_wild(p));
            let names_stage = arms.iter().any(|p| p.iter().any(|t| t.is_word("Stage")));
            let is_literal = arms.iter().filter(|p| !is_wild(p)).all(|p| p.iter().any(|t| t.kind == Kind::Literal));
            if let Some(arm) = wild.filter(|arm| !arm[0].is_test && (names_stage || (is_ruled && !is_literal))) {
                out.push(
                    source.at(arm[0].line, "a `_` arm: name every stage, so that a new one is a compile error and not a silent default"),
                );
            }
        }
    }
    out
}

fn is_wild(pattern: &[Token]) -> bool {
    pattern.first().is_some_and(|t| t.is("_"))
}

/// The patterns of every `match`, one list a match.
fn matches_in(tokens: &[Token]) -> Vec<Vec<Vec<Token>>> {
    let mut out = Vec::new();
    for start in (0..tokens.len()).filter(|i| tokens[*i].is_word("match")) {
        let mut open = start + 1;
        while open < tokens.len() && !tokens[open].is("{") {
            open = if tokens[open].is("(") || tokens[open].is("[") { closing(tokens, open) } else { open } + 1;
        }
        if open >= tokens.len() {
            continue;
        }
        let end = closing(tokens, open);
        let mut arms = Vec::new();
        let mut i = open + 1;
        while i < end {
            let from = i;
            while i < end && !tokens[i].is("=>") {
                i = if tokens[i].is("(") || tokens[i].is("[") || tokens[i].is("{") { closing(tokens, i) } else { i } + 1;
            }
            arms.push(tokens[from..i.min(end)].to_vec());
            // the arm's value: a block, or anything up to the comma
            i += 1;
            let is_block = i < end && tokens[i].is("{");
            while i < end && !tokens[i].is(",") {
                let opens = tokens[i].is("(") || tokens[i].is("[") || tokens[i].is("{");
                i = if opens { closing(tokens, i) } else { i } + 1;
                if is_block && tokens[i - 1].is("}") {
                    break;
                }
            }
            if i < end && tokens[i].is(",") {
                i += 1;
            }
        }
        arms.retain(|a| !a.is_empty());
        out.push(arms);
    }
    out
}

pub fn allowed_lints(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for source in sources {
        for (i, token) in source.tokens.iter().enumerate().filter(|(_, t)| t.is_word("allow")) {
            let before = &source.tokens[i.saturating_sub(3)..i];
            if before.iter().any(|t| t.is("#"))
                || before.last().is_some_and(|t| t.is(",")) && source.tokens.get(i + 1).is_some_and(|t| t.is("("))
            {
                out.push(source.at(token.line, "an `allow`: use `#[expect(.., reason = \"..\")]`, which says why and goes stale loudly"));
            }
        }
    }
    out
}

pub fn modules_without_a_purpose(sources: &[Source]) -> Vec<String> {
    let opens = |s: &&Source| !s.is_tests() && !s.text.lines().find(|l| !l.trim().is_empty()).is_some_and(|l| l.starts_with("//!"));
    sources.iter().filter(opens).map(|s| s.at(1, "opens with `//!`: what the module owns and must not do")).collect()
}

pub fn steps_that_call_steps(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for source in sources {
        let Some(own) = source.module.get(1).filter(|m| source.module[0] == "signin" && STEPS.contains(&m.as_str())) else { continue };
        for path in source.paths().iter().filter(|p| !p.is_test) {
            let Some([room, step]) = path.inside.as_ref().and_then(|p| p.get(..2)) else { continue };
            if room == "signin" && step != own && STEPS.contains(&step.as_str()) {
                out.push(source.at(
                    path.line,
                    &format!("step `{own}` reaches for step `{step}`: only `Flow::next` knows the order, end in `advance`"),
                ));
            }
        }
    }
    out
}

const EMPTY_NAMES: &[&str] =
    &["utils", "util", "helpers", "helper", "common", "manager", "service", "services", "impl", "impls", "data", "info", "misc"];

pub fn names_that_say_nothing(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for source in sources {
        if let Some(name) = source.module.iter().find(|m| EMPTY_NAMES.contains(&m.as_str())) {
            out.push(source.at(1, &format!("a module called `{name}` can hold anything: name what it owns")));
        }
        for pair in source.tokens.windows(2).filter(|w| w[0].is_word("fn") && w[1].word().is_some_and(|n| n.starts_with("get_"))) {
            out.push(source.at(pair[1].line, "`get_` says nothing: name the thing"));
        }
    }
    out
}

/// `open(true)` cannot be read where it is called. What `is_` or `has_` names is a fact that came from elsewhere, and passes.
pub fn boolean_parameters(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for source in sources {
        for start in (0..source.tokens.len()).filter(|i| source.tokens[*i].is_word("fn") && !source.tokens[*i].is_test) {
            let mut open = start + 2;
            while source.tokens.get(open).is_some_and(|t| !t.is("(") && !t.is("{") && !t.is(";")) {
                open += 1;
            }
            if !source.tokens.get(open).is_some_and(|t| t.is("(")) || source.tokens[start + 1].word().is_none() {
                continue;
            }
            let end = closing(&source.tokens, open);
            let is_fact = |name: &Token| name.word().is_some_and(|w| w.starts_with("is_") || w.starts_with("has_"));
            let is_dictated = source.tokens[start + 1].is_word("visit_bool"); // by serde
            let is_bool = |w: &[Token]| w[1].is(":") && w[2].is_word("bool") && (w[3].is(",") || w[3].is(")"));
            for four in source.tokens[open..=end].windows(4).filter(|w| !is_dictated && is_bool(w) && !is_fact(&w[0])) {
                out.push(source.at(four[2].line, "a bool parameter: give the two cases names in an enum"));
            }
        }
    }
    out
}

/// Lines that are not tests beside the code.
pub fn length(source: &Source) -> usize {
    let first_test = source.tokens.iter().find(|t| t.is_test).map(|t| t.line);
    first_test.map_or_else(|| source.text.lines().count(), |line| line - 1)
}
