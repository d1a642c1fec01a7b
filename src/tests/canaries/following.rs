//! Following accounts while everything is written down: what signs in over a stream is as secret as what
//! signs a call.

use coffer::sandbox::Sandbox;
use coffer::sandbox::keys::{binance, okx};

use super::Reader;
use crate::scene::until;

/// Has every account followed that is connected, and cuts the streams off, so that they sign in once more.
pub async fn follow(reader: &mut Reader, sandbox: &Sandbox) {
    let list = reader.get("/connections").await;
    for path in list.attributes(".card h3 a", "href") {
        let id = path.rsplit('/').next().unwrap();
        let form = [("id", id), ("follow", "yes")];
        reader.send("/do/follow-connection", &form).await;
    }
    let control = sandbox.control();
    for key in [binance::READ_ONLY, okx::READ_ONLY] {
        let followed = async || control.followers(key.api_key).unwrap() > 0;
        until("it is followed", followed).await;
        let before = control.streams_opened(key.exchange);
        control.drop_streams(key.exchange);
        let again = async || control.streams_opened(key.exchange) > before;
        until("it is opened again", again).await;
        until("it is followed again", followed).await;
    }
}
