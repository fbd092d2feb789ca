//! Every page, in every language, as it is written.

use super::*;
use crate::domain::{error_code::ErrorCode, locale::Locale};

/// Pages on the way to somebody else.
const SENDS_ITSELF: [&str; 2] = ["form-post", "leave"];

/// Every page and its states, named.
fn samples(locale: Locale) -> Vec<(String, String)> {
    samples::all(locale)
}

#[test]
fn every_page_is_whole_in_every_language() {
    for locale in Locale::ALL {
        for (name, html) in samples(locale) {
            assert!(html.starts_with(&format!("<!doctype html>\n<html lang=\"{}\" dir=\"ltr\">", locale.tag())), "{name}: {}", &html[..80]);
            assert_eq!(html.matches("<h1>").count(), 1, "{name}");
            for part in ["<title>", "<main id=\"main\"", "class=\"skip\" href=\"#main\"", "name=\"viewport\""] {
                assert!(html.contains(part), "{name} lacks {part}");
            }
            for odd in [" style=", " onclick=", "<style", "{{", "{ $", "\"http://", "src=\"http"] {
                assert!(!html.contains(odd), "{name} has {odd}");
            }
            assert_eq!(html.contains("<script"), SENDS_ITSELF.contains(&name.as_str()), "{name}");
        }
    }
}

#[test]
fn every_form_that_changes_something_carries_its_token() {
    for (name, html) in samples(Locale::En).into_iter().filter(|(name, _)| !SENDS_ITSELF.contains(&name.as_str())) {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            let is_question = [" method=\"get\" action=\"/contoso/apps\"", " method=\"get\" action=\"/common\""]
                .iter()
                .any(|start| form.starts_with(start));
            // Without a session there is nothing to make a token from: where such a form comes from is asked instead.
            let is_anyones = [" method=\"post\" action=\"/common/", " method=\"post\" action=\"/contoso/device\""]
                .iter()
                .any(|start| form.contains(start));
            if is_question || is_anyones {
                continue;
            }
            let is_ours = ["sign", "account", "redeem", "invitations"]
                .iter()
                .any(|place| form.contains(&format!(" method=\"post\" action=\"/contoso/{place}")));
            assert!(is_ours, "{name}: {form}");
            // What ends invitations needs the link's ticket and nothing else: mail programs press it, too.
            assert!(name == "block" || form.contains("<input type=\"hidden\" name=\"form\" value=\"q8V3"), "{name}: {form}");
        }
    }
}

#[test]
fn names_and_ids_are_the_ones_agreed_with_the_door() {
    let sign_in = SignIn::sample().render();
    for part in [
        "name=\"address\"",
        "id=\"address\"",
        "id=\"continue\"",
        "autocomplete=\"username\"",
        "name=\"provider\" value=\"fabrikam\" formnovalidate",
    ] {
        assert!(sign_in.contains(part), "{part}");
    }
    let passcode = Passcode::sample().render();
    for part in [
        "name=\"code\"",
        "inputmode=\"numeric\"",
        "autocomplete=\"one-time-code\"",
        "id=\"resend\"",
        "id=\"restart\"",
        "/passcode/resend\"",
    ] {
        assert!(passcode.contains(part), "{part}");
    }
    let consent = Consent::sample().render();
    for part in ["id=\"accept\" name=\"decision\" value=\"accept\"", "id=\"decline\" name=\"decision\" value=\"decline\""] {
        assert!(consent.contains(part), "{part}");
    }
}

#[test]
fn what_others_wrote_is_escaped() {
    let hostile = "\"><script>alert(1)</script>";
    let mut page = SignIn::sample();
    hostile.clone_into(&mut page.address);
    hostile.clone_into(&mut page.frame.tenant);
    page.app = Some(hostile.into());
    page.providers[0].name = hostile.into();
    page.frame.logo = Some(hostile.into());
    page.frame.reference = Some(hostile.into());
    assert!(!page.render().contains("<script"));

    let mut post = FormPost::sample();
    post.fields.push((hostile.into(), hostile.into()));
    hostile.clone_into(&mut post.action);
    assert_eq!(post.render().matches("<script").count(), 1);

    let mut leave = Leave::sample();
    leave.fields.push((hostile.into(), hostile.into()));
    hostile.clone_into(&mut leave.action);
    hostile.clone_into(&mut leave.provider);
    assert_eq!(leave.render().matches("<script").count(), 1);
    assert!(!SignedOut { unconfirmed: Some(hostile.into()), ..SignedOut::sample() }.render().contains("<script"));

    let mut apps = MyApps::sample();
    hostile.clone_into(&mut apps.query);
    hostile.clone_into(&mut apps.apps[0].name);
    hostile.clone_into(&mut apps.waiting[0].name);
    apps.apps[1].description = Some(hostile.into());
    apps.signed_in.provider = Some(hostile.into());
    assert!(!apps.render().contains("<script") && !MyApps { apps: Vec::new(), ..apps }.render().contains("<script"));
    let mut account = MyAccount { name: Some(hostile.into()), ..MyAccount::sample() };
    hostile.clone_into(&mut account.organizations[1].name);
    account.agreements[0].terms = Some(hostile.into());
    account.agreements[0].version = Some(hostile.into());
    assert!(!account.render().contains("<script"));
    let organization = Organization { typed: hostile.into(), request: Some(hostile.into()), ..Organization::sample() };
    assert!(!organization.render().contains("<script"));
}

#[test]
fn the_words_on_review_permissions_are_the_words_that_are_hashed() {
    for locale in Locale::ALL {
        let mut page = Consent::sample();
        page.frame.locale = locale;
        page.document.locale = locale;
        let html = page.render();
        let plain = plain_text(&html);
        for line in page.document.text().lines() {
            let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(plain.contains(&line), "{line:?} is not in {plain}");
        }
    }
}

/// The text of a page without its tags, each run of spaces one space.
fn plain_text(html: &str) -> String {
    let bare: String = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    let bare = bare.replace("&#39;", "'").replace("&#38;", "&").replace("&#34;", "\"");
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_error_shows_its_code_its_reference_and_a_way_on() {
    for code in ErrorCode::ALL {
        let html = ErrorPage { code: *code, ..ErrorPage::sample() }.render();
        assert!(html.contains(code.code()) && html.contains("K7QM-2XFD") && html.contains("Back to Portal"));
    }
}

#[test]
fn the_script_that_is_allowed_is_the_script_that_is_there() {
    for html in [FormPost::sample().render(), Leave::sample().render()] {
        let script = html.split("<script>").nth(1).and_then(|rest| rest.split("</script>").next()).unwrap();
        assert_eq!(script, csp::SUBMIT_SCRIPT);
    }
}
