import { stat } from 'node:fs/promises';
import { findingLines, storesBelow, verifiedText } from '../app/index';
import { printable } from '../quixstreams/index';
import { verifyDatabase, type Finding, type Progress } from '../rocksdb/index';
import type { Output } from './output';
import { exitCodes, openOptions, reportFailure, type ExitCode, type Report } from './reading';

/** A line on a terminal that the next one takes the place of; nothing where there is no terminal. */
export type ShowProgress = ((line: string) => void) | undefined;

/** How often the line is written anew, ms. */
const progressMs = 100;

/** Where stores are looked for when no folder is named. */
const usualFolder = 'state';

/** Verifies the store that a folder is, or all below it: a line for each, and what is wrong with it. */
export async function verify(
  named: string | undefined,
  output: Output,
  report: Report,
  showProgress: ShowProgress,
): Promise<ExitCode> {
  const directory = named ?? ((await isFolder(usualFolder)) ? usualFolder : '.');
  const stores = await storesBelow(directory, output.closed);
  if (stores.length === 0) report(`no store in ${printable(directory)}`);
  const codes: ExitCode[] = stores.length === 0 && named !== undefined ? [exitCodes.damaged] : [];
  for (const store of stores) codes.push(await verifyOne(store, output, report, showProgress));
  if (codes.includes(exitCodes.damaged)) return exitCodes.damaged;
  return codes.includes(exitCodes.unsupported) ? exitCodes.unsupported : exitCodes.ok;
}

async function verifyOne(
  directory: string,
  output: Output,
  report: Report,
  showProgress: ShowProgress,
): Promise<ExitCode> {
  const findings: Finding[] = [];
  const progress = showProgress && throttled(directory, showProgress);
  try {
    const verified = await verifyDatabase(directory, (finding) => findings.push(finding), {
      ...openOptions(directory, output.closed),
      progress,
    });
    showProgress?.('');
    const kinds = new Set(findings.map(({ kind }) => kind));
    const word = kinds.has('damage')
      ? 'damaged'
      : kinds.has('unsupported')
        ? 'not supported'
        : 'ok';
    await output.line(`${word}  ${printable(directory)}  ${verifiedText(verified)}`);
    for (const finding of findings) {
      for (const line of findingLines(finding, directory)) await output.line(`  ${line}`);
    }
    await output.flush();
    if (kinds.has('damage')) return exitCodes.damaged;
    return kinds.has('unsupported') ? exitCodes.unsupported : exitCodes.ok;
  } catch (error) {
    output.closed.throwIfAborted();
    showProgress?.('');
    return reportFailure(error, directory, report);
  }
}

function throttled(directory: string, show: (line: string) => void) {
  let shown = performance.now();
  return ({ done, total }: Progress) => {
    const now = performance.now();
    if (now - shown < progressMs) return;
    shown = now;
    const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
    show(`${printable(directory)}  ${percent}%`);
  };
}

async function isFolder(directory: string): Promise<boolean> {
  return (await stat(directory).catch(() => undefined))?.isDirectory() === true;
}
