//! Every vector of `behaviour.md` §3.5, asked of `gatehouse explain`.

use serde_json::{Value, json};

use crate::folder::{Folder, TENANTS};

fn to(provider: &str) -> Value {
    json!({ "provider": provider })
}

fn blocked(code: &str) -> Value {
    json!({ "blocked": code })
}

/// Who, with passcodes on and off or only one of them; what is said by 2021's link, 2021's direct link, and 2024.
fn table() -> Vec<(&'static str, &'static [bool], Value, Value, Value)> {
    const ANY: &[bool] = &[true, false];
    let passcode = || json!("passcode");
    let picker = || json!({ "picker": ["entra", "msa"] });
    let create = || json!({ "create_microsoft_account": "msa" });
    let link_needed = || blocked("InvitationLinkNeeded");
    let refused = || blocked("FederationOfVerifiedDomain");
    vec![
        ("ana@managed.example", ANY, to("entra"), to("entra"), to("entra")),
        ("bob@partner.example", ANY, to("partner"), to("partner"), to("partner")),
        ("cal@gmail.com", ANY, to("google"), to("google"), to("google")),
        ("dee@outlook.com", &[true], passcode(), to("msa"), to("msa")),
        ("eve@corp.example", &[true], passcode(), passcode(), passcode()),
        ("eve@corp.example", &[false], json!("self_service_account"), link_needed(), create()),
        ("fay@yahoo.com", &[false], create(), link_needed(), create()),
        ("gus@fedcorp.example", &[false], blocked("HomeDirectoryFederated"), link_needed(), blocked("NoRoad")),
        ("gus@fedcorp.example", &[true], passcode(), passcode(), passcode()),
        ("hal@x.example", ANY, picker(), picker(), picker()),
        ("ida@viral.example", &[true], to("entra"), to("entra"), passcode()),
        ("jo@verified.example", ANY, refused(), refused(), to("entra")),
    ]
}

/// One cell, in JSON and in words.
fn cell(folder: &Folder, tenant: &str, who: &str, entry: &str) -> Value {
    let words = ["--tenant", tenant, "--address", who, "--entry", entry];
    let explained = folder.explained(&words);
    let tried = explained["tried"].as_array().unwrap();
    let text = folder.explain(&words);
    assert_eq!((text.code, text.err.as_str()), (0, ""), "{words:?}");
    // Every rule tried stands there with its verdict and its reason, in order; and the outcome in words at the end.
    let [_, rules, outcome, in_force] = text.out.split("\n\n").collect::<Vec<_>>()[..] else { unreachable!("{text:?}") };
    assert_eq!(in_force.lines().count(), explained["in_force"].as_object().unwrap().len(), "{text:?}");
    let lines: Vec<&str> = rules.lines().collect();
    assert_eq!(lines.len(), tried.len(), "{text:?}");
    for (line, tried) in lines.iter().zip(tried) {
        let mut rest = line.trim_start();
        for field in ["rule", "verdict", "reason"] {
            let word = tried[field].as_str().unwrap();
            rest = rest.strip_prefix(word).unwrap_or_else(|| unreachable!("{line:?} should go on with {word:?}")).trim_start();
        }
        assert_eq!(rest, "");
    }
    assert_eq!(outcome.trim(), format!("→ {}", explained["text"].as_str().unwrap()));
    assert!(!tried.is_empty() && explained["address"] == who && explained["entry"] == entry && explained["tenant"] == tenant);
    explained
}

#[test]
fn explain_answers_every_vector_of_the_fact_sheet_as_the_table_says() {
    let folder = Folder::new();
    for (who, passcodes, link, direct, now) in table() {
        for on in passcodes {
            let suffix = if *on { "on" } else { "off" };
            for (edition, entry, want) in
                [("then", "link", &link), ("then", "direct", &direct), ("now", "link", &now), ("now", "direct", &now)]
            {
                let said = cell(&folder, &format!("{edition}-{suffix}"), who, entry);
                assert_eq!(said["outcome"], *want, "{who}, passcodes {on}, {edition}, {entry}: {said:#}");
                assert_eq!(said["edition"], if edition == "now" { "2024" } else { "2021" });
            }
        }
    }
}

#[test]
fn where_passcodes_are_the_fallback_nobody_is_sent_to_a_microsoft_account() {
    let folder = Folder::new();
    let kim = cell(&folder, "passcodes-only", "kim@outlook.com", "direct");
    assert_eq!(kim["outcome"], "passcode");
    assert_eq!(cell(&folder, "now-on", "kim@outlook.com", "direct")["outcome"], to("msa"));
}

#[test]
fn federation_wins_over_a_verified_domain_where_it_is_ordered_first() {
    let folder = Folder::new();
    assert_eq!(cell(&folder, "federation-first", "jo@verified.example", "link")["outcome"], to("partner"));
}

#[test]
fn an_alias_redeems_by_link_and_not_just_in_time() {
    let folder = Folder::new();
    for tenant in TENANTS {
        // A code proves the mailbox it was sent to: only an account at a provider has aliases.
        for (entry, domain, redeems) in
            [("link", "partner.example", true), ("direct", "partner.example", false), ("link", "x.example", false)]
        {
            let [invited, alias] = ["l.ee", "lee"].map(|name| format!("{name}@{domain}"));
            let words = ["--tenant", tenant.id, "--address", &invited, "--proves", &alias, "--entry", entry];
            assert_eq!(folder.explained(&words)["redeems"], redeems, "{} {entry}", tenant.id);
            let text = folder.explain(&words).out;
            assert_eq!(text.contains("does not redeem"), !redeems, "{text}");
        }
    }
}

#[test]
fn what_stops_somebody_is_told_with_its_code_and_what_to_do() {
    let folder = Folder::new();
    let gus = cell(&folder, "then-off", "gus@fedcorp.example", "link");
    assert_eq!(gus["code"], "GH2006");
    let last = gus["tried"].as_array().unwrap().last().unwrap();
    assert!(last["reason"].as_str().unwrap().contains("turn passcodes on"), "{last}");
    let closed = cell(&folder, "then-off", "una@closed.example", "link");
    assert_eq!((&closed["outcome"], &closed["code"]), (&blocked("EmailVerifiedUsersDisallowed"), &json!("GH2007")));
}
