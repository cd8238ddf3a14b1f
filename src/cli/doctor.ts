import path from 'node:path';
import { checkStateFolder, doctorJson, doctorText, isHealthy } from '../app/index';
import { printable } from '../quixstreams/index';
import { findStateFolders } from '../statefolder/index';
import type { Output } from './output';
import { exitCodes, openOptions, type ExitCode, type Report } from './reading';

/** Checks the state folders in a directory, or the part of one that it is; as text or as JSON. */
export async function doctor(
  directory: string,
  asJson: boolean,
  output: Output,
  report: Report,
): Promise<ExitCode> {
  const root = path.resolve(directory);
  const signal = output.closed;
  const folders = await findStateFolders(root, { candidates: [], signal });
  if (folders.length === 0) report(`no state folder in ${printable(directory)}`);
  const { follow = () => true } = openOptions(directory, signal);
  const reports = [];
  for (const folder of folders) {
    const checked = await checkStateFolder(folder, { follow, followLinks: false, signal });
    reports.push(checked);
    if (asJson) continue;
    if (reports.length > 1) await output.line('');
    for (const line of doctorText(checked)) await output.line(line);
  }
  if (asJson) {
    const stateFolders = reports.map((one) => doctorJson(one, root));
    await output.line(JSON.stringify({ stateFolders }));
  }
  await output.flush();
  return reports.every(isHealthy) ? exitCodes.ok : exitCodes.damaged;
}
