//! Files that pages refer to, embedded. A name carries the hash of its content, so an answer may be cached for good.

use std::{borrow::Cow, sync::LazyLock};

use super::accent::Accent;
use crate::random;

const CSS: &str = include_str!("assets/gatehouse.css");
const MARK: &str = include_str!("assets/mark.svg");

/// A file as served: immutable under its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    pub bytes: Cow<'static, [u8]>,
    pub content_type: &'static str,
}

static CSS_NAME: LazyLock<String> = LazyLock::new(|| format!("gatehouse.{}.css", short_hash(CSS)));
static MARK_NAME: LazyLock<String> = LazyLock::new(|| format!("mark.{}.svg", short_hash(MARK)));

/// Changes whenever a colour is derived differently.
static TINT_VERSION: LazyLock<String> = LazyLock::new(|| {
    let probes = ["#000000", "#1d5e59", "#808080", "#ffd400", "#ffffff"];
    short_hash(&probes.iter().filter_map(|probe| Accent::parse(probe)).map(Accent::css).collect::<String>())
});

fn short_hash(text: &str) -> String {
    random::sha256(text.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// Path of the one style sheet.
pub(super) fn css_path() -> String {
    format!("/assets/{}", *CSS_NAME)
}

/// Path of the gatehouse mark, as an icon.
pub(super) fn mark_path() -> String {
    format!("/assets/{}", *MARK_NAME)
}

/// Path of the style sheet with a tenant's colours. A strict policy allows no inline style, so the colour is in the name.
pub(super) fn tint_path(accent: Accent) -> String {
    format!("/assets/tint-{}.{}.css", accent.hex(), *TINT_VERSION)
}

/// The file called `name`, if it is one of this build's.
pub fn asset(name: &str) -> Option<Asset> {
    if name == *CSS_NAME {
        return Some(Asset { bytes: CSS.as_bytes().into(), content_type: "text/css; charset=utf-8" });
    }
    if name == *MARK_NAME {
        return Some(Asset { bytes: MARK.as_bytes().into(), content_type: "image/svg+xml" });
    }
    let hex = name.strip_prefix("tint-")?.strip_suffix(".css")?.strip_suffix(TINT_VERSION.as_str())?.strip_suffix('.')?;
    let accent = Accent::parse(&format!("#{hex}"))?;
    Some(Asset { bytes: accent.css().into_bytes().into(), content_type: "text/css; charset=utf-8" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_a_page_names_is_served_and_nothing_else() {
        for path in [css_path(), mark_path(), tint_path(Accent::default())] {
            assert!(asset(path.strip_prefix("/assets/").unwrap()).is_some(), "{path}");
        }
        for bad in ["gatehouse.css", "tint-zzzzzz.css", "../Cargo.toml", "", "tint-0b5fff.000000000000.css"] {
            assert!(asset(bad).is_none(), "{bad}");
        }
    }
}
