import { stat } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { version } from '../package.json';
import { doctor } from './cli/doctor';
import { dump, dumpRaw } from './cli/dump';
import { get } from './cli/get';
import { inspect } from './cli/inspect';
import { lint } from './cli/lint';
import { list } from './cli/list';
import { Output } from './cli/output';
import { exitCodes, reportFailure, type ExitCode, type Report } from './cli/reading';
import { verify, type ShowProgress } from './cli/verify';
import { printable, type FormatId } from './quixstreams/index';

/** What `--as` takes. Avro is left out: its schema would have to be given, too. */
const formatNames = [
  'auto',
  'json',
  'text',
  'bytes',
  'pickle',
  'messagepack',
  'cbor',
  'protobuf',
] as const satisfies readonly (FormatId | 'auto')[];

const help = `state-folder: reads the state folder of a Quix Streams app, beside the running app or without it.
Nothing is written, no lock is taken.

  state-folder ls [DIR]                        the state folders in DIR (default: .) as a tree
  state-folder get DIR KEY [--as FORMAT]       the value of one key of the partition at DIR
  state-folder dump DIR [--raw] [--limit N]    the entries of the partition at DIR, a line of JSON each
  state-folder verify [DIR]                    every block and record of the partition at DIR, or of all
                                               below it (default: state)
  state-folder inspect DIR [--json]            the files of the partition at DIR
  state-folder doctor [DIR] [--json]           what is wrong with the state folders in DIR (default: .), and
                                               what to do about it
  state-folder lint [DIR] [--json | --sarif]   what of the state would be lost on Quix Cloud, by the quix.yaml
                                               files and the Python code below DIR (default: .)

DIR of get, dump and inspect is one partition, that is one RocksDB:
state/<consumer group>/<store>/<stream>/<number>.

KEY is the key as it is stored: 'PC1|"total"', or 0x and its bytes in hex. 'PC1|total' will do where it
can mean one key only. Of windows it is 'PC1|START' or 'PC1|START|END', of joins and lookup buffers
'PC1|TIME' or 'PC1|TIME|COUNTER'; times in ms since epoch, or as 2026-11-24T03:32:50Z. Of a dictionary of
rocksdict it is the key as Python prints it, without quotes if you like; -1 comes behind get -- DIR.
The value is printed as it is stored; of a window that collects, the values as an array. A terminal gets
what the bytes are found to be, and control characters escaped; a file or pipe gets the very bytes, and
nothing else. FORMAT is ${formatNames.join(', ')}: what is none of
JSON and text is printed as Python prints it, also from within gzip, zstd and lz4. auto finds out which.

dump prints
  {"cf", "raw_key", "type":"kv", "prefix", "message_key", "key", "value"}
with numbers digit for digit and what is not JSON as {"bytes":"<hex>"}; in stores with TTL also
"expires_at_ms" (null: never), "payload" and "ttl_state" ("live", "expired", "never"). Instead of
"message_key" and "key" have, times in ms since epoch,
  "window"       "prefix_json" (where it is JSON), "start", "end"
  "collected"    "prefix_json", "id", "counter": a value that a window has collected
  "timestamped"  "prefix_json", "timestamp", "counter": a value of a join
  "per_prefix"   "prefix_json", "key": what windows and joins note for themselves
  "buffered"     "message_key", "received", "counter": a record that waits for a lookup; and the buffer's
                 "buffer_index" and "buffer_queue"
  "dictionary"   "key_type", "key", "value_type": an entry of a dictionary of rocksdict
"metadata" and "ttl_index" are of the partition, "unknown" is what nothing is known of; entries of a RocksDB
that is not of Quix Streams are "raw".
dump --raw prints every entry of every column family as {"cf", "key":"<hex>", "value":"<hex>"}.

verify checks what is stored, beside the running app or without it: checksums, the order of keys, what
files say of each other. It tells file, byte and keys of what is damaged, and what RocksDB does with it.

doctor looks at what the app needs to open its stores, at offsets and TTL, locks, permissions, the disk and its
file system. It reads only and runs nothing. Its JSON has no keys and no values, and paths below DIR: it fits a
bug report.

lint finds deployments whose code keeps state without state.enabled, paths in code that are off the mounted
one, files that replicas or other deployments seem to share, jobs with state, state that no code uses, and what
Quix Cloud would not take of "state" in quix.yaml. The comment "# state-folder: ignore", on the line or the one
above, silences a finding. It prints names of files, deployments and what keeps state, values of "state", and
paths from where it is run. It runs nothing.

inspect tells levels, tables with their keys and sequences, write-ahead logs and which column family keeps
them, options and versions.

  --as FORMAT  read the value in a format
  --limit N    stop after N entries
  --help       this
  --version    the version

Exit code: 0 all was read (a warning on standard error where RocksDB would drop the end of a damaged
write-ahead log; for verify that is damage); 1 damaged, not readable, or no such key; 2 not called like
this; 3 not supported. lint ends with 1 where it finds something, doctor at errors and warnings.
`;

/** Writes a line over the one before it, on a terminal. */
const showProgress: ShowProgress = process.stderr.isTTY
  ? (line) => {
      const columns = process.stderr.columns - 1;
      process.stderr.write(`\r\x1b[K${line.slice(0, Math.max(0, columns))}`);
    }
  : undefined;

class UsageError extends Error {}

/** How many operands each command takes. */
const operandsOf: Readonly<Record<string, { least: number; most: number; text: string }>> = {
  ls: { least: 0, most: 1, text: 'one DIR' },
  get: { least: 2, most: 2, text: 'DIR and KEY' },
  dump: { least: 1, most: 1, text: 'one DIR' },
  verify: { least: 0, most: 1, text: 'one DIR' },
  inspect: { least: 1, most: 1, text: 'one DIR' },
  doctor: { least: 0, most: 1, text: 'one DIR' },
  lint: { least: 0, most: 1, text: 'one DIR' },
};

/** What was asked for on the command line. @throws UsageError */
function readArguments(args: string[]) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        raw: { type: 'boolean' },
        limit: { type: 'string' },
        json: { type: 'boolean' },
        sarif: { type: 'boolean' },
        as: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  const [command, ...operands] = positionals;
  const limit = values.limit ?? 'Infinity';
  if (values.limit !== undefined && !/^\d{1,15}$/.test(limit)) {
    throw new UsageError(`--limit takes a number, not ${limit}`);
  }
  const only = command !== 'dump' ? (values.raw && '--raw') || (values.limit && '--limit') : '';
  if (only) throw new UsageError(`${only} belongs to dump`);
  if (values.json && !['inspect', 'doctor', 'lint'].includes(command ?? '')) {
    throw new UsageError('--json belongs to inspect, doctor and lint');
  }
  if (values.sarif && command !== 'lint') throw new UsageError('--sarif belongs to lint');
  if (values.sarif && values.json) throw new UsageError('--json or --sarif, not both');
  if (values.as !== undefined && command !== 'get') throw new UsageError('--as belongs to get');
  const as = formatNames.find((name) => name === values.as);
  if (as !== values.as) throw new UsageError(`--as takes ${formatNames.join(', ')}`);
  return { ...values, as, limit: Number(limit), command, operands };
}

interface Terminal {
  readonly output: Output;
  readonly report: Report;
  readonly showProgress: ShowProgress;
}

async function main(args: string[], { output, report, showProgress }: Terminal): Promise<ExitCode> {
  const asked = readArguments(args);
  if (asked.help) {
    await output.bytes(Buffer.from(help));
    return exitCodes.ok;
  }
  if (asked.version) {
    await output.line(version);
    return exitCodes.ok;
  }
  const { command = 'none was given', operands } = asked;
  const takes = operandsOf[command];
  if (takes === undefined) throw new UsageError(`no such command: ${command}`);
  if (operands.length < takes.least || operands.length > takes.most) {
    throw new UsageError(`${command} takes ${takes.text}`);
  }
  const here = command === 'ls' || command === 'doctor' || command === 'lint';
  const [directory = here ? '.' : undefined] = operands;
  try {
    if (directory !== undefined) await stat(directory);
    return await runCommand(command, directory, asked, { output, report, showProgress });
  } catch (error) {
    output.closed.throwIfAborted();
    // What was read before the damage is right, and is printed.
    await output.flush();
    return reportFailure(error, directory ?? '.', report);
  }
}

async function runCommand(
  command: string,
  directory: string | undefined,
  { raw, limit, json, sarif, as, operands }: ReturnType<typeof readArguments>,
  { output, report, showProgress }: Terminal,
): Promise<ExitCode> {
  if (command === 'verify') return verify(directory, output, report, showProgress);
  if (directory === undefined) throw new UsageError(`${command} takes one DIR`);
  const toTerminal = process.stdout.isTTY;
  const formatsModule = path.join(__dirname, 'formats.js');
  switch (command) {
    case 'ls':
      return list(directory, output, report);
    case 'get':
      return get(directory, operands[1] ?? '', { as, toTerminal, formatsModule }, output, report);
    case 'lint': {
      const format = sarif ? 'sarif' : json ? 'json' : 'text';
      return lint(directory, { format, codeModule: path.join(__dirname, 'code.js') }, output);
    }
    case 'doctor':
      return doctor(directory, json === true, output, report);
    case 'inspect':
      return inspect(directory, json === true, output, report);
    default:
      return (raw ? dumpRaw : dump)(directory, limit, output, report);
  }
}

async function run(): Promise<ExitCode> {
  const output = new Output(process.stdout);
  const report: Report = (line) => {
    process.stderr.write(`state-folder: ${printable(line)}\n`);
  };
  try {
    const code = await main(process.argv.slice(2), { output, report, showProgress });
    await output.flush();
    return code;
  } catch (error) {
    if (error instanceof UsageError) {
      report(`${error.message} (state-folder --help)`);
      return exitCodes.usage;
    }
    const { code } = (output.closed.reason ?? {}) as NodeJS.ErrnoException;
    if (code === 'EPIPE') return exitCodes.ok; // whoever read has seen enough
    report(error instanceof Error ? error.message : String(error));
    return exitCodes.damaged;
  }
}

process.stderr.on('error', () => {
  // nobody hears it
});
void run().then((code) => {
  process.exitCode = code;
});
