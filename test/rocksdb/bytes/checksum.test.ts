import assert from 'node:assert/strict';
import { contextModifier, maskCrc } from '../../../src/rocksdb/bytes/checksum';

describe('checksums', () => {
  it('are masked as logs and blocks store CRC32C', () => {
    assert.equal(maskCrc(0), 0xa282ead8);
    // RocksDB's own of "foo" (util/crc32c_test.cc): masked once and twice, it is never itself
    const crc = 0xcfc4ae1d;
    assert.equal(maskCrc(crc), (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
    assert.notEqual(maskCrc(maskCrc(crc)), crc);
  });

  it('have the place of a block added, past 4 GiB too', () => {
    assert.equal(contextModifier(0, 12345), 0);
    assert.equal(contextModifier(0x1234, 0x10), 0x1224);
    assert.equal(contextModifier(0x1234, 3 * 2 ** 32 + 0x10), (0x1234 ^ 0x13) >>> 0);
  });
});
