import assert from 'node:assert/strict';
import { FormatError } from '../../../src/quixstreams/formats/formatError';
import { pythonDocument, pythonLine } from '../../../src/quixstreams/formats/pythonText';
import type { PythonValue } from '../../../src/quixstreams/formats/pythonValue';

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** `count` damaged copies: bytes flipped, put in, taken out, doubled; ends cut off; lengths made huge. */
export function* mutations(original: Uint8Array, count: number, seed: number): Generator<Buffer> {
  const next = random(seed);
  const at = () => Math.floor(next() * original.length);
  for (let i = 0; i < count; i++) {
    const bytes = Buffer.from(original);
    const from = at();
    const some = bytes.subarray(from, from + 1 + Math.floor(next() * 8));
    switch (i % 6) {
      case 0:
        bytes[from] = Math.floor(next() * 256);
        yield bytes;
        break;
      case 1:
        bytes[from] = (bytes[from] ?? 0) ^ (1 << Math.floor(next() * 8));
        bytes[at()] = Math.floor(next() * 256);
        yield bytes;
        break;
      case 2:
        yield Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + some.length)]);
        break;
      case 3:
        yield Buffer.concat([bytes.subarray(0, from), some, bytes.subarray(from)]);
        break;
      case 4:
        yield bytes.subarray(0, from);
        break;
      default:
        some.fill(0xff);
        yield bytes;
    }
  }
}

/**
 * Decodes every mutation: it is a value that can be shown, or a FormatError. Returns how many were values.
 */
export function survives(
  originals: readonly Uint8Array[],
  countEach: number,
  decode: (bytes: Uint8Array) => PythonValue,
): number {
  let values = 0;
  for (const [seed, original] of originals.entries()) {
    for (const bytes of mutations(original, countEach, seed)) {
      try {
        const value = decode(bytes);
        assert.ok([...pythonLine(value, 100)].length <= 100);
        assert.ok(pythonDocument(value).endsWith('\n'));
        values++;
      } catch (error) {
        if (error instanceof FormatError) continue;
        throw new Error(`${bytes.toString('base64')}: ${String(error)}`, { cause: error });
      }
    }
  }
  return values;
}
