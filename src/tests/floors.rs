//! The house rules, read off the sources: who may use whom, and what no file may hold.

use crate::sources::{self, Source};

/// The floor of a room; rooms that stand outside of the house have none.
fn floor(room: &str) -> Option<u8> {
    Some(match room {
        "domain" => 0,
        "error" | "config" => 1,
        "security" | "storage" | "exchanges" | "sandbox" | "webhooks" => 2,
        "services" => 3,
        "http" => 4,
        "ui" => 5,
        "server" | "main" | "cli" => 6,
        _ => return None,
    })
}

/// Rooms of one floor that use each other all the same. The top floor only joins what is below:
/// the program is its commands, and commands start the server.
const NEIGHBOURS: [(&str, &str); 2] = [("main", "cli"), ("cli", "server")];

/// Outside of the house: the crate's root names its rooms, the build script runs before them, and
/// tests may look anywhere.
const OUTSIDE: [&str; 3] = ["lib", "build", "tests"];

/// A path in the code: where it stands, and the module it leads to.
struct Use {
    at: usize,
    path: Vec<String>,
}

/// What a source does against the map.
fn trespasses(source: &Source) -> Vec<String> {
    let room = source.room();
    if OUTSIDE.contains(&room) {
        return Vec::new();
    }
    let Some(own) = floor(room) else {
        return vec![format!(
            "{}: the room {room} is not on the map",
            source.path
        )];
    };
    let tests = source.items_marked("#[cfg(test)]");
    let mut server_only = source.items_marked("#[server(");
    server_only.extend(source.items_marked("#[cfg(feature = \"ssr\")]"));
    let inside = |items: &[(usize, usize)], at: usize| {
        items.iter().any(|(from, to)| (*from..*to).contains(&at))
    };
    let judge = |used: Use| {
        let other = used.path.first()?;
        let neighbours = NEIGHBOURS.contains(&(room, other));
        let fault = match floor(other) {
            _ if other == room || neighbours || inside(&tests, used.at) => None,
            None => Some("is not on the map"),
            Some(theirs) if theirs > own => Some("is above"),
            Some(theirs) if theirs == own => Some("is on the same floor"),
            Some(2..=4) if room == "ui" && !inside(&server_only, used.at) => {
                Some("is for the server alone, and this is view code")
            }
            Some(_) => None,
        }?;
        let line = source.line(used.at);
        Some(format!("{}:{line}: {other} {fault}", source.path))
    };
    uses(source).into_iter().filter_map(judge).collect()
}

/// Every path of the code that leads into this crate.
fn uses(source: &Source) -> Vec<Use> {
    let mut found = Vec::new();
    for start in ["crate", "coffer", "super"] {
        for (at, _) in source.code.match_indices(&format!("{start}::")) {
            let before = source.code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let mut base = Vec::new();
            let mut rest = at + start.len() + 2;
            if start == "super" {
                base = module_at(source, at);
                base.pop();
                while source.code[rest..].starts_with("super::") {
                    rest += "super::".len();
                    base.pop();
                }
            }
            let mut paths = Vec::new();
            tree(&source.code[rest..], &base, &mut paths);
            found.extend(paths.into_iter().map(|path| Use { at, path }));
        }
    }
    found
}

/// The module a place is in, modules within the file included.
fn module_at(source: &Source, at: usize) -> Vec<String> {
    let mut module = source.module();
    for (start, _) in source.code.match_indices("mod ") {
        let rest = &source.code[start + 4..];
        let name = identifier(rest);
        let opens = rest[name.len()..].trim_start().starts_with('{');
        if opens && start < at && at < source.end_of_item(start) {
            module.push(name.to_owned());
        }
    }
    module
}

/// The paths of a `use` tree; answers its length.
fn tree(code: &str, base: &[String], into: &mut Vec<Vec<String>>) -> usize {
    let blank = code.len() - code.trim_start().len();
    let rest = &code[blank..];
    if !rest.starts_with('{') {
        let name = identifier(rest);
        let mut path = base.to_vec();
        path.extend((!name.is_empty()).then(|| name.to_owned()));
        let after = &rest[name.len()..];
        let star = usize::from(after.starts_with('*'));
        if path.is_empty() || !after.starts_with("::") {
            into.push(path);
            return blank + name.len() + star;
        }
        return blank + name.len() + 2 + tree(&after[2..], &path, into);
    }
    let mut at = blank + 1;
    while !code[at..].trim_start().starts_with('}') {
        at += tree(&code[at..], base, into);
        let next = code[at..].find([',', '}']).unwrap();
        at += next + usize::from(code.as_bytes()[at + next] == b',');
    }
    at + code[at..].find('}').unwrap() + 1
}

fn identifier(code: &str) -> &str {
    let end = code.find(|c: char| !c.is_alphanumeric() && c != '_');
    &code[..end.unwrap_or(code.len())]
}

/// The modules that are compiled for tests only, by their own file.
fn test_modules(all: &[Source]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for source in all {
        for (from, to) in source.items_marked("#[cfg(test)]") {
            let code = source.code[from..to].trim_end_matches(';');
            if let Some((_, name)) = code.rsplit_once("mod ").filter(|(_, n)| !n.contains('{')) {
                let mut module = source.module();
                module.push(name.trim().to_owned());
                found.push(module);
            }
        }
    }
    found
}

/// The sources that the program is made of.
fn product() -> Vec<Source> {
    let all = sources::all();
    let tests = test_modules(&all);
    let is_test = |source: &Source| {
        let module = source.module();
        let outside = ["tests", "benches"].contains(&source.room());
        outside || tests.iter().any(|test| module.starts_with(test))
    };
    all.into_iter().filter(|source| !is_test(source)).collect()
}

/// Whether a word stands in the code, by itself.
fn has_word(source: &Source, word: &str) -> bool {
    let whole = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    source.code.match_indices(word).any(|(at, _)| {
        whole(source.code[..at].chars().next_back())
            && whole(source.code[at + word.len()..].chars().next())
    })
}

/// What a source holds that none may.
fn faults(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let mut note = |wrong: bool, what: &str| {
        if wrong {
            found.push(format!("{}: {what}", source.path));
        }
    };
    let opening = source.text.lines().next().unwrap_or_default();
    note(!opening.starts_with("//! "), "does not say what it is for");
    let excused = source.code.contains("#[allow(") || source.code.contains("#![allow(");
    note(excused, "switches a lint off for good");
    if ["domain", "exchanges", "services", "storage"].contains(&source.room()) {
        for float in ["f32", "f64"] {
            note(has_word(source, float), "counts in binary floats");
        }
    }
    let titles = source.text.match_indices("<Title text=");
    let fixed = titles.filter(|(at, mark)| source.text[at + mark.len()..].starts_with('"'));
    let all = source.text.matches("<Title text=").count();
    let is_exempt = source.path == "ui/components/title.rs" || source.room() == "tests";
    note(
        !is_exempt && fixed.count() < all,
        "puts text unescaped into a title",
    );
    // The build script speaks to cargo, tests and benchmarks to whoever runs them, by printing.
    if !["build", "tests", "benches"].contains(&source.room()) {
        for macro_name in ["println!", "print!", "eprintln!", "eprint!", "dbg!"] {
            let prints = has_word(source, macro_name.trim_end_matches('!'))
                && source.code.contains(macro_name);
            note(prints, "prints past the log");
        }
    }
    found
}

#[test]
fn a_file_uses_floors_below_its_own_only() {
    let product = product();
    assert!(product.len() > 100, "the sources were not found");
    let found: Vec<_> = product.iter().flat_map(trespasses).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_file_keeps_the_rules_of_the_house() {
    let found: Vec<_> = sources::all().iter().flat_map(faults).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn tests_in_files_of_their_own_are_told_from_the_product() {
    let all = sources::all();
    let tests = test_modules(&all);
    let known = ["exchanges", "testing"].map(str::to_owned).to_vec();
    assert!(tests.contains(&known), "{tests:?}");
}

#[path = "floors_planted.rs"]
mod planted;
