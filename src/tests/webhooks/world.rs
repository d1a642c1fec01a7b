//! A person with a connection and a webhook, the receiver, and how it knows who sent a message.

use std::time::Duration;

use coffer::domain::delivery::Delivery;
use coffer::services::telling;
use sha2::{Digest, Sha256};

use crate::leases::owner;
use crate::scene::{BOTH, connect, until};
use crate::support::{App, Browser, Kind, Page, Received, Receiver, Setup};
use crate::telling::{kill_key, synced};

pub const PAGE: &str = "/settings/telling";

/// The form with everything as usual, and this address.
pub fn form(url: &str) -> [(&'static str, &str); 4] {
    [
        ("failing_hours", "6"),
        ("balance_percent", "10"),
        ("value_percent", "10"),
        ("webhook_url", url),
    ]
}

pub async fn save(browser: &Browser, url: &str) -> Page {
    browser.submit("/do/save-telling", &form(url)).await
}

/// An app where something is done at once, a person with a connection and a webhook, and the
/// receiver.
pub struct World {
    pub app: App,
    pub browser: Browser,
    pub user: String,
    pub id: String,
    pub receiver: Receiver,
    pub secret: String,
}

impl World {
    pub async fn new(kind: Kind) -> Self {
        Self::of(at_once(Setup::new(kind).await)).await
    }

    pub async fn of(setup: Setup) -> Self {
        let app = setup.start().await;
        let browser = app.signed_in("a@example.org").await;
        let id = connect(&browser, &BOTH[0], &[("label", "Main")]).await;
        let receiver = Receiver::start().await;
        let page = save(&browser, &receiver.url).await;
        Self {
            user: owner(&app).await,
            secret: page.one(".secret-text"),
            app,
            browser,
            id,
            receiver,
        }
    }

    pub async fn deliveries(&self) -> Vec<Delivery> {
        let settings = telling::settings(&self.app.state, &self.user).await;
        settings.unwrap().deliveries
    }

    /// Has something happen that is told, and syncs again without it.
    pub async fn happen(&self) {
        kill_key(&self.app);
        assert!(!synced(&self.app.state, &self.user, &self.id).await);
        self.app.setup.sandbox.control().clear_faults();
        assert!(synced(&self.app.state, &self.user, &self.id).await);
    }

    /// Waits until so many messages were tried so often altogether.
    pub async fn tried(&self, times: u32) -> Vec<Delivery> {
        let tries = async || {
            let all = self.deliveries().await;
            // One that is being sent is still due.
            let now = self.app.setup.clock.clock().now();
            let done = all
                .iter()
                .all(|one| one.next_try_at.is_none_or(|at| at > now));
            done && all.iter().map(|one| one.attempts).sum::<u32>() == times
        };
        until("it is tried", tries).await;
        self.deliveries().await
    }
}

pub fn at_once(setup: Setup) -> Setup {
    setup.at_pace(|pace| pace.idle = Duration::from_millis(20))
}

/// HMAC-SHA256 as RFC 2104 has it, for keys longer than a block as well.
pub fn hmac(key: &str, text: &str) -> String {
    let mut block = [0_u8; 64];
    let hashed = Sha256::digest(key.as_bytes());
    let key = if key.len() > 64 {
        &hashed[..]
    } else {
        key.as_bytes()
    };
    block[..key.len()].copy_from_slice(key);
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::digest([&pad(0x36)[..], text.as_bytes()].concat());
    hex::encode(Sha256::digest([&pad(0x5c)[..], &inner].concat()))
}

pub fn is_signed(message: &Received, secret: &str) -> bool {
    let signed = format!("{}.{}", message.header("coffer-timestamp"), message.body);
    message.header("coffer-signature") == format!("v1={}", hmac(secret, &signed))
}
