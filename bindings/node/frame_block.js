// Frame block, version 1: a face out of 1,024 bytes, from `vrface serve --publish`. Layout: docs/frame-block.md.
// In memory: read the slot of a session out of the faces file (4,096 + 1,024 * slot). Over UDP: each datagram is one.
// Whole 64-bit numbers are BigInt; what has no value is NaN.

export const BLOCK_BYTES = 1024;
const CORE = 54;
const MOST_EXTRAS = 42;
const MOST_GAZE = Math.fround(1.6);
const KNOWN_SOURCES = 7;
const FIXED = Buffer.from('VRFB\x01\0\x80\0\0\x04\0\0\x01\0', 'latin1'); // version 1, 128, 1024, set 1

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * The face in a block, or why there is none.
 *
 * @param {Buffer} given a block: torn where another one was written meanwhile; then the last face has to do
 * @returns {{result: 'face' | 'torn' | 'unknown', face?: object}} unknown: no block, or of another version
 */
export function parse(given) {
  if (given.length !== BLOCK_BYTES) return { result: 'unknown' };
  const block = Buffer.from(given); // a copy: its writer goes on
  if (!block.subarray(0, FIXED.length).equals(FIXED)) return { result: 'unknown' };
  if (crc32(block.subarray(24, 1020)) !== block.readUInt32LE(1020)) return { result: 'torn' };
  const extraCount = block.readUInt16LE(64);
  if (block.readUInt16LE(62) !== CORE || extraCount > MOST_EXTRAS) return { result: 'unknown' };
  const count = CORE + extraCount;
  const floats = (at, length, least, most) =>
    Array.from({ length }, (_, place) => {
      const value = block.readFloatLE(at + 4 * place);
      return value >= least && value <= most ? value : NaN;
    });
  const weights = floats(128, count, 0, 1);
  const source = Array.from(block.subarray(896, 896 + count));
  source.forEach((kind, place) => {
    if (kind < 1 || kind > KNOWN_SOURCES) weights[place] = NaN;
    if (Number.isNaN(weights[place])) source[place] = 0;
  });
  return {
    result: 'face',
    face: {
      session: block.toString('hex', 72, 88),
      model_tag: block.toString('hex', 116, 120),
      sequence: block.readBigUInt64LE(24),
      frame_time_ns: block.readBigInt64LE(32),
      sample_time_ns: block.readBigInt64LE(40),
      published_ns: block.readBigInt64LE(48),
      period_us: block.readUInt32LE(56),
      status: block.readUInt8(60),
      clock: block.readUInt8(61),
      flags: block.readUInt16LE(14),
      extra_set: block.readUInt32LE(68),
      extra_count: extraCount,
      weights,
      stddev: floats(512, count, 0, 1),
      source,
      confidence: floats(88, 3, 0, 1),
      gaze: floats(100, 4, -MOST_GAZE, MOST_GAZE),
    },
  };
}

/**
 * Whether a face is too old to be shown: after three periods, and after .1 s at the least.
 *
 * @param {{period_us: number}} face from parse
 * @param {bigint} sinceNs its published_ns; over UDP, when it arrived
 * @param {bigint} nowNs process.hrtime.bigint(): the clock of published_ns on the same machine
 */
export function stale(face, sinceNs, nowNs) {
  const threePeriods = 3000n * BigInt(Math.min(face.period_us, 1000000));
  const most = threePeriods > 100000000n ? threePeriods : 100000000n;
  return nowNs < sinceNs || nowNs - sinceNs > most;
}
