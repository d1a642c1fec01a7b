//! Every error code of Binance's manual. binance-spot-api-docs, errors.md and rest-api.md, "HTTP
//! Return Codes"; state of 2026-07-21.

use coffer::sandbox::{Effect, Exchange};

use super::meaning::{ADDRESS, BLOCKED, MALFORMED, Meaning, UNKNOWN, WRONG_SECRET};
use super::recorded;
use super::row::{Row, Strike};

/// Status, code, what it means.
const CODES: [(u16, i64, Meaning); 56] = [
    (500, -1000, Meaning::Away),
    (503, -1001, Meaning::Away),
    (401, -1002, Meaning::NoPermission),
    (400, -1003, Meaning::Wait(1)),
    (500, -1006, Meaning::Away),
    (504, -1007, Meaning::Away),
    (503, -1008, Meaning::Away),
    (400, -1015, Meaning::Wait(1)),
    (503, -1016, Meaning::Away),
    (400, -1020, Meaning::NotThere),
    (400, -1021, Meaning::Clock),
    (400, -1022, Meaning::Attention(WRONG_SECRET)),
    (400, -1034, Meaning::Wait(1)),
    (400, -1100, Meaning::Odd),
    (400, -1101, Meaning::Odd),
    (400, -1102, Meaning::Odd),
    (400, -1103, Meaning::Odd),
    (400, -1104, Meaning::Odd),
    (400, -1105, Meaning::Odd),
    (400, -1106, Meaning::Odd),
    (400, -1108, Meaning::Odd),
    (400, -1111, Meaning::Odd),
    (400, -1112, Meaning::Odd),
    (400, -1114, Meaning::Odd),
    (400, -1115, Meaning::Odd),
    (400, -1116, Meaning::Odd),
    (400, -1117, Meaning::Odd),
    (400, -1118, Meaning::Odd),
    (400, -1119, Meaning::Odd),
    (400, -1120, Meaning::Odd),
    (400, -1121, Meaning::Odd),
    (400, -1122, Meaning::Odd),
    (400, -1125, Meaning::Odd),
    (400, -1127, Meaning::Odd),
    (400, -1128, Meaning::Odd),
    (400, -1130, Meaning::Odd),
    (400, -1135, Meaning::Odd),
    (400, -1139, Meaning::Odd),
    (400, -1151, Meaning::Odd),
    (400, -1194, Meaning::Odd),
    (400, -1220, Meaning::Odd),
    (401, -2008, Meaning::Attention(UNKNOWN)),
    (401, -2014, Meaning::Attention(MALFORMED)),
    (401, -2015, Meaning::NoPermission),
    (400, -2016, Meaning::Odd),
    (400, -2035, Meaning::Odd),
    (400, -2036, Meaning::Odd),
    (400, -2042, Meaning::Odd),
    (400, -2043, Meaning::Odd),
    (400, -6001, Meaning::NotThere),
    (400, -6021, Meaning::Odd),
    // What no manual names is judged by its status, and under a success it is no balance.
    (400, -99_999, Meaning::Odd),
    (403, -99_999, Meaning::NoPermission),
    (503, -99_999, Meaning::Away),
    (200, -99_999, Meaning::Odd),
    (200, -1022, Meaning::Attention(WRONG_SECRET)),
];

/// Status, recording, what it means.
const RECORDED: [(u16, &str, Meaning); 20] = [
    (500, "1000_unknown.json", Meaning::Away),
    (503, "1001_disconnected.json", Meaning::Away),
    // The ban of the recording ended long ago.
    (418, "1003_banned_418.json", Meaning::Wait(120)),
    (429, "1003_weight_429.json", Meaning::Wait(1)),
    (504, "1007_timeout.json", Meaning::Away),
    (503, "1008_busy.json", Meaning::Away),
    (400, "1021_ahead.json", Meaning::Clock),
    (400, "1021_outside_recvWindow.json", Meaning::Clock),
    (400, "1022_signature.json", Meaning::Attention(WRONG_SECRET)),
    (400, "1100_illegal.json", Meaning::Odd),
    (400, "1102_mandatory.json", Meaning::Odd),
    (400, "1121_symbol.json", Meaning::Odd),
    (400, "1220_status.json", Meaning::Odd),
    (401, "2008_key_id.json", Meaning::Attention(UNKNOWN)),
    (401, "2014_key_format.json", Meaning::Attention(MALFORMED)),
    (401, "2015_key_ip_perm.json", Meaning::NoPermission),
    (403, "403_waf.html", Meaning::Wait(300)),
    (451, "451_region.json", Meaning::Attention(BLOCKED)),
    (503, "503_cloudfront.html", Meaning::Away),
    (401, "fapi_2015_with_ip.json", Meaning::Attention(ADDRESS)),
];

/// Each code and each recording, at the key call and at one wallet.
pub fn rows() -> Vec<Row> {
    let place = ("Codes of Binance", Exchange::Binance);
    let mut rows = Vec::new();
    for strike in [Strike::Key, Strike::Wallet] {
        for (status, code, meaning) in &CODES {
            let effect = Effect::binance(*status, *code, "canary");
            let name = format!("HTTP {status}, code {code}");
            rows.push(Row::new(place, name, strike, effect, meaning.clone()));
        }
        for (status, file, meaning) in &RECORDED {
            let effect = recorded(*status, &format!("binance_error_{file}"));
            rows.push(Row::new(place, *file, strike, effect, meaning.clone()));
        }
    }
    rows
}
