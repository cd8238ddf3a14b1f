import { stat } from 'node:fs/promises';
import path from 'node:path';
import { CodeIndex, findingSentence, projectFindings, type Finding } from '../app/index';
import { printable } from '../quixstreams/index';
import type { Output } from './output';
import { exitCodes, type ExitCode } from './reading';
import { sarifLog } from './sarif';

export interface LintOptions {
  readonly format: 'text' | 'json' | 'sarif';
  /** dist/code.js */
  readonly codeModule: string;
}

/** Prints what is found in the projects below a folder, as text, JSON or SARIF. */
export async function lint(
  directory: string,
  { format, codeModule }: LintOptions,
  output: Output,
): Promise<ExitCode> {
  const folder = path.resolve(directory);
  if (!(await stat(folder)).isDirectory()) throw new Error(`${directory} is no folder`);
  const index = await CodeIndex.load(codeModule);
  const findings = await projectFindings(folder, index, output.closed);
  const base = process.cwd();
  switch (format) {
    case 'json':
      await output.line(JSON.stringify({ findings: findings.map((one) => record(one, base)) }));
      break;
    case 'sarif':
      await output.line(JSON.stringify(sarifLog(findings, base)));
      break;
    case 'text':
      for (const finding of findings) await output.line(lineOf(finding, base));
  }
  await output.flush();
  return findings.length > 0 ? exitCodes.damaged : exitCodes.ok;
}

/** `counter/main.py:12:9: warning: … [state-path]` */
function lineOf(finding: Finding, base: string): string {
  const { file, line, column } = finding.place;
  const at = `${printable(relativePath(base, file))}:${line}:${column}`;
  return `${at}: ${finding.severity}: ${findingSentence(finding)} [${finding.code}]`;
}

function record(finding: Finding, base: string) {
  const { code, severity, place, related, docs } = finding;
  const placed = ({ file, ...range }: Finding['place']) => ({
    file: relativePath(base, file),
    ...range,
  });
  const message = findingSentence(finding);
  return {
    code,
    severity,
    message,
    ...placed(place),
    ...(related && { related: placed(related) }),
    docs,
  };
}

const relativePath = (base: string, file: string) =>
  path.relative(base, file).split(path.sep).join('/');
