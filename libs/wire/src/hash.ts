/**
 * Two hashes that must never change: one places chargers on partitions, the other recognises content in stored state. Neither
 * protects against somebody who looks for collisions.
 */

/** MurmurHash3, 32 bits, x86 variant, of the UTF-8 bytes of `text`. */
export function murmur3(text: string, seed: number = 0): number {
  const bytes = Buffer.from(text, 'utf8');
  const length = bytes.length;
  const blocksEnd = length - (length % 4);
  let hash = seed | 0;
  for (let index = 0; index < blocksEnd; index += 4) {
    hash ^= scramble(bytes.readInt32LE(index));
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let index = length - 1; index >= blocksEnd; index -= 1) tail = (tail << 8) | bytes.readUInt8(index);
  hash ^= scramble(tail);
  hash ^= length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

/**
 * 53 bits that stand for a text: two multiply-xor lanes over its UTF-16 units, each finished with an avalanche. Equal texts
 * have equal fingerprints for ever (they are stored); different ones differ but for about one pair in 2^53.
 */
export function fingerprint(text: string): number {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  const length = text.length;
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x9e3779b1);
    high = Math.imul(high ^ unit, 0x5f356495);
  }
  low = avalanche(low) ^ avalanche(high + length);
  high = avalanche(high ^ low);
  return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0);
}

function avalanche(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
