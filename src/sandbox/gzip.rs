//! A gzip file far smaller than what it unpacks to.

/// The byte that fills it: a space, so that a JSON reader keeps waiting for more.
const FILL: u8 = b' ';
/// How many bytes one repetition stands for.
const REPEAT: u64 = 258;

/// A well-formed gzip file that unpacks to at least the given number of megabytes of spaces.
pub(super) fn bomb(megabytes: u32) -> Vec<u8> {
    let repeats = (u64::from(megabytes) << 20) / REPEAT + 1;
    let length = repeats * REPEAT + 1;
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut bits = Bits::default();
    bits.push(0b011, 3); // The last block, with the fixed codes.
    bits.push_code(0x30 + u32::from(FILL), 8);
    for _ in 0..repeats {
        bits.push_code(0b1100_0101, 8); // Repeat 258 bytes …
        bits.push_code(0, 5); // … from one byte back.
    }
    bits.push_code(0, 7);
    out.append(&mut bits.finish());
    out.extend_from_slice(&crc_of_fill(length).to_le_bytes());
    out.extend_from_slice(&length.to_le_bytes()[..4]);
    out
}

/// Bits packed from the low end of each byte, as deflate has them.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    pending: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        self.pending |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.pending.to_le_bytes()[0]);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    /// Pushes a Huffman code, whose bits come in the other order.
    fn push_code(&mut self, code: u32, count: u32) {
        self.push(code.reverse_bits() >> (32 - count), count);
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.pending.to_le_bytes()[0]);
        }
        self.bytes
    }
}

/// The checksum of that many fill bytes. All of them are alike, so one table entry a step is enough.
fn crc_of_fill(length: u64) -> u32 {
    const TABLE: [u32; 256] = crc_table();
    let mut crc = u32::MAX;
    for _ in 0..length {
        crc = TABLE[usize::from(crc.to_le_bytes()[0] ^ FILL)] ^ (crc >> 8);
    }
    !crc
}

const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    let mut seed = 0;
    while index < 256 {
        let mut crc: u32 = seed;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
        seed += 1;
    }
    table
}
