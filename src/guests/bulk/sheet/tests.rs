use super::*;

fn file(lines: &str) -> String {
    format!("{VERSION}\n{}\n{lines}", HEADINGS.join(","))
}

fn refused(text: impl AsRef<[u8]>) -> (u64, String) {
    let refused = read(text.as_ref()).unwrap_err();
    (refused.line, refused.reason)
}

#[test]
fn the_template_is_read_as_it_is() {
    let rows = read(file("ana@fabrikam.example,https://portal.contoso.example/,TRUE,Welcome!\nbo@x.example,,,\n").as_bytes()).unwrap();
    assert_eq!(rows.len(), 2);
    let ana = Row {
        line: 3,
        address: "ana@fabrikam.example".into(),
        redirect: Some("https://portal.contoso.example/".into()),
        send: "TRUE".into(),
        message: "Welcome!".into(),
        ..Row::default()
    };
    assert_eq!(rows[0], ana);
    assert_eq!(rows[1], Row { line: 4, address: "bo@x.example".into(), redirect: Some(String::new()), ..Row::default() });
}

#[test]
fn quotes_byte_order_mark_line_ends_blank_lines_and_more_columns_change_nothing() {
    let text = format!(
        "\u{feff}{VERSION},,,\r\nCost centre,{},Remark\r\n\r\n4711,ana@x.example,https://a.example/,false,\"Hello, \"\"Ana\"\",\r\nwelcome\",x\r\n,,,,,\r\n4712,bo@x.example,https://a.example/,,,\r\n",
        HEADINGS.join(",")
    );
    let rows = read(text.as_bytes()).unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.line, row.address.as_str(), row.message.as_str(), row.flaw.clone())).collect();
    assert_eq!(told, [(4, "ana@x.example", "Hello, \"Ana\",\r\nwelcome", None), (7, "bo@x.example", "", None)]);
}

#[test]
fn the_powershell_variant_is_read() {
    let rows = read(b"Name,InvitedUserEmailAddress\nAna Torres,ana@x.example\n").unwrap();
    assert_eq!(rows, [Row { line: 2, address: "ana@x.example".into(), name: "Ana Torres".into(), ..Row::default() }]);
}

#[test]
fn a_file_that_can_not_be_read_says_line_and_reason() {
    let headings = HEADINGS.join(",");
    for (text, line, reason) in [
        (String::new(), 1, "empty"),
        ("\n\n".into(), 1, "empty"),
        ("a@b.example,x\n".into(), 1, "first line must be"),
        ("version:v2.0\n".into(), 1, "another version"),
        (format!("{VERSION}\n"), 2, "headings of the template are missing"),
        (format!("{VERSION}\n{headings}\n"), 2, "nobody to invite"),
        (format!("{VERSION}\n{}\na@b.example\n", HEADINGS[..3].join(",")), 2, "no column [customizedMessageBody]"),
        (format!("{VERSION}\n{headings},{}\na@b.example\n", HEADINGS[0]), 2, "two columns [inviteeEmail]"),
        (format!("{VERSION};;;\n{};\n", HEADINGS.join(";")), 1, "semicolons"),
        (format!("{VERSION}\n{}\na@b.example;x\n", HEADINGS.join(";")), 2, "semicolons"),
        (format!("{VERSION}\n{}\n", HEADINGS.join("\t")), 2, "tabs"),
        ("Name;InvitedUserEmailAddress\nA;a@b.example\n".into(), 1, "semicolons"),
        (file(&SHOWN.join(",")), 3, "only the example row"),
        (file("a@b.example,,,ok\nb@b.example,,,\"never closed\nc@b.example,,,\n"), 4, "never closed"),
    ] {
        let (at, why) = refused(&text);
        assert!(at == line && why.contains(reason), "{text:?}: line {at}: {why}");
    }
    assert_eq!(refused(b"\xff\xfev\0").1, "the file is in UTF-16: save it as “CSV UTF-8”");
    let latin = [file("a@b.example,,,ok\nb@b.example,,,Gr").as_bytes(), b"\xfc\xdfe\n"].concat();
    let (line, why) = refused(latin);
    assert!(line == 4 && why.contains("not UTF-8"), "{line} {why}");
    let long = file(&"a@b.example,,,\n".repeat(MOST + 1));
    assert!(refused(long).1.contains("at most"));
    assert!(refused(vec![b'a'; LONGEST + 1]).1.contains("MiB"));
}

#[test]
fn what_is_wrong_with_one_line_is_said_of_that_line() {
    let lines = "Example: alias@domain.example,https://myapplications.microsoft.com,TRUE,Hi\n\
                 a@x.example,,maybe,\n\
                 b@x.example,,,Hello, you\n\
                 \"c@x.example\nd@x.example\",,,\n\
                 e@x.example,,,fine\n";
    let rows = read(file(lines).as_bytes()).unwrap();
    let said = |flaw: &Option<Flaw>| match flaw {
        None => "fine".to_owned(),
        Some(Flaw::Example) => "example".into(),
        Some(Flaw::Unreadable(why)) => why.split(':').next().unwrap().into(),
    };
    let told: Vec<_> = rows.iter().map(|row| (row.line, said(&row.flaw))).collect();
    let wanted = [
        (3, "example"),
        (4, "[sendEmail] is neither true nor false"),
        (5, "it has more fields than there are headings"),
        (6, "a field goes on over the end of the line"),
        (8, "fine"),
    ];
    assert_eq!(told, wanted.map(|(line, why)| (line, why.to_owned())));
}
