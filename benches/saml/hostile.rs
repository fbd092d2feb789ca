//! The worst documents a stranger can send, and what each costs before it is refused. Each is judged in a process of its own, so that
//! the peak of memory is its own.
//!
//! Those of [`Signed::ByPartner`] are refused by nothing early: a partner signed them. Strangers sign with a key nobody trusts.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use gatehouse::demo::partner::{KeyShape, Response, Sealing, Signer, Validity, deflated, for_post};
use serde_json::Value;

use crate::{
    Answer, Line,
    cost::{forget_peak, own_cpu_nanos, peak_kib, resident_kib, round},
    honest::answer,
    house::{Folder, House, NOW},
    say,
};

/// The argument that makes this program judge one document and say what it cost.
pub(crate) const ONE: &str = "--judge-one";
const TIMES: usize = 25;
/// Just within what is read.
const FULL: usize = 250 * 1024;
const INFLATED: usize = 64 * 1024 * 1024;

/// Judges the document, a form's field or a logout message's query, again and again.
pub(crate) async fn suffer(folder: &Path, document: &Path) -> Answer<()> {
    let house = House::open(folder).await?;
    let text = fs::read_to_string(document)?;
    // everything that is made once is made before the peak counts
    house.judge(&for_post(&answer().seal(&Sealing::nothing())?)).await?;
    forget_peak()?;
    let before = resident_kib()?;
    let mut millis = Vec::new();
    let mut refused = None;
    let mut first_peak = 0;
    for turn in 0..TIMES {
        let began = own_cpu_nanos()?;
        refused = match text.strip_prefix('?') {
            Some(query) => house.judge_logout(query).await,
            None => house.judge(&text).await?,
        };
        millis.push((own_cpu_nanos()? - began) as f64 / 1e6);
        if turn == 0 {
            first_peak = peak_kib()?.saturating_sub(before);
        }
    }
    // the scheduler's account moves in steps of its tick, 1 to 4 ms: of one turn it is a bound, of all together a measure
    let mean = millis.iter().sum::<f64>() / TIMES as f64;
    let most = millis.iter().copied().fold(0.0, f64::max);
    say(vec![
        ("refused_with", refused.into()),
        ("cpu_millis", round(mean).into()),
        ("cpu_millis_most", round(most).into()),
        ("peak_kib", first_peak.into()),
        ("peak_kib_after_all", peak_kib()?.saturating_sub(before).into()),
    ])
}

/// One line for each kind, and one for the worst of all.
pub(crate) fn all(folder: &Folder, house: &House) -> Answer<()> {
    let (mut millis, mut kib) = (0.0_f64, 0.0_f64);
    for (kind, text) in kinds(folder, house)? {
        let document = folder.path().join("hostile");
        fs::write(&document, &text)?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(ONE).args([folder.path(), &document]).stdin(Stdio::null()).stderr(Stdio::inherit());
        let output = command.output()?;
        let cost: BTreeMap<String, Value> = serde_json::from_slice(&output.stdout).map_err(|_| format!("{kind}: it never came back"))?;
        let number = |name: &str| cost.get(name).and_then(Value::as_f64).unwrap_or(f64::INFINITY);
        (millis, kib) = (millis.max(number("cpu_millis_most")), kib.max(number("peak_kib_after_all")));
        let mut line: Line = vec![("hostile", kind.into()), ("kib", round(text.len() as f64 / 1024.0).into())];
        for name in ["refused_with", "cpu_millis", "cpu_millis_most", "peak_kib", "peak_kib_after_all"] {
            line.push((name, cost.get(name).cloned().unwrap_or_default()));
        }
        say(line)?;
    }
    say(vec![("hostile", "the worst of all".into()), ("cpu_millis_most", millis.into()), ("peak_mib", round(kib / 1024.0).into())])
}

/// What is sent: base64 as in a form, or a query that begins with `?`.
fn kinds(folder: &Folder, house: &House) -> Answer<Vec<(&'static str, String)>> {
    let stranger = Signer::generate(KeyShape::Rsa2048, "Litware signing", &Validity::around(NOW))?;
    let partner = Sealing::response(&folder.rsa);
    let (honest, ours) = (answer().seal(&Sealing::both(&folder.rsa))?, house.our_certificate());
    let encrypted = Sealing::assertion(&folder.rsa).encrypted_for(&ours);
    let around = |content: &str, sealing: &Sealing<'_>| carrying(&answer(), content, sealing);
    let forged = |content: &str| around(content, &Sealing::response(&stranger));
    let into_key_info = |text: &str| honest.replacen("<ds:X509Certificate>", &format!("{text}<ds:X509Certificate>"), 1);

    let crowded = repeated(FULL - 8_000, |n| format!("<x{}/>", attributes(n, 48)));
    let declaring = repeated(FULL - 8_000, |n| nested(40, |at| format!("xmlns:n{at}=\"urn:n:{n}:{at}\" n{at}:a=\"\"")));
    let elements = "<a/>".repeat(7_900);
    let deep = nested(40, |_| String::new()).repeat(195);
    let identified: String = (0..7_900).map(|n| format!("<a ID=\"_{n:018}\"/>")).collect();
    let references = repeated(FULL - 8_000, |_| "&#x1F600;".into());
    let attribute = format!("<a b=\"{}\"/>", "&#10;&lt; ".repeat((FULL - 8_000) / 10));
    let signature =
        honest.split_once("<ds:Signature").and_then(|(_, rest)| rest.split_once("</ds:Signature>")).map_or("", |(inner, _)| inner);
    let signatures = repeated(FULL - 12_000, |_| format!("<ds:Signature{signature}</ds:Signature>"));
    let xml: Vec<(&str, String)> = vec![
        ("48 attributes on every element, signed by a stranger", forged(&crowded)?),
        ("48 attributes on every element, signed by the partner", around(&crowded, &partner)?),
        ("namespaces nested and declared anew, signed by a stranger", forged(&declaring)?),
        ("namespaces nested and declared anew, signed by the partner", around(&declaring, &partner)?),
        ("7,900 elements, signed by a stranger", forged(&elements)?),
        ("7,900 elements, signed by the partner", around(&elements, &partner)?),
        ("7,900 elements, encrypted for us", around(&elements, &encrypted)?),
        (
            "48 attributes on every element, encrypted for us",
            around(&repeated(FULL * 2 / 3, |n| format!("<x{}/>", attributes(n, 48))), &encrypted)?,
        ),
        ("nested as deep as is read, signed by a stranger", forged(&deep)?),
        ("an identifier on every element, signed by a stranger", forged(&identified)?),
        ("character references and nothing else, signed by a stranger", forged(&references)?),
        ("one attribute of 240 KB that must be escaped, signed by a stranger", forged(&attribute)?),
        ("hundreds of signatures", honest.replacen("<ds:Signature", &format!("{signatures}<ds:Signature"), 1)),
        (
            "hundreds of references in one signature",
            honest.replacen("<ds:Reference", &("<ds:Reference URI=\"\"/>".repeat(5_000) + "<ds:Reference"), 1),
        ),
        (
            "a certificate of 240 KB in KeyInfo",
            into_key_info(&format!("<ds:X509Certificate>{}</ds:X509Certificate>", "A".repeat(FULL - 12_000))),
        ),
        (
            "a hundred certificates in KeyInfo",
            into_key_info(&repeated(FULL - 16_000, |_| {
                format!("<ds:X509Certificate>{}</ds:X509Certificate>", stranger.certificate_base64())
            })),
        ),
        ("a signature value of 240 KB", replaced(&honest, "<ds:SignatureValue>", "</ds:SignatureValue>", &"A".repeat(FULL - 12_000))),
        (
            "an encrypted key and 180 KB that are none",
            replaced(&answer().seal(&encrypted)?, "<xenc:CipherValue>", "</xenc:CipherValue>", &"A".repeat(FULL - 12_000)),
        ),
        ("40,000 attributes on one element", format!("<a{}/>", attributes(0, 40_000)).chars().take(FULL).collect()),
        ("80,000 open tags", "<a>".repeat(FULL / 3)),
        ("60,000 elements", format!("<a>{}</a>", "<b/>".repeat(FULL / 4 - 4))),
        ("an element name of 250 KB", format!("<{}/>", "a".repeat(FULL - 10))),
        ("30,000 times =", format!("<a {}", "b = ".repeat(FULL / 4 - 4))),
        (
            "a document type with entities of entities",
            format!("<!DOCTYPE a [{}]><a>&e9;</a>", repeated(2_000, |n| format!("<!ENTITY e{n} \"&e;&e;&e;\">"))),
        ),
    ];
    let mut kinds: Vec<(&str, String)> = xml.into_iter().map(|(kind, xml)| (kind, for_post(&xml))).collect();
    kinds.push(("base64 of 500 KB, nothing but line breaks between", "AA==\r\n".repeat(500 * 1024 / 6)));
    kinds.push(("base64 of 500 KB of zeros", STANDARD.encode(vec![0; 375 * 1024])));
    kinds.push(("a logout message of 64 KB that inflates to 64 MB", format!("?SAMLRequest={}", escaped(&deflated(&" ".repeat(INFLATED))))));
    let inflated = format!("<a>{}</a>", "<b/>".repeat(65_000));
    kinds.push(("a logout message that inflates to 60,000 elements", format!("?SAMLRequest={}", escaped(&deflated(&inflated)))));
    Ok(kinds)
}

/// An honest answer with `content` inside an attribute's value, where XML may stand.
fn carrying(answer: &Response, content: &str, sealing: &Sealing<'_>) -> Answer<String> {
    let honest = answer.assertions.first().ok_or("no assertion")?;
    let end = "</saml:AttributeStatement>";
    let more = format!("<saml:Attribute Name=\"more\"><saml:AttributeValue>{content}</saml:AttributeValue></saml:Attribute>{end}");
    let mut assertion = honest.to_xml(sealing.prefixes, None)?.replacen(end, &more, 1);
    if let Some(signing) = &sealing.assertion {
        let issuer = "</saml:Issuer>";
        assertion = assertion.replacen(issuer, &format!("{issuer}{}", signing.over(&assertion, &honest.id)?), 1);
    }
    Ok(answer.around(&[assertion], sealing)?)
}

/// As many as fit into `octets`.
fn repeated(octets: usize, one: impl Fn(usize) -> String) -> String {
    let mut out = String::new();
    for n in 0.. {
        let next = one(n);
        if out.len() + next.len() > octets {
            break;
        }
        out.push_str(&next);
    }
    out
}

fn attributes(seed: usize, count: usize) -> String {
    // neither in order nor in reverse, which a sort might like
    (0..count).map(|n| format!(" a{}=\"\"", (n * 7_919 + seed) % 1_000_003)).collect()
}

fn nested(depth: usize, attributes: impl Fn(usize) -> String) -> String {
    let begin: String = (0..depth).map(|at| format!("<a {}>", attributes(at))).collect();
    begin + &"</a>".repeat(depth)
}

/// `text` between the last `begin` and the next `end` after it.
fn replaced(xml: &str, begin: &str, end: &str, text: &str) -> String {
    let split = xml.rsplit_once(begin).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    split.map_or_else(|| xml.to_owned(), |(before, after)| format!("{before}{begin}{text}{end}{after}"))
}

fn escaped(base64: &str) -> String {
    base64.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}
