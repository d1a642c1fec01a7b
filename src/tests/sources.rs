//! The sources as tests read them: without comments and texts, and with the name of their room.

use std::path::{Path, PathBuf};

/// One file of `src/`.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path under `src/`, such as `ui/app.rs`.
    pub path: String,
    /// The file as it is.
    pub text: String,
    /// The same length, with comments, texts and characters turned into blanks.
    pub code: String,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: blanked(text),
        }
    }

    /// The room: the first folder, or the name of a file that stands alone.
    pub fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The path of the module this file is: `ui::app`; empty for the crate's root.
    pub fn module(&self) -> Vec<String> {
        let path = self.path.strip_suffix(".rs").unwrap();
        let mut parts: Vec<_> = path.split('/').map(str::to_owned).collect();
        if matches!(
            parts.last().map(String::as_str),
            Some("mod" | "lib" | "main")
        ) {
            parts.pop();
        }
        parts
    }

    /// The line number, from 1, of a place in the text.
    pub fn line(&self, at: usize) -> usize {
        self.text[..at].matches('\n').count() + 1
    }

    /// Where the item that starts at `from` ends: after its `;`, or after its closing brace.
    pub fn end_of_item(&self, from: usize) -> usize {
        let mut depth = 0_usize;
        for (at, byte) in self.code.bytes().enumerate().skip(from) {
            match byte {
                b'(' | b'[' => depth += 1,
                // A parameter or a field ends with what it stands in.
                b')' | b']' | b'}' if depth == 0 => return at,
                b')' | b']' => depth -= 1,
                b'{' => return self.end_of_block(at),
                b';' if depth == 0 => return at + 1,
                _ => (),
            }
        }
        self.code.len()
    }

    /// Where the block whose `{` stands at `from` ends.
    pub fn end_of_block(&self, from: usize) -> usize {
        let mut depth = 0_usize;
        for (at, byte) in self.code.bytes().enumerate().skip(from) {
            match byte {
                b'{' => depth += 1,
                b'}' if depth == 1 => return at + 1,
                b'}' => depth -= 1,
                _ => (),
            }
        }
        self.code.len()
    }

    /// From every place where `mark` stands to the end of the item it stands on.
    pub fn items_marked(&self, mark: &str) -> Vec<(usize, usize)> {
        let starts = self.text.match_indices(mark);
        starts
            // In a comment or a text it marks nothing.
            .filter(|(at, _)| self.code.as_bytes()[*at] == mark.as_bytes()[0])
            .map(|(at, _)| {
                (
                    at,
                    self.end_of_item(at + attribute_length(&self.code[at..])),
                )
            })
            .collect()
    }
}

/// Every Rust file under `src/`, build script included, in a fixed order.
pub fn all() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    gather(&root, &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        Source::new(&name, &std::fs::read_to_string(&path).unwrap())
    };
    paths.into_iter().map(read).collect()
}

/// The routes of all pages, as they stand in the router: `/portfolios/:id`.
pub fn routes() -> Vec<String> {
    let all = all();
    let router = all.iter().find(|s| s.path == "ui/app.rs").unwrap();
    let routes = router.text.split("path!(\"").skip(1);
    let routes: Vec<_> = routes
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert!(routes.len() > 5);
    routes
}

fn gather(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push(path);
        }
    }
}

fn attribute_length(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' if depth == 1 => return at + 1,
            b']' => depth -= 1,
            _ => (),
        }
    }
    0
}

/// Turns comments, texts and characters into blanks; line ends stay.
fn blanked(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = at + skipped(&bytes[at..]);
        if end == at {
            at += 1;
            continue;
        }
        for byte in &mut out[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    String::from_utf8(out).unwrap()
}

/// The length of the comment, text or character that starts here; 0 when none does.
fn skipped(rest: &[u8]) -> usize {
    match rest {
        [b'/', b'/', ..] => length_until(rest, 0, b"\n"),
        [b'/', b'*', ..] => length_until(rest, 2, b"*/"),
        [b'r', b'"', ..] => length_until(rest, 2, b"\""),
        [b'r', b'#', b'"', ..] => length_until(rest, 3, b"\"#"),
        [b'"', ..] => quoted(rest, b'"'),
        [b'\'', b'\\', ..] => quoted(rest, b'\''),
        // A character, not a lifetime: it ends with the second quote within its 4 bytes.
        [b'\'', ..] => rest
            .iter()
            .take(6)
            .skip(2)
            .position(|byte| *byte == b'\'')
            .filter(|found| *found == 0 || !rest[1].is_ascii())
            .map_or(0, |found| found + 3),
        _ => 0,
    }
}

fn length_until(rest: &[u8], from: usize, end: &[u8]) -> usize {
    let found = rest[from..]
        .windows(end.len())
        .position(|window| window == end);
    found.map_or(rest.len(), |found| from + found + end.len())
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

#[test]
fn comments_and_texts_are_blanked_and_code_is_not() {
    let text = "let a = \"crate::x // \\\" y\"; // crate::y\nlet c = '\"'; fn f<'a>(x: &'a str) {} /* z\n*/ b'\\''; r#\"w\"#; q '€' end";
    let source = Source::new("ui/app.rs", text);
    assert_eq!(source.code.len(), text.len());
    for gone in ["crate", "y", "z", "w", "€"] {
        assert!(!source.code.contains(gone), "{gone}: {}", source.code);
    }
    for kept in ["let a =", "let c =", "fn f<'a>(x: &'a str) {}", "q", "end"] {
        assert!(source.code.contains(kept), "{kept}: {}", source.code);
    }
}

#[test]
fn an_item_ends_with_its_block_or_its_semicolon() {
    let text = "#[server(a = \"x]\")]\npub async fn f(a: [u8; 2]) -> u8 { g({ 1 }) }\n#[cfg(x)]\nuse a::{b, c};\nfn g() {}";
    let source = Source::new("ui/app.rs", text);
    let (from, to) = source.items_marked("#[server(")[0];
    assert!(
        text[from..to].ends_with("g({ 1 }) }"),
        "{}",
        &text[from..to]
    );
    let (from, to) = source.items_marked("#[cfg(x)]")[0];
    assert!(text[from..to].starts_with("#[cfg(x)]\nuse a::{b"));
}
