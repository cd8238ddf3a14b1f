// What the folder of a stream is named after (quixstreams/dataframe/dataframe.py `group_by`,
// models/topics/manager.py `_internal_name`, sources/base/source.py):
//
//   f-in                                       a topic; several joined by "--"
//   f-in--groupby--region                      grouped by region, where topics have one partition
//   repartition__<group>--f-in--region         the same through a topic of its own, where they have more
//   source__<name>                             the topic of a source
//
// Nothing is escaped: a name that could come apart in two ways is not taken apart.

/** A stream whose name says more than the topic. */
export type StreamOrigin =
  | { readonly kind: 'groupBy'; readonly of: string; readonly by: string }
  | { readonly kind: 'source'; readonly name: string };

const groupBy = '--groupby--';
const source = 'source__';

/** What a stream id says in a consumer group; undefined for a topic, and where it could be read in two ways. */
export function streamOrigin(streamId: string, consumerGroup: string): StreamOrigin | undefined {
  const repartition = `repartition__${consumerGroup}--`;
  if (streamId.startsWith(repartition)) {
    return inTwo(streamId.slice(repartition.length), '--');
  }
  if (streamId.includes(groupBy)) return inTwo(streamId, groupBy);
  if (streamId.startsWith(source) && streamId.length > source.length) {
    return { kind: 'source', name: streamId.slice(source.length) };
  }
  return undefined;
}

function inTwo(name: string, separator: string): StreamOrigin | undefined {
  const [of, by, ...more] = name.split(separator);
  return of && by && more.length === 0 ? { kind: 'groupBy', of, by } : undefined;
}
