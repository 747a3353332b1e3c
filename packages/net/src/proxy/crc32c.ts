/** The polynomial of Castagnoli, bits reversed (RFC 3720 §12.1). */
const POLYNOMIAL = 0x82f6_3b78;

let table: Uint32Array | null = null;

/** The CRC32c of `bytes`. */
export function crc32c(bytes: Uint8Array): number {
  table ??= makeTable();
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] as number);
  return (crc ^ 0xffff_ffff) >>> 0;
}

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    return crc;
  });
}
