//! `gatehouse demo --headless`, from the outside: the whole house, its neighbours, and every road between them.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

#[test]
fn the_demo_signs_in_on_every_road_and_says_so_in_json() {
    let output = Command::new(env!("CARGO_BIN_EXE_gatehouse")).args(["demo", "--headless"]).output().unwrap();
    let (said, words) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(output.status.success(), "{words}\n{said}");
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let roads: BTreeSet<_> = lines.iter().map(|line| (line["road"].as_str(), line["tenant"].as_str(), line["visit"].as_str())).collect();
    assert_eq!(roads.len(), 19, "{said}");
    assert_eq!(lines.len(), 23, "{said}");
    let invited: Vec<_> = lines.iter().filter(|line| line["road"] == "invitation").collect();
    for line in &invited {
        let pages: Vec<_> = line["pages"].as_array().unwrap().iter().map(|page| page.as_str().unwrap()).collect();
        // Who accepted is not asked again: the link is the way back.
        assert_eq!(pages.first() == Some(&"invitation"), line["visit"] == "new", "{line}");
    }
    for (road, domain) in [("upstream", "fabrikam.example"), ("saml", "litware.example"), ("wsfed", "proseware.example")] {
        let walked: Vec<_> = lines.iter().filter(|line| line["road"] == road).collect();
        assert_eq!(
            walked.iter().map(|line| line["visit"].as_str().unwrap()).collect::<Vec<_>>(),
            ["new", "returning", "session"],
            "{said}"
        );
        let is_theirs = |line: &&Value| line["claims"]["email"].as_str().unwrap().ends_with(domain);
        assert!(walked.iter().all(is_theirs), "{said}");
        // who has a session here is not sent home again
        let went_home = |visit: usize| walked[visit]["pages"].as_array().unwrap().contains(&"upstream".into());
        assert_eq!((went_home(0), went_home(1), went_home(2)), (true, true, false), "{said}");
    }
    for line in &lines {
        assert!(line["millis"].is_u64() && line["claims"]["sub"].is_string() && line["claims"]["email"].is_string(), "{line}");
        let has_consented = line["pages"].as_array().unwrap().contains(&"consent".into());
        assert_eq!(has_consented, line["visit"] == "new", "consent is asked once: {line}");
    }
}
