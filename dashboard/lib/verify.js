// Checks an event in the browser, by the bytes that the log holds: its hash is
// SHA-256(00 || bytes), and its bytes name the hash of the event before (schemas/FORMAT.md).
import { get } from './api.js';

const SEQUENCE = 1;
const PREVIOUS_HASH = 4;
const ZEROS = '0'.repeat(64);

const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
export const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

export async function leafHash(bytes) {
  const leaf = new Uint8Array(bytes.length + 1);
  leaf.set(bytes, 1);
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', leaf)));
}

function varint(bytes, at) {
  let value = 0n;
  for (let shift = 0n; at < bytes.length && shift < 70n; shift += 7n) {
    const byte = bytes[at++];
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
  }
  throw new Error('not a protobuf message');
}

// Sequence and previous hash, out of the message's own bytes.
export function envelopeOf(bytes) {
  const found = { sequence: 0n, previous: ZEROS };
  for (let at = 0; at < bytes.length;) {
    const [tag, next] = varint(bytes, at);
    const [value, end] = varint(bytes, next);
    at = end;
    if ((tag & 7n) === 2n) {
      at += Number(value);
      if (at > bytes.length) throw new Error('not a protobuf message');
      if (Number(tag >> 3n) === PREVIOUS_HASH) found.previous = toHex(bytes.subarray(end, at));
    } else if ((tag & 7n) !== 0n) {
      throw new Error('not an event');
    } else if (Number(tag >> 3n) === SEQUENCE) {
      found.sequence = value;
    }
  }
  return found;
}

// Web Crypto is there over https and on the machine itself only.
export const canVerify = () => Boolean(globalThis.crypto && crypto.subtle);

export async function fetchEvent(shard, sequence, signal) {
  const page = await get('/v1/events', { shard: String(shard), from: String(sequence), limit: '1' }, signal);
  return page.events.find((event) => BigInt(event.sequence) === BigInt(sequence)) || null;
}

// Checks that were made, each {name, ok, expected, found}; ok null: it could not be made.
// `stated` is what the page shows: sequence, and hash in hexadecimal.
export async function verifyEvent(shard, stated, base64, previous) {
  const bytes = bytesOf(base64);
  const hash = await leafHash(bytes);
  const envelope = envelopeOf(bytes);
  const checks = [
    { name: 'check_hash', ok: hash === stated.hash, expected: stated.hash, found: hash },
    {
      name: 'check_sequence',
      ok: envelope.sequence === BigInt(stated.sequence),
      expected: String(stated.sequence),
      found: String(envelope.sequence),
    },
  ];
  let before = ZEROS;
  if (envelope.sequence > 1n) {
    before = previous ? await leafHash(bytesOf(previous)) : null;
  }
  checks.push({
    name: 'check_link',
    ok: before === null ? null : before === envelope.previous,
    expected: before,
    found: envelope.previous,
  });
  return checks;
}
