import assert from 'node:assert/strict';
import fc from 'fast-check';
import { kernels } from './kernels';

/** Of few letters, so that much is nearly found. */
const text = (maxLength: number) =>
  fc.array(fc.constantFrom(97, 98), { maxLength }).map((bytes) => Uint8Array.from(bytes));

describe('whether bytes contain others', () => {
  for (const [name, kernel] of kernels) {
    it(`is known to the kernel in ${name}`, () =>
      fc.assert(
        fc.property(text(200), text(40), (bytes, needle) => {
          const expected = Buffer.from(bytes).includes(Buffer.from(needle));
          assert.equal(kernel.includes(bytes, needle), expected);
          const both = Buffer.concat([bytes, needle]);
          assert.equal(kernel.includes(both, needle), true);
          const cut = both.subarray(0, -1);
          assert.equal(kernel.includes(cut, needle), cut.includes(Buffer.from(needle)));
        }),
        { numRuns: 500 },
      ));
  }
});
