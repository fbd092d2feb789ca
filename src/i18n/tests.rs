use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use fluent_bundle::FluentResource;

use super::*;
use crate::domain::error_code::ErrorCode;

/// Key to variables, read from the text itself.
fn catalogue(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    let mut key = String::new();
    for line in source(locale).lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =").filter(|(name, _)| !name.starts_with([' ', '}', '*'])) {
            key = name.to_owned();
            assert!(all.insert(key.clone(), BTreeSet::new()).is_none(), "{key} stands twice in {}", locale.tag());
        }
        for variable in line.split("{ $").skip(1).filter_map(|rest| rest.split([' ', '}']).next()) {
            all.get_mut(&key).expect("a variable stands in a text").insert(variable.to_owned());
        }
    }
    all
}

#[test]
fn every_text_parses() {
    for locale in Locale::ALL {
        let parsed = FluentResource::try_new(source(locale).to_owned());
        assert!(parsed.is_ok(), "{}: {:?}", locale.tag(), parsed.err().map(|(_, errors)| errors));
        let known = catalogue(locale).into_keys().filter(|key| Texts::new(locale).bundle().has_message(key)).count();
        assert_eq!(known, catalogue(locale).len());
    }
}

#[test]
fn every_language_has_every_key_with_the_same_variables() {
    let english = catalogue(Locale::En);
    assert!(english.len() > 150);
    for locale in [Locale::De, Locale::Fr] {
        assert_eq!(catalogue(locale), english, "{}", locale.tag());
    }
}

#[test]
fn every_error_has_a_title_and_a_text_in_every_language() {
    for locale in Locale::ALL {
        let known = catalogue(locale);
        for code in ErrorCode::ALL {
            for part in ["title", "text"] {
                assert!(known.contains_key(&format!("{}-{part}", code.text_key())), "{} {part} in {}", code.code(), locale.tag());
            }
        }
    }
}

#[test]
fn no_text_is_unused_and_none_is_missing() {
    fn read(folder: &Path, into: &mut String) {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.ends_with("i18n/tests.rs") {
                continue;
            }
            if entry.is_dir() {
                read(&entry, into);
            } else if entry.extension().is_some_and(|kind| kind == "rs" || kind == "html" || kind == "txt") {
                into.push_str(&fs::read_to_string(entry).unwrap());
            }
        }
    }
    let mut code = String::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut code);
    let errors: BTreeSet<String> =
        ErrorCode::ALL.iter().flat_map(|c| ["title", "text"].map(|part| format!("{}-{part}", c.text_key()))).collect();
    for key in catalogue(Locale::En).keys() {
        assert!(errors.contains(key) || code.contains(&format!("\"{key}\"")), "nothing shows {key}");
    }
}

#[test]
fn no_text_has_markup_or_typewriter_quotes() {
    for locale in Locale::ALL {
        for line in source(locale).lines().filter(|line| !line.starts_with('#')) {
            assert!(!line.contains(['<', '>', '"', '\'']) || line.ends_with("->"), "{}: {line}", locale.tag());
        }
    }
}

#[test]
fn counts_choose_singular_and_plural_and_names_stay_as_they_are() {
    let wrong = |locale, tries: u8| Texts::new(locale).with("passcode-wrong", &[("tries", tries.into())]);
    assert!(wrong(Locale::En, 1).ends_with("one more time."));
    assert!(wrong(Locale::De, 3).ends_with("noch 3 Versuche."));
    assert!(wrong(Locale::Fr, 2).ends_with("2 essais."));
    assert_eq!(Texts::new(Locale::En).with("signin-with", &[("provider", "007 <b>".into())]), "Continue with 007 <b>");
}

#[test]
fn a_key_nobody_has_shows_itself() {
    assert_eq!(Texts::new(Locale::De).text("no-such-key"), "no-such-key");
}

fn document(locale: Locale) -> ReviewDocument {
    ReviewDocument {
        locale,
        organization: "Contoso".into(),
        domain: "contoso.example".into(),
        app: "Portal".into(),
        statement: None,
        contact: None,
    }
}

#[test]
fn without_statement_or_contact_the_guest_is_told_so_plainly() {
    let text = document(Locale::En).text();
    assert!(text.contains("Contoso has not provided links to their terms for you to review.\n"), "{text}");
    let told = ReviewDocument { contact: Some("privacy@contoso.example".into()), ..document(Locale::En) }.text();
    assert!(!told.contains("has not provided") && told.contains("privacy@contoso.example"));
}

#[test]
fn any_word_that_changes_changes_the_hash() {
    let hashes: BTreeSet<_> = Locale::ALL
        .into_iter()
        .map(document)
        .chain([ReviewDocument { app: "Other".into(), ..document(Locale::En) }])
        .chain([ReviewDocument { statement: Some("https://contoso.example/p".into()), ..document(Locale::En) }])
        .map(|document| document.hash())
        .collect();
    assert_eq!(hashes.len(), 5);
    assert!(hashes.iter().all(|hash| hash.0.len() == 64));
}
