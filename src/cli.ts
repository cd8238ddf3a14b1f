import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { version } from '../package.json';
import { dump, dumpRaw } from './cli/dump';
import { get } from './cli/get';
import { list } from './cli/list';
import { Output } from './cli/output';
import { exitCodes, reportFailure, type ExitCode, type Report } from './cli/reading';
import { printable } from './quixstreams/index';

const help = `state-folder: reads the state folder of a Quix Streams app, beside the running app or without it.
Nothing is written, no lock is taken.

  state-folder ls [DIR]                        the state folders in DIR (default: .) as a tree
  state-folder get DIR KEY                     the value of one key of the partition at DIR
  state-folder dump DIR [--raw] [--limit N]    the entries of the partition at DIR, a line of JSON each

DIR of get and dump is one partition, that is one RocksDB: state/<consumer group>/<store>/<stream>/<number>.

KEY is the key as it is stored: 'PC1|"total"', or 0x and its bytes in hex. 'PC1|total' will do where it
can mean one key only. The value is printed as it is stored. A terminal gets bytes as a Python literal,
and control characters escaped; a file or pipe gets the very bytes, and nothing else.

dump prints
  {"cf", "raw_key", "type":"kv", "prefix", "message_key", "key", "value"}
with numbers digit for digit and what is not JSON as {"bytes":"<hex>"}; in stores with TTL also
"expires_at_ms" (null: never), "payload" and "ttl_state" ("live", "expired", "never"). "metadata",
"ttl_index" and "unknown" are Quix Streams' bookkeeping; entries of windows and joins are "raw".
dump --raw prints every entry of every column family as {"cf", "key":"<hex>", "value":"<hex>"}.

  --limit N    stop after N entries
  --help       this
  --version    the version

Exit code: 0 all was read (a warning on standard error where RocksDB would drop the end of a damaged
write-ahead log); 1 damaged, not readable, or no such key; 2 not called like this; 3 not supported.
`;

class UsageError extends Error {}

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
  return { ...values, limit: Number(limit), command, operands };
}

interface Terminal {
  readonly output: Output;
  readonly report: Report;
}

async function main(args: string[], { output, report }: Terminal): Promise<ExitCode> {
  const asked = readArguments(args);
  if (asked.help) {
    await output.bytes(Buffer.from(help));
    return exitCodes.ok;
  }
  if (asked.version) {
    await output.line(version);
    return exitCodes.ok;
  }
  const { command, raw, limit } = asked;
  const [directory = command === 'ls' ? '.' : undefined, key, ...more] = asked.operands;
  const given = [directory, key].filter((operand) => operand !== undefined).length + more.length;
  const wanted = { ls: 1, get: 2, dump: 1 }[command ?? ''];
  if (wanted === undefined) throw new UsageError(`no such command: ${command ?? 'none was given'}`);
  if (given !== wanted || directory === undefined) {
    throw new UsageError(`${command} takes ${wanted === 2 ? 'DIR and KEY' : 'one DIR'}`);
  }
  try {
    await stat(directory);
    if (command === 'ls') return await list(directory, output, report);
    if (key !== undefined) return await get(directory, key, output, process.stdout.isTTY, report);
    await (raw ? dumpRaw : dump)(directory, limit, output, report);
    return exitCodes.ok;
  } catch (error) {
    output.closed.throwIfAborted();
    // What was read before the damage is right, and is printed.
    await output.flush();
    return reportFailure(error, directory, report);
  }
}

async function run(): Promise<ExitCode> {
  const output = new Output(process.stdout);
  const report: Report = (line) => {
    process.stderr.write(`state-folder: ${printable(line)}\n`);
  };
  try {
    const code = await main(process.argv.slice(2), { output, report });
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
