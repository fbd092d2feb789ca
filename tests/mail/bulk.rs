//! Many invitations while everything else fails: the command is stopped, the mail server goes away, the serving process is killed. In
//! the end every line has its result, and everybody has one mail.

use std::{
    collections::BTreeMap,
    io::{BufReader, Read},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    services::postgres::Postgres,
    station::{Said, Station, gatehouse, wait},
};

const HEAD: &str = "version:v1.0\nEmail address to invite [inviteeEmail] Required,Redirection url [inviteRedirectURL] Required,Send invitation message (true or false) [sendEmail],Customized invitation message [customizedMessageBody]\n";

/// Those in hand when the mail server dies, and one that feels for it.
const MOST_UNCERTAIN: usize = 9;

/// Whether the serving process dies while it still has lines before it: the next has to wait until its lease runs out.
#[derive(Clone, Copy, PartialEq)]
enum Death {
    AtWork,
    AfterTheLines,
}

struct Play {
    lines: usize,
    outage: Duration,
    death: Death,
    /// How long the last part may take.
    patience: u64,
}

fn address(line: usize) -> String {
    format!("guest{line}@partner{}.example", line % 50)
}

/// Starts `invite bulk --wait`, and presses Ctrl-C when so many lines are done.
fn interrupted(station: &Station, words: &[&str], lines: usize) -> Said {
    let mut child = station.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let (mut err, mut octet, mut is_asked) = (String::new(), [0], false);
    while told.read(&mut octet).unwrap() == 1 {
        err.push(char::from(octet[0]));
        let done = err.rsplit('\r').next().and_then(|last| last.split(" of ").next()?.parse::<usize>().ok());
        if !is_asked && done.is_some_and(|done| done >= lines) {
            let pid = child.id().to_string();
            assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
            is_asked = true;
        }
    }
    let output = child.wait_with_output().unwrap();
    Said { code: output.status.code().unwrap_or(-1), out: String::from_utf8(output.stdout).unwrap(), err }
}

#[expect(clippy::disallowed_methods, reason = "a test waits for other processes")]
fn play(station: &mut Station, play: &Play) {
    let rows: String = (0..play.lines).map(|line| format!("{},https://portal.contoso.example/,TRUE,\n", address(line))).collect();
    let file = station.file("people.csv", &format!("{HEAD}{rows}"));
    let words = ["invite", "bulk", file.to_str().unwrap(), "--tenant", "contoso", "--wait", "--json"];
    station.mail.up();
    station.serve();
    let begun = Instant::now();

    let said = interrupted(station, &words, 100);
    assert_eq!(said.code, 130, "{said:?}");
    assert!(said.err.contains(&format!(" of {}, 0 failed, ", play.lines)) && said.out.contains("the same command"), "{said:?}");
    println!("stopped after {:?}: {}", begun.elapsed(), said.out.trim());

    // The serving process went on with it. Now the mail server dies, whatever it is about.
    wait("mails go out", play.patience, || station.mail.count() >= play.lines / 15);
    station.mail.down();
    let (down, before) = (Instant::now(), station.mail.count());
    println!("{before} mails after {:?}; the mail server is down", begun.elapsed());
    if play.death == Death::AfterTheLines {
        let status = ["invite", "bulk", file.to_str().unwrap(), "--tenant", "contoso", "--wait"];
        assert_eq!(station.run(&status).code, 0);
    }
    let memory = station.most_memory();
    station.end("KILL");
    station.serve();
    println!("killed and back after {:?}", begun.elapsed());

    // The same file again.
    let said = station.run(&words);
    assert_eq!(said.code, 0, "{said:?}");
    println!("all lines done after {:?}: {}", begun.elapsed(), said.err.rsplit('\r').next().unwrap_or_default().trim());
    let results: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(results.len(), play.lines);
    for (line, result) in results.iter().enumerate() {
        assert_eq!((&result["line"], &result["address"]), (&Value::from(line + 3), &Value::from(address(line))));
        assert!(result["outcome"] == "invited" && result["invitation"].is_string(), "{result}");
    }

    assert_eq!(station.mail.count(), before, "nobody took mail meanwhile");
    thread::sleep(play.outage.saturating_sub(down.elapsed()));
    println!("down for {:?}", down.elapsed());
    station.mail.up();
    let (up, begun_again) = (Instant::now(), station.mail.count());
    wait("everything is out", play.patience, || {
        thread::sleep(Duration::from_millis(500));
        // Asking is dear, so not before it is nearly so.
        station.mail.count() + MOST_UNCERTAIN >= play.lines && station.mails("queued").is_empty() && station.mails("sending").is_empty()
    });
    let rate = f64::from(u32::try_from(station.mail.count() - begun_again).unwrap()) / up.elapsed().as_secs_f64();
    println!("{} mails after {:?}, {rate:.0}/s after the outage", station.mail.count(), begun.elapsed());
    let memory = memory.max(station.most_memory());
    println!("the serving process had at most {memory} MiB");
    settle(station);
    exactly_once(station, play.lines);
}

/// What was being handed over when the mail server died: nobody here knows, and nothing is sent twice by itself. The operator looks at
/// the mail server, and says once more what it does not have.
fn settle(station: &Station) {
    let uncertain = station.mails("uncertain");
    println!("{} mails are uncertain", uncertain.len());
    assert!(uncertain.len() <= MOST_UNCERTAIN, "only what was in hand, and what felt for the server: {}", uncertain.len());
    for mail in uncertain {
        let id = mail["id"].as_str().unwrap();
        if !station.mail.took().iter().any(|took| took["message_id"].as_str().unwrap().contains(id)) {
            let said = station.run(&["mail", "retry", id]);
            assert!(said.code == 0 && said.out.contains("once more"), "{said:?}");
            println!("{id} once more");
        }
    }
    wait("those are out, too", 60, || station.mails("queued").is_empty() && station.mails("sending").is_empty());
}

fn exactly_once(station: &Station, lines: usize) {
    let (mut by_id, mut by_address) = (BTreeMap::new(), BTreeMap::new());
    for mail in station.mail.took() {
        *by_id.entry(mail["message_id"].as_str().unwrap().to_owned()).or_insert(0) += 1;
        *by_address.entry(mail["rcpt_to"][0].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    assert_eq!((by_id.len(), by_address.len()), (lines, lines));
    assert!(by_id.values().chain(by_address.values()).all(|times| *times == 1), "somebody got it twice");
    assert!((0..lines).all(|line| by_address.contains_key(&address(line))));
    println!("{lines} Message-IDs and {lines} recipients, each exactly once");
}

#[test]
fn a_stopped_command_a_dead_mail_server_and_a_killed_process_cost_nobody_a_mail_and_give_nobody_two() {
    let mut station = Station::new(None);
    play(&mut station, &Play { lines: 1500, outage: Duration::from_secs(5), death: Death::AfterTheLines, patience: 300 });
}

fn ten_thousand() -> Play {
    Play { lines: 10_000, outage: Duration::from_secs(60), death: Death::AtWork, patience: 1800 }
}

/// `cargo test --test mail ten_thousand -- --ignored --nocapture --test-threads 1`: a few minutes.
#[test]
#[ignore = "takes minutes"]
fn ten_thousand_invitations_and_a_minute_without_mail_on_sqlite() {
    play(&mut Station::new(None), &ten_thousand());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes"]
async fn ten_thousand_invitations_and_a_minute_without_mail_on_postgres() {
    let url = Postgres::shared().await.database();
    let mut station = Station::new(Some(url.reveal()));
    tokio::task::spawn_blocking(move || play(&mut station, &ten_thousand())).await.unwrap();
}

#[test]
fn the_template_invites_nobody_and_says_why() {
    let station = Station::new(None);
    let template = Command::new(gatehouse()).args(["invite", "template"]).output().unwrap();
    let template = String::from_utf8(template.stdout).unwrap();
    let file = station.file("template.csv", &template);
    let said = station.at_contoso(&["invite", "bulk", file.to_str().unwrap(), "--wait"]);
    assert_eq!((said.code, said.out.contains("GH5020") && said.out.contains("only the example row")), (1, true), "{said:?}");
    // With somebody below it, the row stays what it is.
    let file =
        station.file("filled.csv", &format!("{template}ana@partner.example,https://portal.contoso.example/,false,\r\nnobody,,,\r\n"));
    let said = station.at_contoso(&["invite", "bulk", file.to_str().unwrap(), "--wait"]);
    assert_eq!(said.code, 1, "{said:?}");
    for words in ["line 3: Example: ana@partner.example example", "line 4: ana@partner.example invited", "line 5: nobody GH5007: "] {
        assert!(said.out.contains(words), "{words}: {said:?}");
    }
}
