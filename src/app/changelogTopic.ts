// Names of changelog topics (quixstreams/models/topics/manager.py, _internal_name):
//
//   changelog__{group}--{stream id}--{store}
//   changelog__{group}--{store}                 a stateful source's, which is in no stream
//
// A stream id that is such a name itself, `repartition__{group}--orders--region`, stands in it as
// `repartition.orders.region`.

export interface Changelog {
  readonly group: string;
  readonly store: string;
  readonly streamId: string | undefined;
}

const prefix = 'changelog__';

/** The changelog topic of a store. */
export function changelogTopicOf({ group, store, streamId }: Changelog): string {
  if (streamId === undefined) return `${prefix}${group}--${store}`;
  const own = `__${group}--`;
  const nested = streamId.includes(own)
    ? streamId.replaceAll(`__${group}`, '').replaceAll('--', '.')
    : streamId;
  return `${prefix}${group}--${nested}--${store}`;
}

/**
 * What a changelog topic is of; undefined for any other topic. A group or store with `--` in its name cannot be told
 * from its neighbour: the first such mark ends the group, the last begins the store.
 */
export function changelogOf(topic: string): Changelog | undefined {
  if (!topic.startsWith(prefix)) return undefined;
  const parts = topic.slice(prefix.length).split('--');
  const [group] = parts;
  const store = parts.at(-1);
  if (!group || !store || parts.length < 2) return undefined;
  const streamId = parts.length === 2 ? undefined : parts.slice(1, -1).join('--');
  return { group, store, streamId };
}
