import { inspectDatabase, verifyDatabase, type Finding, type Progress } from '../../rocksdb/index';
import { printable } from '../../quixstreams/index';
import { checkStateFolder } from '../doctor/checkStateFolder';
import { doctorText, isHealthy } from '../doctor/doctorText';
import { messageFor } from '../errorMessages';
import { diskUsage } from './diskUsage';
import { findingLines } from './findingText';
import { inspectionText } from './inspectionText';
import { storesBelow } from './storesBelow';
import { usageText } from './usageText';
import { verifiedText } from './verifiedText';

/** What is asked of the files of a store, or of all stores below a folder; `usage` and `check` of a state folder or a part of one. */
export interface FilesQuestion {
  readonly task: 'verify' | 'inspect' | 'usage' | 'check';
  readonly directory: string;
  /** Whether a directory that OPTIONS names elsewhere is read. */
  readonly follow: boolean;
}

export interface FilesAnswer {
  readonly verdict: 'sound' | 'damaged' | 'unsupported';
  readonly stores: number;
  /** What is wrong. */
  readonly findings: number;
  /** All of it, for people. */
  readonly text: string;
}

/** Answers a question; `progress` is told of the bytes of the store that is being verified, or of stores that are checked. */
export async function answerFiles(
  { task, directory, follow }: FilesQuestion,
  progress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<FilesAnswer> {
  const options = { follow: () => follow, signal };
  if (task === 'inspect') {
    const lines = inspectionText(await inspectDatabase(directory, options));
    return { verdict: 'sound', stores: 1, findings: 0, text: `${lines.join('\n')}\n` };
  }
  if (task === 'usage') {
    const usage = await diskUsage(directory, { follow, signal });
    return { verdict: 'sound', stores: 0, findings: 0, text: `${usageText(usage).join('\n')}\n` };
  }
  if (task === 'check') {
    const report = await checkStateFolder(directory, { ...options, followLinks: follow, progress });
    const { stores, findings } = report;
    const verdict = isHealthy(report) ? 'sound' : 'damaged';
    const text = `${doctorText(report).join('\n')}\n`;
    return { verdict, stores, findings: findings.length, text };
  }
  const stores = await storesBelow(directory, signal);
  const kinds: Finding['kind'][] = [];
  const parts: string[] = [];
  for (const store of stores) {
    const findings: Finding[] = [];
    const lines: string[] = [];
    try {
      const counts = await verifyDatabase(store, (finding) => findings.push(finding), {
        ...options,
        progress,
      });
      lines.push(`Verified: ${verifiedText(counts)}.`);
    } catch (error) {
      signal.throwIfAborted();
      kinds.push('damage');
      lines.push(messageFor(error, store).text);
    }
    const found = findings.map((finding) => findingLines(finding, store).join('\n'));
    kinds.push(...findings.map(({ kind }) => kind));
    if (!findings.some(({ kind }) => kind !== 'note')) found.unshift('Nothing is damaged.');
    parts.push([printable(store), ...lines, ...found].join('\n'));
  }
  const count = (kind: Finding['kind']) => kinds.filter((one) => one === kind).length;
  const damaged = count('damage');
  const unsupported = count('unsupported');
  return {
    verdict: damaged > 0 ? 'damaged' : unsupported > 0 ? 'unsupported' : 'sound',
    stores: stores.length,
    findings: damaged + unsupported,
    text: `${parts.join('\n\n') || `No store in ${printable(directory)}`}\n`,
  };
}
