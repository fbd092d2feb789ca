//! Secrets by reference: the file says where a secret is, never what it is.

use std::{borrow::Cow, fmt, io::ErrorKind};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{self, value::MapAccessDeserializer},
};

use super::{
    Environment, Purpose,
    at::{At, Span},
    problem::Code,
    source::Reporter,
};
use crate::domain::secret::Secret;

/// Where a secret is: `{ env = "NAME" }` or `{ file = "path" }`. Never the secret itself.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("writeOnly" = true, "minProperties" = 1, "maxProperties" = 1))]
pub struct SecretRef {
    /// An environment variable's name.
    pub env: Option<At<String>>,
    /// A file, relative to the one this stands in; line ends after the secret are not part of it.
    pub file: Option<At<String>>,
}

impl At<SecretRef> {
    /// The place to point at when the secret itself is the problem: the variable's or the file's name.
    pub fn place(&self) -> Span {
        self.value.env.as_ref().or(self.value.file.as_ref()).map_or(&self.span, |at| &at.span).clone()
    }
}

/// A text, or a reference to a secret where the text would hold a password.
#[derive(Debug)]
pub enum TextOrSecret {
    Text(String),
    Secret(SecretRef),
}

impl<'de> Deserialize<'de> for TextOrSecret {
    /// By hand, because an untagged enum buffers its input and loses the places of what is in it.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = TextOrSecret;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a secret reference")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(TextOrSecret::Text(text.to_owned()))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                SecretRef::deserialize(MapAccessDeserializer::new(map)).map(TextOrSecret::Secret)
            }
        }
        from.deserialize_any(Visitor)
    }
}

impl JsonSchema for TextOrSecret {
    fn schema_name() -> Cow<'static, str> {
        "TextOrSecret".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let secret = generator.subschema_for::<SecretRef>();
        json_schema!({ "anyOf": [{ "type": "string" }, secret] })
    }
}

/// What stands where a secret is not, for a command that only looks: as long as a secret has to be.
const STAND_IN: &str = "stand-in for a secret that is not here";

/// Whether this secret could not be had where somebody only looks.
pub fn is_stand_in(secret: &Secret<String>) -> bool {
    secret.reveal() == STAND_IN
}

/// Fetches a secret. `None`: it could not be had, and the reporter says why.
pub fn fetch(reference: &At<SecretRef>, purpose: Purpose, environment: Environment<'_>, reporter: &mut Reporter) -> Option<Secret<String>> {
    if purpose.serves_nothing() && !is_here(&reference.value, environment, reporter) {
        return Some(Secret::new(STAND_IN.to_owned()));
    }
    let (text, at) = match (&reference.value.env, &reference.value.file) {
        (Some(name), None) => {
            let Some(text) = environment(&name.value) else {
                let message = format!("the environment variable {} is not set here", name.value);
                let hint = format!("set {} where `gatehouse serve` runs; it refuses to start without", name.value);
                reporter.warn(Code::SecretUnset, &name.span, message, hint);
                return None;
            };
            (Secret::new(text), &name.span)
        }
        (None, Some(path)) => {
            let octets = read(path, reporter)?;
            let Ok(text) = String::from_utf8(octets) else {
                reporter.error(Code::SecretEmpty, &path.span, "this file is not UTF-8 text", "secrets are text; encode octets in base64");
                return None;
            };
            (Secret::new(text), &path.span)
        }
        _ => {
            reporter.error(
                Code::SecretReference,
                &reference.span,
                "a secret is either in the environment or in a file",
                "write exactly one of `{ env = \"NAME\" }` and `{ file = \"path\" }`",
            );
            return None;
        }
    };
    let text = Secret::new(text.reveal().trim_end_matches(['\r', '\n']).to_owned());
    if text.reveal().is_empty() {
        reporter.error(Code::SecretEmpty, at, "this secret is empty", "put the secret there, or take the key out");
        return None;
    }
    Some(text)
}

pub(super) fn is_here(reference: &SecretRef, environment: Environment<'_>, reporter: &Reporter) -> bool {
    let has_variable = reference.env.as_ref().is_none_or(|name| environment(&name.value).is_some());
    has_variable && reference.file.as_ref().is_none_or(|path| std::fs::File::open(reporter.resolve(&path.value)).is_ok())
}

/// The octets of a file referred to from a configuration file.
pub fn read(path: &At<String>, reporter: &mut Reporter) -> Option<Vec<u8>> {
    let full = reporter.resolve(&path.value);
    match std::fs::read(&full) {
        Ok(octets) => Some(octets),
        Err(error) => {
            let message = match error.kind() {
                ErrorKind::NotFound => format!("there is no file {:?}", path.value),
                kind => format!("the file {:?} can't be read: {kind}", path.value),
            };
            let hint = format!("put the file at {}, or correct the path; it is relative to this file's folder", full.display());
            reporter.error(Code::FileMissing, &path.span, message, hint);
            None
        }
    }
}
