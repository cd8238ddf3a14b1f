import {
  jsonLine,
  openStorePartition,
  printable,
  pythonBytes,
  type StateEntry,
  type StateValue,
  type StorePartition,
} from '../quixstreams/index';
import type { Output } from './output';
import { exitCodes, openOptions, reportWarnings, type ExitCode, type Report } from './reading';

/** Ways to read a key that are tried. */
const mostCandidates = 100;

/**
 * The value of one key of `default`, as it is stored; for a terminal with hostile characters escaped
 * and bytes as a Python literal.
 */
export async function get(
  directory: string,
  key: string,
  output: Output,
  toTerminal: boolean,
  report: Report,
): Promise<ExitCode> {
  const partition = await openStorePartition(directory, openOptions(directory, output.closed));
  try {
    reportWarnings(partition.database, report);
    const found = await find(partition, key);
    const [entry, other] = found;
    if (!entry) {
      report(`no key ${printable(key)} in ${printable(directory)}`);
      return exitCodes.damaged;
    }
    if (other) {
      const keys = found.map(({ rawKey }) => `'${printable(Buffer.from(rawKey).toString())}'`);
      report(`${printable(key)} may be ${keys.join(' or ')}: give one of them`);
      return exitCodes.damaged;
    }
    if (toTerminal) await output.line(shown(entry.value));
    else await output.bytes(entry.value.bytes);
    return exitCodes.ok;
  } finally {
    await partition.close();
  }
}

/** The entry of a raw key, given as text or as 0x and hex; else those that `PC1|total` may mean. */
async function find(partition: StorePartition, key: string): Promise<StateEntry[]> {
  const digits = /^0x((?:[0-9a-f]{2})+)$/i.exec(key)?.[1];
  const exact = digits === undefined ? Buffer.from(key) : Buffer.from(digits, 'hex');
  const entry = await partition.get('default', exact);
  if (entry) return [entry];
  if (digits !== undefined || partition.kind !== 'default') return [];
  const found = new Map<string, StateEntry>();
  for (const candidate of candidates(key)) {
    const rawKey = Buffer.from(candidate);
    const guessed = await partition.get('default', rawKey);
    if (guessed) found.set(candidate, guessed);
  }
  return [...found.values()];
}

/** The same key with its message key, its state key, or both as JSON strings. */
function candidates(key: string): string[] {
  const json = (text: string) => JSON.stringify(text);
  const all = [json(key)];
  for (let at = key.indexOf('|', 1); at > 0; at = key.indexOf('|', at + 1)) {
    const messageKey = key.slice(0, at);
    const stateKey = key.slice(at + 1);
    all.push(`${messageKey}|${json(stateKey)}`, `${json(messageKey)}|${stateKey}`);
    all.push(`${json(messageKey)}|${json(stateKey)}`);
  }
  return all.slice(0, mostCandidates);
}

function shown({ bytes, format }: StateValue): string {
  if (format === 'bytes') return pythonBytes(bytes);
  const text = Buffer.from(bytes).toString('utf8');
  return format === 'json' ? jsonLine(text) : printable(text);
}
