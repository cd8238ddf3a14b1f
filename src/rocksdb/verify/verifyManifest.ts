import { setTimeout as delay } from 'node:timers/promises';
import { UnsupportedFormatError } from '../errors';
import type { FileSet } from '../inspect/fileSet';
import type { Kernel } from '../kernel/kernel';
import { LogReader } from '../log/logReader';
import { finding, type Consequence, type Finding } from './finding';
import type { Walk } from './walk';

/** How often, and how far apart, an edit that the end of the file cuts is looked at again. */
const settleAttempts = 10;
const settleMs = 30;

/**
 * Verifies the MANIFEST: every edit, that edits do not contradict each other, that tables below level 0 do
 * not overlap, and that it knows the sequences of all tables.
 * @throws AccessError, FileGoneError, the signal's reason
 */
export async function verifyManifest(set: FileSet, kernel: Kernel, walk: Walk): Promise<void> {
  const { manifest, manifestFile, manifestSize, manifestError, families } = set;
  const found = (
    kind: Finding['kind'],
    reason: string,
    consequence: Consequence,
    offset?: number,
  ) => {
    walk.found(finding({ kind, file: manifest.file, offset, reason, consequence }));
  };
  if (manifestError) {
    const unsupported = manifestError instanceof UnsupportedFormatError;
    const kind = unsupported ? 'unsupported' : 'damage';
    found(kind, manifestError.reason, unsupported ? 'opens' : 'refuses', manifestError.offset);
  }
  const reader = new LogReader(manifest.file, manifest.number, kernel);
  for await (const batch of reader.batches(manifestSize, (into, at) =>
    manifestFile.readInto(into, at),
  )) {
    walk.check();
    walk.counts.edits += batch.length;
  }
  const { end } = reader;
  if (end.kind !== 'whole' && end.pastEnd && !(await grows(set))) {
    const reason = `${end.reason}: an edit that was not finished, or was lost with all after it`;
    found('damage', reason, 'opensWithout', end.offset);
  }
  const { lastSequence } = manifest.state;
  for (const { number, largestSequence } of families.flatMap(({ levels }) => levels.flat())) {
    if (largestSequence <= lastSequence) continue;
    const reason = `table ${number} has sequence ${largestSequence}, but the last is ${lastSequence}`;
    found('damage', reason, 'opensWithout');
  }
  walk.passed(manifestSize);
}

/** An edit is being written where the file grows. */
async function grows({ manifestFile, manifestSize }: FileSet): Promise<boolean> {
  for (let attempt = 0; attempt < settleAttempts; attempt++) {
    if ((await manifestFile.stat()).size > manifestSize) return true;
    await delay(settleMs);
  }
  return false;
}
