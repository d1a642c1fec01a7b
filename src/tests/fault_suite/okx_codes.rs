//! Every error code of OKX's manual. OKX API v5, "Error Code"; copy of 2025-08-17.

use coffer::sandbox::{Effect, Exchange};

use super::meaning::{
    ADDRESS, BLOCKED, FROZEN, MALFORMED, Meaning, PASSPHRASE, UNKNOWN, WRONG_ENVIRONMENT,
    WRONG_REGION, WRONG_SECRET,
};
use super::recorded;
use super::row::{Row, Strike};

/// Statuses, codes, what they mean.
const CODES: [(u16, &[u32], Meaning); 29] = [
    (200, &[1, 2], Meaning::Odd),
    (400, &[50000, 50002, 50006], Meaning::Odd),
    (503, &[50001], Meaning::Away),
    (400, &[50004], Meaning::Away),
    (410, &[50005], Meaning::NotThere),
    (
        200,
        &[50007, 50009, 50012, 50019],
        Meaning::Attention(FROZEN),
    ),
    (429, &[50011, 58102], Meaning::Wait(2)),
    (200, &[50011, 50040, 50061], Meaning::Wait(2)),
    (429, &[50013], Meaning::Away),
    (400, &[50014, 50015, 50016], Meaning::Odd),
    (500, &[50026], Meaning::Away),
    (200, &[50120], Meaning::NoPermission),
    (403, &[50035], Meaning::NotThere),
    (200, &[50030, 50038, 50053], Meaning::NotThere),
    (200, &[50059, 50060], Meaning::Attention(FROZEN)),
    (200, &[50067], Meaning::Attention(WRONG_REGION)),
    (400, &[50100], Meaning::Attention(FROZEN)),
    (401, &[50101], Meaning::Attention(WRONG_ENVIRONMENT)),
    (401, &[50102], Meaning::Clock),
    (
        401,
        &[50103, 50104, 50106, 50107, 50108, 50109, 50112],
        Meaning::Odd,
    ),
    (401, &[50105], Meaning::Attention(PASSPHRASE)),
    (401, &[50111], Meaning::Attention(MALFORMED)),
    (401, &[50113, 50114], Meaning::Attention(WRONG_SECRET)),
    (405, &[50115], Meaning::Odd),
    (200, &[50116, 50119], Meaning::Attention(UNKNOWN)),
    (200, &[50051, 50052, 50121], Meaning::Attention(BLOCKED)),
    (200, &[50122, 51001], Meaning::Odd),
    (
        200,
        &[51734, 51735, 51737, 58002, 58011, 59500, 59604],
        Meaning::NotThere,
    ),
    (200, &[51738, 58004], Meaning::Attention(FROZEN)),
];

/// The same for what names an address, for what comes with another status as well, and for what no
/// manual names.
const OTHERS: [(u16, u32, Meaning); 9] = [
    (
        401,
        50110,
        Meaning::Attention("This key does not allow the address of this server."),
    ),
    (
        200,
        50118,
        Meaning::Attention("This key does not allow the address of this server."),
    ),
    (401, 50119, Meaning::Attention(UNKNOWN)),
    (200, 58007, Meaning::Away),
    (200, 50001, Meaning::Away),
    (200, 999_999, Meaning::Odd),
    (403, 999_999, Meaning::NoPermission),
    (503, 999_999, Meaning::Away),
    (429, 999_999, Meaning::Wait(2)),
];

/// Status, recording, what it means.
const RECORDED: [(u16, &str, Meaning); 28] = [
    (503, "50001_unavailable", Meaning::Away),
    (400, "50004_timeout", Meaning::Away),
    (200, "50011_rate_200", Meaning::Wait(2)),
    (429, "50011_rate_429", Meaning::Wait(2)),
    (429, "50013_busy", Meaning::Away),
    (500, "50026_system", Meaning::Away),
    (200, "50030_endpoint_permission", Meaning::NotThere),
    (200, "50038_demo", Meaning::NotThere),
    (200, "50051_region", Meaning::Attention(BLOCKED)),
    (200, "50060_kyc", Meaning::Attention(FROZEN)),
    (400, "50100_frozen", Meaning::Attention(FROZEN)),
    (
        401,
        "50101_environment",
        Meaning::Attention(WRONG_ENVIRONMENT),
    ),
    (401, "50102_timestamp_expired", Meaning::Clock),
    (401, "50103_key_header_empty", Meaning::Odd),
    (401, "50105_passphrase", Meaning::Attention(PASSPHRASE)),
    (401, "50110_ip_not_listed", Meaning::Attention(ADDRESS)),
    (401, "50111_invalid_key", Meaning::Attention(MALFORMED)),
    (401, "50112_bad_timestamp", Meaning::Odd),
    (401, "50113_bad_sign", Meaning::Attention(WRONG_SECRET)),
    (401, "50114_authorization", Meaning::Attention(WRONG_SECRET)),
    (401, "50119_key_missing", Meaning::Attention(UNKNOWN)),
    (200, "50120_no_permission", Meaning::NoPermission),
    (200, "50121_ip_blocked", Meaning::Attention(BLOCKED)),
    (200, "51001_instrument", Meaning::Odd),
    (200, "51735_subaccount_earn", Meaning::NotThere),
    (200, "58002_activate_savings", Meaning::NotThere),
    (200, "58007_assets_unavailable", Meaning::Away),
    (429, "58102_rate_429", Meaning::Wait(2)),
];

/// Each code and each recording, at the key call and at one wallet.
pub fn rows() -> Vec<Row> {
    let place = ("Codes of OKX", Exchange::Okx);
    let mut rows = Vec::new();
    for strike in [Strike::Key, Strike::Wallet] {
        let codes = CODES.iter().flat_map(|(status, codes, meaning)| {
            let one = move |code: &u32| (*status, *code, meaning.clone());
            codes.iter().map(one)
        });
        for (status, code, meaning) in codes.chain(OTHERS) {
            let effect = Effect::okx_bare(status, &code.to_string(), "canary");
            let name = format!("HTTP {status}, code {code}");
            rows.push(Row::new(place, name, strike, effect, meaning));
        }
        for (status, file, meaning) in &RECORDED {
            let effect = recorded(*status, &format!("okx_error_{file}.json"));
            rows.push(Row::new(place, *file, strike, effect, meaning.clone()));
        }
    }
    rows
}
