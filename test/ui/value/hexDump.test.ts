import assert from 'node:assert/strict';
import { hexDump } from '../../../src/ui/value/hexDump';

describe('hexDump', () => {
  it('prints offset, hex and text as hexdump -C does', () => {
    assert.equal(
      hexDump(Uint8Array.from([0, 1, 0xff, 0x62, 0x69, 0x6e])),
      '00000000  00 01 ff 62 69 6e                                 |...bin|\n',
    );
    assert.equal(
      hexDump(new TextEncoder().encode('0123456789abcdef~')),
      '00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n' +
        '00000010  7e                                                |~|\n',
    );
    assert.equal(hexDump(new Uint8Array()), '');
  });
});
