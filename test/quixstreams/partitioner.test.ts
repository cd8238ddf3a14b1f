import assert from 'node:assert/strict';
import { kafkaKeyOf, murmur2, partitionOf } from '../../src/quixstreams/partitioner';

describe('the partition of a key', () => {
  it('is hashed as by Apache Kafka', () => {
    // UtilsTest.testMurmur2 of Apache Kafka
    const expected: [string, number][] = [
      ['21', -973932308],
      ['foobar', -790332482],
      ['a-little-bit-long-string', -985981536],
      ['a-little-bit-longer-string', -1486304829],
      ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
      ['abc', 479470107],
    ];
    for (const [key, hash] of expected) assert.equal(murmur2(Buffer.from(key)), hash, key);
  });

  it('is the one that librdkafka chooses', () => {
    // rd_kafka_msg_partitioner_murmur2 of librdkafka 2, asked for topics of 3, 4, 12 and 2^31 - 1 partitions
    const counts = [3, 4, 12, 2 ** 31 - 1];
    const expected: [string, number[]][] = [
      ['', [0, 1, 9, 275646681]],
      ['504331', [1, 2, 10, 579557770]],
      ['504332', [1, 1, 1, 248422585]],
      ['504333', [0, 1, 9, 1508066889]],
      ['6465766963652d31', [1, 2, 10, 1007784178]],
      ['226e6f72746822', [2, 1, 5, 910698209]],
      ['0001ff', [0, 2, 6, 1469235090]],
      ['61', [1, 0, 4, 584102524]],
      ['6162', [2, 2, 2, 316155434]],
      ['c3a9', [0, 3, 3, 186971271]],
      ['637573746f6d65722d3030303432', [1, 1, 1, 1846683193]],
    ];
    for (const [hex, partitions] of expected) {
      const key = Buffer.from(hex, 'hex');
      assert.deepEqual(
        counts.map((count) => partitionOf(key, count)),
        partitions,
        hex,
      );
    }
  });

  it('takes text without its quotes, but for what a group_by sent as JSON', () => {
    const text = (json: string, repartitioned: boolean) =>
      Buffer.from(kafkaKeyOf({ key: { json } }, repartitioned)).toString();
    assert.equal(text('"north"', false), 'north');
    assert.equal(text('"north"', true), '"north"');
    assert.equal(text('12', false), '12');
    assert.deepEqual(
      kafkaKeyOf({ key: { bytes: Buffer.from([0, 255]) } }, false),
      Buffer.from([0, 255]),
    );
  });
});
