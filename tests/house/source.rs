//! Reads Rust source as the house test needs it: tokens with their lines, the paths a file names, and which of both are test code.
//!
//! No parser crate: comments, strings and characters are dropped by a small lexer, the rest is looked at token by token.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One token that is neither comment nor white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Word(String),
    /// A number, string or character; what it says does not matter here.
    Literal,
    /// One character, or one of the two-character signs `::`, `=>` and `->`.
    Sign(&'static str),
}

#[derive(Debug, Clone)]
pub struct Token {
    pub kind: Kind,
    pub line: usize,
    /// Within `#[cfg(test)]`, or in a file of tests.
    pub is_test: bool,
}

impl Token {
    pub fn is(&self, sign: &str) -> bool {
        matches!(self.kind, Kind::Sign(s) if s == sign)
    }

    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            Kind::Literal | Kind::Sign(_) => None,
        }
    }

    pub fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }
}

/// A path as written, resolved as far as a file alone allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// `Some` from the crate root on, for `crate::`, `self::` and `super::`; `None` for anything else.
    pub inside: Option<Vec<String>>,
    pub as_written: Vec<String>,
    pub line: usize,
    pub is_test: bool,
}

/// One file of `src/`.
pub struct Source {
    /// From the repository's root, with `/`.
    pub path: String,
    /// `["store", "redis"]` for `src/store/redis.rs`; empty for `lib.rs` and `main.rs`.
    pub module: Vec<String>,
    pub text: String,
    pub tokens: Vec<Token>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let inner = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".rs");
        let module: Vec<String> = inner.split('/').filter(|part| !matches!(*part, "mod" | "lib" | "main")).map(str::to_owned).collect();
        let tokens = lex(text);
        let mut source = Self { path: path.to_owned(), module, text: text.to_owned(), tokens };
        let is_tests = source.is_tests();
        mark_tests(&mut source.tokens, is_tests);
        source
    }

    /// A file of tests beside the code: `tests.rs`, `ring_tests.rs`.
    pub fn is_tests(&self) -> bool {
        self.module.last().is_some_and(|name| name == "tests" || name.ends_with("_tests"))
    }

    /// Every `.rs` file below `root/src`, in order of path.
    pub fn all(root: &Path) -> Vec<Self> {
        let mut found = Vec::new();
        let mut waiting: Vec<PathBuf> = vec![root.join("src")];
        while let Some(dir) = waiting.pop() {
            for entry in fs::read_dir(&dir).expect("the source tree can be read") {
                let path = entry.expect("a directory entry").path();
                if path.is_dir() {
                    waiting.push(path);
                } else if path.extension().is_some_and(|e| e == "rs") {
                    found.push(path);
                }
            }
        }
        found.sort();
        let from_root = |path: &Path| path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
        found.iter().map(|path| Self::new(&from_root(path), &fs::read_to_string(path).expect("UTF-8 source"))).collect()
    }

    pub fn at(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }

    /// Every path of two or more parts, and everything a `use` names.
    pub fn paths(&self) -> Vec<Named> {
        let mut out = Vec::new();
        let mut here = self.module.clone();
        let mut depth = 0_usize;
        let mut inline: Vec<usize> = Vec::new();
        let mut i = 0;
        while i < self.tokens.len() {
            let token = &self.tokens[i];
            if token.is("{") {
                depth += 1;
            } else if token.is("}") {
                depth = depth.saturating_sub(1);
                if inline.last() == Some(&depth) {
                    inline.pop();
                    here.pop();
                }
            } else if token.is_word("mod") && self.is_at(i + 2, "{") {
                here.push(self.tokens[i + 1].word().unwrap_or_default().to_owned());
                inline.push(depth);
                i += 1;
            } else if token.is_word("use") && !self.is_at(i + 1, "<") {
                i = self.use_tree(i + 1, &mut Vec::new(), &here, &mut out);
                continue;
            } else if token.word().is_some() && !(i > 0 && (self.tokens[i - 1].is("::") || self.tokens[i - 1].is("."))) {
                let start = i;
                let mut parts = vec![token.word().unwrap_or_default().to_owned()];
                while self.is_at(i + 1, "::") && self.tokens.get(i + 2).is_some_and(|t| t.word().is_some()) {
                    parts.push(self.tokens[i + 2].word().unwrap_or_default().to_owned());
                    i += 2;
                }
                if parts.len() > 1 {
                    out.push(named(parts, &here, &self.tokens[start]));
                }
            }
            i += 1;
        }
        out
    }

    fn is_at(&self, i: usize, sign: &str) -> bool {
        self.tokens.get(i).is_some_and(|t| t.is(sign))
    }

    /// Reads one branch of a `use` from `i` on; answers where it ended.
    fn use_tree(&self, mut i: usize, prefix: &mut Vec<String>, here: &[String], out: &mut Vec<Named>) -> usize {
        let depth = prefix.len();
        let start = i;
        while let Some(token) = self.tokens.get(i) {
            if let Some(word) = token.word().filter(|w| *w != "as") {
                prefix.push(word.to_owned());
            } else if token.is("*") {
                prefix.push("*".to_owned());
            } else if token.is_word("as") {
                i += 1;
            } else if token.is("{") {
                i += 1;
                while self.tokens.get(i).is_some_and(|t| !t.is("}")) {
                    i = self.use_tree(i, prefix, here, out);
                    if self.is_at(i, ",") {
                        i += 1;
                    }
                }
                prefix.truncate(depth);
                return i + 1;
            } else if !token.is("::") {
                break;
            }
            i += 1;
        }
        if prefix.len() > depth {
            out.push(named(prefix.clone(), here, &self.tokens[start]));
        }
        prefix.truncate(depth);
        i
    }
}

fn named(as_written: Vec<String>, here: &[String], at: &Token) -> Named {
    let inside = match as_written[0].as_str() {
        "crate" => Some(as_written[1..].to_vec()),
        "self" => Some(here.iter().chain(&as_written[1..]).cloned().collect()),
        "super" => {
            let ups = as_written.iter().take_while(|part| *part == "super").count();
            let kept = here.len().saturating_sub(ups);
            Some(here[..kept].iter().chain(&as_written[ups..]).cloned().collect())
        }
        _ => None,
    };
    Named { inside, as_written, line: at.line, is_test: at.is_test }
}

/// Sets `is_test` on every item that stands under `#[cfg(test)]` (or `cfg(all(test, ..))`).
fn mark_tests(tokens: &mut [Token], is_whole_file: bool) {
    if is_whole_file {
        tokens.iter_mut().for_each(|t| t.is_test = true);
        return;
    }
    let mut i = 0;
    while i + 2 < tokens.len() {
        let opens = tokens[i].is("#") && tokens[i + 1].is("[") && tokens[i + 2].is_word("cfg");
        let end = if opens { closing(tokens, i + 1) } else { i };
        if opens && tokens[i..end].iter().any(|t| t.is_word("test")) && !tokens[i..end].iter().any(|t| t.is_word("not")) {
            let mut last = end + 1;
            while last < tokens.len() && !tokens[last].is(";") && !tokens[last].is("{") {
                last = if tokens[last].is("(") || tokens[last].is("[") { closing(tokens, last) } else { last } + 1;
            }
            if last < tokens.len() && tokens[last].is("{") {
                last = closing(tokens, last);
            }
            let last = last.min(tokens.len() - 1);
            tokens[i..=last].iter_mut().for_each(|t| t.is_test = true);
            i = last;
        }
        i += 1;
    }
}

/// Where the bracket that opens at `open` closes.
pub fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (i, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            Kind::Sign("(" | "[" | "{") => depth += 1,
            Kind::Sign(")" | "]" | "}") => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return i;
                }
            }
            Kind::Word(_) | Kind::Literal | Kind::Sign(_) => {}
        }
    }
    tokens.len().saturating_sub(1)
}

const SIGNS: [&str; 34] = [
    "::", "=>", "->", "(", ")", "[", "]", "{", "}", "<", ">", ",", ";", ":", ".", "=", "#", "!", "?", "&", "|", "*", "+", "-", "/", "%",
    "^", "@", "$", "~", "_", "\\", "`", "'",
];

/// Tokens of `text`, without comments.
fn lex(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut line = 1;
    let mut i = 0;
    while i < chars.len() {
        let start_line = line;
        let (kind, next) = one(&chars, i);
        line += chars[i..next].iter().filter(|c| **c == '\n').count();
        if let Some(kind) = kind {
            out.push(Token { kind, line: start_line, is_test: false });
        }
        i = next;
    }
    out
}

/// The token at `i` (none for white space and comments) and where the next one may start.
fn one(chars: &[char], i: usize) -> (Option<Kind>, usize) {
    let at = |k: usize| chars.get(i + k).copied().unwrap_or('\0');
    let c = at(0);
    if c.is_whitespace() {
        return (None, i + 1);
    }
    if c == '/' && at(1) == '/' {
        return (None, (i..chars.len()).find(|k| chars[*k] == '\n').unwrap_or(chars.len()));
    }
    if c == '/' && at(1) == '*' {
        return (None, end_of_block_comment(chars, i));
    }
    let prefix = (0..3).take_while(|k| matches!(at(*k), 'b' | 'c' | 'r')).count();
    let hashes = (prefix..).take_while(|k| at(*k) == '#').count();
    if prefix > 0 && at(prefix - 1) == 'r' && at(prefix + hashes) == '"' {
        return (Some(Kind::Literal), end_of_raw_string(chars, i + prefix + hashes + 1, hashes));
    }
    if at(prefix) == '"' && prefix < 3 {
        return (Some(Kind::Literal), end_of_quoted(chars, i + prefix + 1, '"'));
    }
    if c == '\'' || (c == 'b' && at(1) == '\'') {
        let quote = if c == 'b' { 1 } else { 0 };
        if at(quote + 1) == '\\' || at(quote + 2) == '\'' {
            return (Some(Kind::Literal), end_of_quoted(chars, i + quote + 1, '\''));
        }
        // a lifetime or a label: of no interest
        return (
            None,
            (i + 1..).take_while(|k| chars.get(*k).is_some_and(|c| c.is_alphanumeric() || *c == '_')).last().map_or(i + 1, |k| k + 1),
        );
    }
    if c.is_alphanumeric() || c == '_' {
        let start = if c == 'r' && at(1) == '#' { i + 2 } else { i };
        let end = (start..).find(|k| !chars.get(*k).is_some_and(|c| c.is_alphanumeric() || *c == '_')).unwrap_or(chars.len());
        let word: String = chars[start..end].iter().collect();
        return match word.as_str() {
            "_" => (Some(Kind::Sign("_")), end),
            _ if c.is_ascii_digit() => (Some(Kind::Literal), end),
            _ => (Some(Kind::Word(word)), end.max(i + 1)),
        };
    }
    let sign = SIGNS.iter().find(|s| s.chars().enumerate().all(|(k, want)| at(k) == want));
    sign.map_or((None, i + 1), |s| (Some(Kind::Sign(s)), i + s.chars().count()))
}

fn end_of_block_comment(chars: &[char], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut i = start;
    while i + 1 < chars.len() {
        match (chars[i], chars[i + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                i += 1;
                continue;
            }
        }
        i += 2;
        if depth == 0 {
            return i;
        }
    }
    chars.len()
}

fn end_of_raw_string(chars: &[char], start: usize, hashes: usize) -> usize {
    let closes = |i: usize| chars[i] == '"' && (1..=hashes).all(|k| chars.get(i + k) == Some(&'#'));
    (start..chars.len()).find(|i| closes(*i)).map_or(chars.len(), |i| i + 1 + hashes)
}

fn end_of_quoted(chars: &[char], start: usize, quote: char) -> usize {
    let mut i = start;
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 2,
            c if c == quote => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}
