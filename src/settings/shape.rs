//! Holds a parsed TOML table against its JSON Schema: reports every unknown key, wrong type, disallowed word, number out
//! of range and missing key where it stands, and takes it out. Serde stops at the first mistake, and loses the place of
//! some; this does neither, and there is still one description of a file's shape: the raw types the schema comes from.

use schemars::{Schema, transform::Transform};
use serde_json::{Map, Value};
use toml::{
    Spanned,
    de::{DeArray, DeTable, DeValue},
};

use super::{at::Span, problem::Code, source::Reporter};

/// Takes the `null` out of the schemas of `Option`s: TOML has none.
#[derive(Debug, Clone)]
pub struct WithoutNull;

impl Transform for WithoutNull {
    fn transform(&mut self, schema: &mut Schema) {
        schemars::transform::transform_subschemas(self, schema);
        let Some(object) = schema.as_object_mut() else { return };
        if let Some(Value::Array(types)) = object.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                object.insert("type".into(), only);
            }
        }
        if let Some(Value::Array(branches)) = object.get_mut("anyOf") {
            branches.retain(|branch| branch.get("type").is_none_or(|name| name != "null"));
            if let [Value::Object(only)] = branches.as_slice() {
                let only = only.clone();
                object.remove("anyOf");
                for (key, value) in only {
                    object.entry(key).or_insert(value);
                }
            }
        }
    }
}

/// Leaves in `root` only what the schema allows, and reports the rest.
pub fn prune(root: &mut Spanned<DeTable<'_>>, schema: &Value, reporter: &mut Reporter) {
    let span = root.span();
    let mut walk = Walk { definitions: schema.get("$defs"), top: schema.get("properties").and_then(Value::as_object), reporter };
    walk.table(root.get_mut(), &span, schema);
}

struct Walk<'a> {
    definitions: Option<&'a Value>,
    /// Keys of the file itself.
    top: Option<&'a Map<String, Value>>,
    reporter: &'a mut Reporter,
}

impl<'a> Walk<'a> {
    /// Follows `$ref`.
    fn resolve(&self, schema: &'a Value) -> &'a Value {
        let mut schema = schema;
        while let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/$defs/")) {
            match self.definitions.and_then(|all| all.get(name)) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }

    fn table(&mut self, table: &mut DeTable<'_>, span: &Span, schema: &'a Value) {
        let schema = self.resolve(schema);
        let properties = schema.get("properties").and_then(Value::as_object);
        let others = schema.get("additionalProperties");
        // Before anything is taken out: what was wrong is not missing as well.
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if !table.contains_key(name) {
                let about = properties.and_then(|all| all.get(name)).map_or_else(String::new, about);
                self.reporter.error(Code::MissingKey, span, format!("`{name}` is missing here"), format!("add `{name} = …` ({about})"));
            }
        }
        for (key, mut value) in std::mem::take(table) {
            let name: &str = key.get_ref();
            let may_stay = match (properties.and_then(|all| all.get(name)), others) {
                (Some(expected), _) => self.value(&mut value, expected),
                (None, Some(expected @ Value::Object(_))) => self.value(&mut value, expected),
                (None, Some(Value::Bool(false))) => {
                    let (message, hint) = unknown_key(name, properties, self.top);
                    self.reporter.error(Code::UnknownKey, &key.span(), message, hint);
                    false
                }
                (None, _) => true,
            };
            if may_stay {
                table.insert(key, value);
            }
        }
    }

    /// Whether `value` may stay.
    fn value(&mut self, value: &mut Spanned<DeValue<'_>>, schema: &'a Value) -> bool {
        let span = value.span();
        let described = schema;
        let schema = self.resolve(schema);
        if let Some(words) = words(schema) {
            return self.word(value.get_ref(), &span, &words);
        }
        if let Some(branches) = schema.get("anyOf").and_then(Value::as_array) {
            let fitting = branches.iter().find(|branch| fits(value.get_ref(), self.resolve(branch)));
            return match fitting {
                Some(branch) => self.value(value, branch),
                None => {
                    let kinds: Vec<&str> = branches.iter().filter_map(|branch| type_of(self.resolve(branch))).map(article).collect();
                    self.wrong_type(value.get_ref(), &span, &kinds.join(" or "), described);
                    false
                }
            };
        }
        if !fits(value.get_ref(), schema) {
            self.wrong_type(value.get_ref(), &span, type_of(schema).map_or("something else", article), described);
            return false;
        }
        match value.get_mut() {
            DeValue::Table(table) => {
                self.table(table, &span, schema);
                true
            }
            DeValue::Array(array) => self.array(array, &span, schema),
            DeValue::Integer(number) => {
                let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
                self.number(number, &span, schema)
            }
            _ => true,
        }
    }

    fn array(&mut self, array: &mut DeArray<'_>, span: &Span, schema: &'a Value) -> bool {
        let length = array.len() as u64;
        let bound = |name| schema.get(name).and_then(Value::as_u64);
        if bound("minItems").is_some_and(|least| length < least) {
            self.reporter.error(Code::OutOfRange, span, "this list is too short", "put at least one entry into it");
            return false;
        }
        if bound("maxItems").is_some_and(|most| length > most) {
            self.reporter.error(
                Code::OutOfRange,
                span,
                "this list is too long",
                format!("keep at most {} entries", bound("maxItems").unwrap_or(1)),
            );
            return false;
        }
        let Some(items) = schema.get("items") else { return true };
        let old = std::mem::replace(array, DeArray::new());
        for mut item in old {
            if self.value(&mut item, items) {
                array.push(item);
            }
        }
        true
    }

    fn number(&mut self, number: Option<i64>, span: &Span, schema: &Value) -> bool {
        let bound = |name| schema.get(name).and_then(Value::as_i64);
        let (least, most) = (bound("minimum"), bound("maximum"));
        let is_in = number.is_some_and(|n| least.is_none_or(|least| n >= least) && most.is_none_or(|most| n <= most));
        if !is_in {
            let hint = match (least, most) {
                (Some(least), Some(most)) => format!("use a number from {least} to {most}"),
                (Some(least), None) => format!("use a number of at least {least}"),
                _ => "use a smaller number".into(),
            };
            self.reporter.error(Code::OutOfRange, span, "this number is out of range", hint);
        }
        is_in
    }

    fn word(&mut self, value: &DeValue<'_>, span: &Span, words: &[&str]) -> bool {
        let Some(word) = value.as_str() else {
            self.wrong_type(value, span, "a text", &Value::Null);
            return false;
        };
        let is_known = words.contains(&word);
        if !is_known {
            let listed: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            let hint = match nearest(word, words.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"? Allowed are {}", listed.join(", ")),
                None => format!("allowed are {}", listed.join(", ")),
            };
            self.reporter.error(Code::NotAllowed, span, format!("{word:?} is not allowed here"), hint);
        }
        is_known
    }

    fn wrong_type(&mut self, value: &DeValue<'_>, span: &Span, expected: &str, schema: &'a Value) {
        let found = article(value.type_str());
        let message = format!("this is {found}, where {expected} belongs");
        if self.resolve(schema).get("writeOnly").is_some() {
            let hint = "secrets are not written here: refer to one with `{ env = \"NAME\" }` or `{ file = \"path\" }`";
            self.reporter.error_unseen(Code::WrongType, span, message, hint);
            return;
        }
        let hint = match about(schema).as_str() {
            "" => format!("write {expected}"),
            about => format!("write {expected} ({about})"),
        };
        self.reporter.error(Code::WrongType, span, message, hint);
    }
}

/// The allowed words, if this schema is a choice of words.
fn words(schema: &Value) -> Option<Vec<&str>> {
    if let Some(listed) = schema.get("enum").and_then(Value::as_array) {
        return Some(listed.iter().filter_map(Value::as_str).collect());
    }
    let branches = schema.get("oneOf")?.as_array()?;
    let mut words = Vec::new();
    for branch in branches {
        match (branch.get("const").and_then(Value::as_str), branch.get("enum").and_then(Value::as_array)) {
            (Some(word), _) => words.push(word),
            (None, Some(listed)) => words.extend(listed.iter().filter_map(Value::as_str)),
            (None, None) => return None,
        }
    }
    Some(words)
}

fn type_of(schema: &Value) -> Option<&str> {
    schema.get("type").and_then(Value::as_str)
}

fn fits(value: &DeValue<'_>, schema: &Value) -> bool {
    match type_of(schema) {
        Some("string") => value.is_str(),
        Some("integer") => value.is_integer(),
        Some("boolean") => value.is_bool(),
        Some("array") => value.is_array(),
        Some("object") => value.is_table(),
        _ => true,
    }
}

fn article(kind: &str) -> &str {
    match kind {
        "string" => "a text",
        "integer" => "a whole number",
        "float" => "a decimal number",
        "boolean" => "true or false",
        "datetime" => "a date",
        "array" => "a list",
        "object" | "table" => "a table",
        other => other,
    }
}

/// What a key is about, on one line.
fn about(schema: &Value) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    text.split("\n\n").next().unwrap_or_default().trim_end_matches('.').replace('\n', " ")
}

fn unknown_key(name: &str, properties: Option<&Map<String, Value>>, top: Option<&Map<String, Value>>) -> (String, String) {
    let known = || properties.into_iter().flat_map(|all| all.keys().map(String::as_str)).filter(|key| *key != "$schema");
    let hint = match nearest(name, known()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if top.is_some_and(|top| top.contains_key(name)) => {
            format!("`{name}` belongs to the top of the file, before the first [table]")
        }
        None => format!("known here are {}", known().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")),
    };
    (format!("`{name}` is not a key that Gatehouse knows here"), hint)
}

/// The candidate that a typing mistake may have been meant for.
fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().take(64).collect();
    candidates
        .map(|candidate| (distance(&word, &candidate.to_lowercase().chars().collect::<Vec<_>>()), candidate))
        .filter(|(far, candidate)| *far <= 2.max(candidate.len() / 4).min(4) && *far < candidate.len())
        .min_by_key(|(far, _)| *far)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (above + 1).min(row[j] + 1).min(diagonal + usize::from(x != y));
            diagonal = above;
        }
    }
    row[b.len()]
}
