import { inspectionJson, inspectionText } from '../app/index';
import { inspectDatabase } from '../rocksdb/index';
import type { Output } from './output';
import { exitCodes, openOptions, reportFailure, type ExitCode, type Report } from './reading';

/** What the files of a RocksDB are: levels, tables, logs and who keeps them, options; as text or as JSON. */
export async function inspect(
  directory: string,
  asJson: boolean,
  output: Output,
  report: Report,
): Promise<ExitCode> {
  const found = await inspectDatabase(directory, openOptions(directory, output.closed));
  const lines = asJson ? [inspectionJson(found)] : inspectionText(found);
  for (const line of lines) await output.line(line);
  await output.flush();
  const errors = [...found.problems, ...found.tables.map(({ error }) => error)];
  let code: ExitCode = exitCodes.ok;
  for (const error of errors) {
    if (error === undefined) continue;
    const own = reportFailure(error, directory, report);
    // That the logs are elsewhere is told; it is no damage.
    if (error.code !== 'walElsewhere' && code !== exitCodes.damaged) code = own;
  }
  return code;
}
