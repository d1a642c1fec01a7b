//! Which addresses a message may be sent to. What is not plainly public is refused.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far messages may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// By https to public addresses.
    Public,
    /// To loopback addresses as well, there also by plain http: for tests.
    LoopbackToo,
}

impl Reach {
    /// Whether a message may be sent to an address.
    #[must_use]
    pub fn allows(self, address: IpAddr) -> bool {
        is_public(address) || (self == Self::LoopbackToo && address.is_loopback())
    }
}

/// Blocks of IPv4 that are no public hosts, as address and length of prefix. Source: IANA's registry
/// of special-purpose IPv4 addresses, read on 2026-11-21, those for multicast included.
const NOT_PUBLIC_V4: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
    ([255, 255, 255, 255], 32),
];

/// Blocks within 2000::/3, outside of which no IPv6 address is public, that are no public hosts:
/// protocol assignments with Teredo and ORCHID, documentation twice, and 6to4. Source: IANA's
/// registry of special-purpose IPv6 addresses, read on 2026-11-21.
const NOT_PUBLIC_V6: [([u16; 2], u32); 4] = [
    ([0x2001, 0], 23),
    ([0x2001, 0x0db8], 32),
    ([0x2002, 0], 16),
    ([0x3fff, 0], 20),
];

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let within = |(block, length): &([u8; 4], u32)| {
        let differing = address.to_bits() ^ Ipv4Addr::from(*block).to_bits();
        differing.leading_zeros() >= *length
    };
    !NOT_PUBLIC_V4.iter().any(within)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(embedded) = embedded(address) {
        return is_public_v4(embedded);
    }
    let segments = address.segments();
    let head = (u32::from(segments[0]) << 16) | u32::from(segments[1]);
    let within = |([first, second], length): &([u16; 2], u32)| {
        let block = (u32::from(*first) << 16) | u32::from(*second);
        (head ^ block).leading_zeros() >= *length
    };
    let is_global = segments[0] & 0xe000 == 0x2000;
    is_global && !NOT_PUBLIC_V6.iter().any(within) && !is_isatap(segments)
}

/// The IPv4 address that is reached in truth: mapped (RFC 4291), or by NAT64 (RFC 6052).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let mapped = address.to_ipv4_mapped();
    let [first, second, 0, 0, 0, 0, high, low] = address.segments() else {
        return mapped;
    };
    let by_nat64 = (first, second) == (0x64, 0xff9b);
    let bits = (u32::from(high) << 16) | u32::from(low);
    mapped.or(by_nat64.then(|| Ipv4Addr::from_bits(bits)))
}

/// Whether an IPv4 address stands in the host's part (RFC 5214), where a router may take it out.
fn is_isatap(segments: [u16; 8]) -> bool {
    segments[4] & 0xfcff == 0 && segments[5] == 0x5efe
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOT_PUBLIC: [&str; 65] = [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "192.168.255.255",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:100.64.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::10.1.2.3",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::1",
        "64:ff9b:1:ffff::8.8.8.8",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:1ff:ffff::1",
        "2001:db8::1",
        "2001:db8:ffff::1",
        "2002::1",
        "2002:7f00:1::1",
        "2002:a00:1::",
        "2002:808:808::1",
        "3fff::1",
        "3fff:fff:ffff::1",
        "2a00:1450:4001:80b:0:5efe:10.0.0.1",
        "2a00:1450:4001:80b:200:5efe:10.0.0.1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456:789a::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ];

    fn allows(reach: Reach, text: &str) -> bool {
        reach.allows(text.parse().unwrap())
    }

    #[test]
    fn no_message_is_sent_to_an_address_that_is_not_public() {
        for address in NOT_PUBLIC {
            assert!(!allows(Reach::Public, address), "{address}");
        }
    }

    #[test]
    fn public_addresses_are_reached_those_at_the_edges_of_blocks_included() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2001:db7:ffff::1",
            "2001:db9::1",
            "2003::1",
            "2606:4700::1111",
            "2a00:1450:4001:80b::200e",
            "3ffe:ffff::1",
        ] {
            assert!(allows(Reach::Public, address), "{address}");
        }
    }

    #[test]
    fn tests_reach_loopback_and_nothing_else_besides() {
        for address in ["127.0.0.1", "::1"] {
            assert!(allows(Reach::LoopbackToo, address), "{address}");
        }
        for address in ["10.0.0.1", "169.254.169.254", "fe80::1", "0.0.0.0"] {
            assert!(!allows(Reach::LoopbackToo, address), "{address}");
        }
    }
}
