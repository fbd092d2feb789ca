//! The forms of an HTML page, as a browser would submit them. Tolerant, and only as much of HTML as forms need.

use std::collections::BTreeMap;

/// A form and what it would send.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) id: String,
    pub(super) action: String,
    pub(super) is_post: bool,
    pub(super) fields: Vec<Field>,
    pub(super) buttons: Vec<Button>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) is_hidden: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Button {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) value: String,
}

impl Form {
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name && !field.is_hidden)
    }

    /// Nothing to fill in, and for another origin: a page that only passes something on.
    pub(super) fn is_carrier(&self) -> bool {
        self.is_post && self.action.contains("://") && !self.fields.is_empty() && self.fields.iter().all(|field| field.is_hidden)
    }

    pub(super) fn button(&self, id: &str) -> Option<&Button> {
        self.buttons.iter().find(|button| button.id == id)
    }

    /// What is sent when `filled` was typed and `button` pressed; the first button if none is named, as with the Enter key.
    pub(super) fn pairs(&self, filled: &[(&str, &str)], button: Option<&Button>) -> Vec<(String, String)> {
        let typed = |field: &Field| {
            filled.iter().find(|(name, _)| *name == field.name).map_or(field.value.clone(), |(_, value)| (*value).to_owned())
        };
        let mut pairs: Vec<_> = self.fields.iter().map(|field| (field.name.clone(), typed(field))).collect();
        if let Some(Button { name, value, .. }) = button.or(self.buttons.first()).filter(|button| !button.name.is_empty()) {
            pairs.push((name.clone(), value.clone()));
        }
        pairs
    }
}

type Attributes = BTreeMap<String, String>;

/// Every form of the page, in order.
pub(super) fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut open = None;
    let mut rest = html;
    while let Some((name, attributes, after)) = next_tag(rest) {
        rest = after;
        let of = |key: &str| attributes.get(key).cloned().unwrap_or_default();
        // a control belongs to the form it names, else to the one around it
        let owner = attributes.get("form").map_or(open, |id| forms.iter().position(|form| form.id == *id));
        match name.as_str() {
            "form" => {
                open = Some(forms.len());
                let is_post = of("method").eq_ignore_ascii_case("post");
                forms.push(Form { id: of("id"), action: of("action"), is_post, ..Form::default() });
            }
            "/form" => open = None,
            "script" | "style" => rest = rest.split_once(&format!("</{name}")).map_or("", |(_, after)| after),
            "input" | "select" | "button" => {
                if let Some(form) = owner.and_then(|index| forms.get_mut(index)) {
                    control(form, &name, &attributes, rest);
                }
            }
            _ => {}
        }
    }
    forms
}

fn control(form: &mut Form, element: &str, attributes: &Attributes, inner: &str) {
    let of = |key: &str| attributes.get(key).cloned().unwrap_or_default();
    let (kind, name) = (of("type").to_ascii_lowercase(), of("name"));
    if attributes.contains_key("disabled") {
        return;
    }
    match (element, kind.as_str()) {
        ("button", "button" | "reset") | ("input", "button" | "reset") => {}
        ("button", _) | ("input", "submit" | "image") => form.buttons.push(Button { id: of("id"), name, value: of("value") }),
        _ if name.is_empty() => {}
        ("select", _) => form.fields.push(Field { name, value: chosen(inner), is_hidden: false }),
        ("input", "checkbox" | "radio") if !attributes.contains_key("checked") => {}
        _ => form.fields.push(Field { name, value: of("value"), is_hidden: kind == "hidden" }),
    }
}

/// The selected option, or the first.
fn chosen(inner: &str) -> String {
    let mut rest = inner.split_once("</select").map_or("", |(options, _)| options);
    let mut first = None;
    while let Some((name, attributes, after)) = next_tag(rest) {
        rest = after;
        if name == "option" {
            let value = attributes.get("value").cloned().unwrap_or_default();
            if attributes.contains_key("selected") {
                return value;
            }
            first.get_or_insert(value);
        }
    }
    first.unwrap_or_default()
}

/// The next tag, its attributes, and what follows it. Comments are passed over.
fn next_tag(html: &str) -> Option<(String, Attributes, &str)> {
    let mut rest = html;
    loop {
        rest = rest.split_once('<')?.1;
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->")?.1;
            continue;
        }
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            continue;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '>')?;
        let (name, after) = rest.split_at(end);
        let (attributes, after) = attributes(after)?;
        return Some((name.trim_end_matches('/').to_ascii_lowercase(), attributes, after));
    }
}

fn attributes(text: &str) -> Option<(Attributes, &str)> {
    let mut out = Attributes::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return Some((out, after));
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || "=>/".contains(c)).filter(|end| *end > 0)?;
        let (name, after) = rest.split_at(end);
        let spaced = after.trim_start();
        let value;
        (value, rest) = match spaced.strip_prefix('=').map(str::trim_start) {
            None => ("", after),
            Some(quoted) if quoted.starts_with(['"', '\'']) => {
                let (quote, inner) = quoted.split_at(1);
                inner.split_once(quote)?
            }
            Some(bare) => bare.split_at(bare.find(|c: char| c.is_ascii_whitespace() || c == '>')?),
        };
        out.entry(name.to_ascii_lowercase()).or_insert_with(|| unescape(value));
    }
}

/// Numbers, and the five names that a page has to write.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after.split_once(';').and_then(|(name, next)| Some((character(name)?, next)));
        match entity {
            Some((character, next)) => {
                out.push(character);
                rest = next;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let hex = number.strip_prefix(['x', 'X']).map(|hex| u32::from_str_radix(hex, 16));
            char::from_u32(hex.unwrap_or_else(|| number.parse()).ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_sent_as_a_browser_sends_it() {
        let html = r#"<!-- <form> --><style>a>b{}</style><script>"<form>"</script>
            <FORM id=f method="POST" action="/a?x=1&amp;y=&#x32;"><input type=hidden name="form" value='t"k'><input name="address" value="">
            <input type="checkbox" name="no"><input type=radio name=r value=1 checked/><select name="l"><option value="en"><option value=fr selected></select>
            <button id="continue">Go</button></FORM><button form="f" id="p" name="provider" value="fabrikam">F</button>"#;
        let forms = forms(html);
        let [form] = forms.as_slice() else { panic!("{forms:?}") };
        assert_eq!((form.action.as_str(), form.is_post), ("/a?x=1&y=2", true));
        let pairs = |button| form.pairs(&[("address", "a@b")], button);
        let expected = [("form", "t\"k"), ("address", "a@b"), ("r", "1"), ("l", "fr")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(pairs(form.button("continue")), expected);
        assert_eq!(pairs(form.button("p"))[4], ("provider".into(), "fabrikam".into()));
        assert!(form.has("address") && !form.has("form") && !form.is_carrier());
    }

    #[test]
    fn a_broken_page_has_no_forms_rather_than_an_end() {
        for broken in ["<", "<form", "<form a=\"", "<!--", "<form =>", "<input name=x>", "< form>"] {
            assert!(forms(broken).is_empty(), "{broken}");
        }
    }
}
