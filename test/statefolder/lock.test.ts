import assert from 'node:assert/strict';
import { holderOf } from '../../src/statefolder/lock';

/** A device number as stat gives it. */
const device = (major: bigint, minor: bigint) =>
  ((major & 0xfffn) << 8n) |
  (minor & 0xffn) |
  ((minor & ~0xffn) << 12n) |
  ((major & ~0xfffn) << 32n);

const locks = `1: POSIX  ADVISORY  WRITE 3548 08:01:1575029 0 EOF
2: FLOCK  ADVISORY  WRITE 712 00:1a:1107 0 EOF
3: POSIX  ADVISORY  READ  711 08:01:99 1073741826 1073742335
4: OFDLCK ADVISORY  WRITE -1 08:01:77 0 EOF
5: POSIX  ADVISORY  WRITE 0 08:01:78 0 EOF
6: POSIX  ADVISORY  WRITE 4242 103:fff05:1575029 0 EOF
6: -> POSIX  ADVISORY  WRITE 4243 08:01:80 0 EOF
`;

describe('holderOf', () => {
  it('is the process with a write lock on that inode of that device', () => {
    assert.equal(holderOf(locks, device(8n, 1n), 1575029n), 3548);
    assert.equal(holderOf(locks, device(0n, 0x1an), 1107n), 712);
    assert.equal(holderOf(locks, device(0x103n, 0xfff05n), 1575029n), 4242);
  });

  it('is nobody where the lock is for reading, waited for, or held where we cannot see it', () => {
    for (const inode of [99n, 77n, 78n, 80n, 1n]) {
      assert.equal(holderOf(locks, device(8n, 1n), inode), undefined, String(inode));
    }
    assert.equal(holderOf(locks, device(8n, 2n), 1575029n), undefined);
    assert.equal(holderOf('', device(8n, 1n), 1575029n), undefined);
    assert.equal(holderOf('no such text\n\u0000', device(8n, 1n), 1575029n), undefined);
  });
});
