import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decompressBz2 } from '../../../src/rocksdb/bytes/bz2';
import { CodingError } from '../../../src/rocksdb/bytes/coding';

const fromBase64 = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));

/** What libbz2 1.0.8 makes of texts, at level 1. */
const streams: readonly (readonly [text: string, stream: Uint8Array])[] = [
  ['', fromBase64('QlpoMRdyRThQkAAAAAA=')],
  ['a', fromBase64('QlpoMTFBWSZTWRmTm2sAAAABACAAIAAhGEaC7kinChIDMnNtYA==')],
  ['aaaa', fromBase64('QlpoMTFBWSZTWYgSM6YAAAJBAEAAIAAgACEAggsXckU4UJCIEjOm')],
  ['ab'.repeat(3000), fromBase64('QlpoMTFBWSZTWVhIWLEABduBADAAIAAwgE1GqELVCFxdyRThQkFhIWLE')],
  [
    '\0'.repeat(20_000),
    fromBase64('QlpoMTFBWSZTWUDK9OkAACdBAMAAABAACCAAMMwJqmmhW1BXi7kinChIIGV6dIA='),
  ],
  [
    Array.from({ length: 60 }, (_, i) => `{"n":${(i * i) % 97},"pad":"xyzxyz"}`).join(''),
    fromBase64(
      'QlpoMTFBWSZTWbU3X6EAAnGZgBAEf/AkAUB6MAC6QhoNJ6qBgIUaMgaNMjQRUyp+o1NM0TT0mAV5BXIK+gV5BXIK8X4t1O5jE6YrdpkBqIsRFkYRBFb6ixDJTWaxFtXlD2b9GkVLtGRE6NOxstCVs4ysqwz5NXiALgKtNailveAI1q0zYCYuSPQCvYK9grACuAVsCv4BXICvgKyCv8XckU4UJC1N1+hA',
    ),
  ],
  [
    Array.from({ length: 1000 }, (_, i) => String.fromCharCode((i * i * 31 + i) & 255)).join(''),
    fromBase64(
      'QlpoMTFBWSZTWSkOloMAAAP//9VVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVQAH8AAIMABMAATAAAAAAAAAAAAAAAAEGAAmAAJgAAAAAAAAAAAAAAACDAATAAEwAAAAAAAAAAAAAAAAKqUoyGh6jah6jJpoNDEYj1NDIyaGQ9R6RkwTTTTZIepp6mT0jYk/RMiepblvD2xGFD/HaP0ecnGcYBzSweMwySYZcFA0oSISzDL0iM0jmWRGkcaF2WhGMY75UJxTJ50jAN414UyibxQK8PyX5+CIqHRMY0SYZxmFgpmiaBvG8fsuSmSi9PefQ+JVMopEkqmIVjHNmE0kGoWITC8JpHNYwSdCsWxGLQ3zPMonwmFAsF2Sofcpm2ZBtGKbRfmyVCkb5dGYax8zXhLKROPsRERcm4SimcEL4zygZJESTdMQiMcqkwon+JBolcvDbLJHMGH8LYrlqRjSKJlQqEwql2U4SioaZtGQVYYpVL4iNQoFgujNNyGqbBLN0mk81z6lwVjulc3y+hoFEyT+kksHhK5jFYpGWcBINEolk65ZI5wGEWxZLUjGkUTdPQUjLLuFksHeNM2oRHlhVh4jgL81CgXRZMyG4apsEs3SaTz/i7kinChIFIdLQYA==',
    ),
  ],
];

const undo = (stream: Uint8Array, limit: number) =>
  Buffer.from(decompressBz2(stream, limit)).toString('latin1');

describe('bz2', () => {
  it('undoes streams of the library', () => {
    for (const [text, stream] of streams) {
      assert.equal(undo(stream, text.length), text);
      assert.equal(undo(stream, 1 << 30), text);
    }
  });

  it('gives no more than it may', () => {
    for (const [text, stream] of streams) {
      if (text.length === 0) continue;
      assert.throws(() => decompressBz2(stream, text.length - 1), CodingError);
    }
  });

  it('finds every bit that is wrong', () => {
    for (const [text, stream] of streams) {
      for (let bit = 0; bit < stream.length * 8; bit++) {
        const damaged = stream.slice();
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        // The level only bounds a block; the last bits of a stream fill its last byte.
        try {
          assert.equal(undo(damaged, text.length), text);
        } catch (error) {
          assert.ok(error instanceof CodingError, String(error));
        }
      }
    }
  });

  it('holds against streams that are cut, and hostile ones', () => {
    for (const [text, stream] of streams) {
      for (let length = 0; length < stream.length; length++) {
        assert.throws(() => decompressBz2(stream.subarray(0, length), text.length), CodingError);
      }
    }
    fc.assert(
      fc.property(
        fc.constantFrom(...streams),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1 }),
        ([text, stream], hits) => {
          const damaged = stream.slice();
          for (const [at, byte] of hits) damaged[at % damaged.length] = byte;
          try {
            assert.equal(undo(damaged, text.length), text);
          } catch (error) {
            assert.ok(error instanceof CodingError, String(error));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
