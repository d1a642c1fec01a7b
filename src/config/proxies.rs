//! Proxies whose word about the client's address is believed.

use std::net::IpAddr;

/// A range of addresses: one address, or all that share its first bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyRange {
    address: IpAddr,
    prefix_bits: u32,
}

impl ProxyRange {
    /// Takes `10.0.0.7`, `10.0.0.0/8` or `fd00::/8`; `None` for anything else, also for a range of
    /// every address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let Some((address, prefix)) = text.split_once('/') else {
            let address = text.parse::<IpAddr>().ok()?.to_canonical();
            let prefix_bits = width_bits(address);
            return Some(Self {
                address,
                prefix_bits,
            });
        };
        let address = address.parse::<IpAddr>().ok()?;
        let prefix_bits = prefix.parse().ok()?;
        let fits = (1..=width_bits(address)).contains(&prefix_bits);
        (fits && address == address.to_canonical()).then_some(Self {
            address,
            prefix_bits,
        })
    }

    /// Takes a comma separated list of ranges.
    pub(super) fn parse_list(text: &str) -> Option<Vec<Self>> {
        text.split(',')
            .map(|part| Self::parse(part.trim()))
            .collect()
    }

    /// Whether the address is in the range. An IPv4 address within IPv6 counts as what it is.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let width = width_bits(address);
        width == width_bits(self.address)
            && (bits(address) ^ bits(self.address)) >> (width - self.prefix_bits) == 0
    }
}

const fn width_bits(address: IpAddr) -> u32 {
    if address.is_ipv4() {
        u32::BITS
    } else {
        u128::BITS
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(range: &str, address: &str) -> bool {
        ProxyRange::parse(range)
            .unwrap()
            .contains(address.parse().unwrap())
    }

    #[test]
    fn a_range_holds_the_addresses_that_share_its_bits() {
        assert!(contains("10.0.0.7", "10.0.0.7"));
        assert!(!contains("10.0.0.7", "10.0.0.6"));
        assert!(contains("10.1.2.3/8", "10.255.0.1"));
        assert!(!contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("192.168.4.0/22", "192.168.7.255"));
        assert!(!contains("192.168.4.0/22", "192.168.8.0"));
        assert!(contains("10.0.0.0/8", "::ffff:10.1.1.1"));
        assert!(contains("fd00::/8", "fdff::1"));
        assert!(!contains("fd00::/8", "10.0.0.1"));
        assert!(contains("::1", "::1"));
        assert!(contains("8000::/1", "ffff::"));
    }

    #[test]
    fn what_is_no_range_or_is_everyone_is_none() {
        for text in [
            "",
            "proxy",
            "10.0.0",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "0.0.0.0/0",
            "::/0",
            "::/129",
            "10.0.0.1:80",
            "::ffff:10.0.0.0/104",
        ] {
            assert_eq!(ProxyRange::parse(text), None, "{text}");
        }
        assert_eq!(ProxyRange::parse_list("10.0.0.1,,::1"), None);
        assert_eq!(ProxyRange::parse_list("10.0.0.1, ::1").unwrap().len(), 2);
    }
}
