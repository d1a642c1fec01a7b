//! Looking for secrets, in whatever spelling they may stand.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::support::PASSWORD;

/// The ways in which a secret may stand somewhere. All are ASCII, as the secrets are.
fn spellings(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let listed = format!("{bytes:?}");
    let mut all = vec![
        secret.to_owned(),
        hex::encode(bytes),
        hex::encode_upper(bytes),
        // UTF-16, whichever way round.
        secret.chars().map(|c| format!("\0{c}")).collect::<String>()[1..].to_owned(),
        serde_urlencoded::to_string([("", secret)]).unwrap()[1..].to_owned(),
        bytes.iter().map(|b| format!("%{b:02X}")).collect(),
        listed.trim_matches(['[', ']']).to_owned(),
        secret.chars().rev().collect(),
    ];
    // In base64 it looks different after one or two bytes of something else.
    for skipped in 0..3 {
        let whole = &bytes[skipped..bytes.len() - (bytes.len() - skipped) % 3];
        all.push(STANDARD.encode(whole));
        all.push(URL_SAFE_NO_PAD.encode(whole));
    }
    all
}

/// The secrets that stand in a text, and how.
pub fn look(place: &str, text: &str, secrets: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for secret in secrets {
        let spelled = spellings(secret);
        let seen = spelled
            .iter()
            .filter(|needle| text.contains(needle.as_str()));
        found.extend(seen.map(|needle| format!("{place}: {secret} as {needle}")));
    }
    found
}

/// The secrets that stand in the files of a folder.
pub fn look_in_files(folder: &Path, secrets: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&text);
        found.extend(look(&path.display().to_string(), &text, secrets));
    }
    found
}

#[test]
fn a_secret_is_found_however_it_is_spelled() {
    let secret = PASSWORD;
    for spelled in spellings(secret) {
        let text = format!("before {spelled} after");
        assert!(!look("here", &text, &[secret]).is_empty(), "{spelled}");
    }
    let wrapped = STANDARD.encode(format!("x{secret}yz"));
    assert!(!look("here", &wrapped, &[secret]).is_empty());
    assert!(look("here", "nothing", &[secret]).is_empty());
}

/// The log told all it could, and in plain text.
pub fn assert_whole(log: &str) {
    for wanted in ["TRACE", "DEBUG", "request{id=\"", "path=\"/do/connect\""] {
        assert!(log.contains(wanted), "no {wanted} in the log");
    }
    assert!(
        !log.contains('\u{1b}'),
        "colours in a log that is no terminal"
    );
}
