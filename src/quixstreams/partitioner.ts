// Which partition of a topic a Kafka key is sent to (org.apache.kafka.common.utils.Utils.murmur2 and
// BuiltInPartitioner.partitionForKey of Apache Kafka; librdkafka's `murmur2`, src/rdmurmur2.c, which Quix Streams
// sets for its producers in quixstreams/kafka/producer.py):
//
//   partition = (murmur2(key) & 0x7fffffff) % partitions
//
// Other producers may choose otherwise: librdkafka's own default is CRC32. So it is what is expected, no more.

import type { MessageKey } from './messageKeys';

const seed = 0x9747_b28c;
const factor = 0x5bd1_e995;
const shift = 24;

/** MurmurHash2 of 32 bits with Kafka's seed, as a signed number. */
export function murmur2(key: Uint8Array): number {
  const words = key.length >> 2;
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  let hash = seed ^ key.length;
  for (let i = 0; i < words; i++) {
    let word = Math.imul(view.getInt32(i * 4, true), factor);
    word = Math.imul(word ^ (word >>> shift), factor);
    hash = Math.imul(hash, factor) ^ word;
  }
  const rest = key.subarray(words * 4);
  if (rest.length > 0) {
    for (const [i, byte] of rest.entries()) hash ^= byte << (8 * i);
    hash = Math.imul(hash, factor);
  }
  hash = Math.imul(hash ^ (hash >>> 13), factor);
  return hash ^ (hash >>> 15);
}

/** The partition that Quix Streams sends a key to, of a topic with so many. */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fff_ffff) % partitions;
}

/**
 * The Kafka key that a message key stands for: text and bytes as they are. What `group_by` sends through a topic
 * of its own is JSON there, too.
 */
export function kafkaKeyOf({ key }: Pick<MessageKey, 'key'>, repartitioned: boolean): Uint8Array {
  if ('bytes' in key) return key.bytes;
  const isText = key.json.startsWith('"') && !repartitioned;
  return Buffer.from(isText ? (JSON.parse(key.json) as string) : key.json);
}
