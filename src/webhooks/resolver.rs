//! The look-up of a host's name, of which every answer is checked before a connection is made to it.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::Reach;

/// The host's name stands for an address that messages may not be sent to.
#[derive(Debug, thiserror::Error)]
#[error("the name stands for an address that is not public")]
pub(super) struct NotPublic;

/// The host's name stands for nothing.
#[derive(Debug, thiserror::Error)]
#[error("the name is not known")]
pub(super) struct Unknown;

/// Asks the system, and answers with what was checked: nothing is looked up a second time.
#[derive(Debug)]
pub(super) struct Resolver(pub(super) Reach);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            // The client puts the port in.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found: Vec<SocketAddr> = found.map_err(|_| Unknown)?.collect();
            checked(found, reach)
        })
    }
}

/// All addresses, if messages may be sent to every one of them.
fn checked(
    found: Vec<SocketAddr>,
    reach: Reach,
) -> Result<Addrs, Box<dyn std::error::Error + Send + Sync>> {
    if found.is_empty() {
        return Err(Unknown.into());
    }
    if found.iter().all(|address| reach.allows(address.ip())) {
        Ok(Box::new(found.into_iter()))
    } else {
        Err(NotPublic.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(addresses: &[&str]) -> Option<Vec<String>> {
        let found = addresses.iter().map(|text| text.parse().unwrap());
        let passed = checked(found.collect(), Reach::Public).ok()?;
        Some(passed.map(|address| address.to_string()).collect())
    }

    #[test]
    fn one_address_that_is_not_public_spoils_a_name() {
        let public = ["8.8.8.8:0", "[2606:4700::1111]:0"];
        assert_eq!(check(&public).unwrap(), public);
        assert_eq!(check(&["8.8.8.8:0", "10.0.0.1:0"]), None);
        assert_eq!(check(&["[::ffff:127.0.0.1]:0"]), None);
        assert_eq!(check(&[]), None);
    }
}
