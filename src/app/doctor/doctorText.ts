import path from 'node:path';
import { printable } from '../../quixstreams/index';
import { countText } from '../quantities';
import type { DoctorReport } from './checkStateFolder';
import type { DoctorFinding, DoctorSeverity } from './doctorFinding';
import { doctorSentence } from './doctorSentence';

const counts: Readonly<Record<DoctorSeverity, readonly [string, string]>> = {
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
  information: ['remark', 'remarks'],
};

/** What was found of a state folder, as text for people: lines without their ends. */
export function doctorText(report: DoctorReport): string[] {
  const { findings, stores } = report;
  const parts = Object.entries(counts).flatMap(([severity, words]) => {
    const count = findings.filter((one) => one.severity === severity).length;
    return count === 0 ? [] : [counted(count, words)];
  });
  const what = [counted(stores, ['store', 'stores']), ...parts].join(' · ');
  return [
    `${printable(report.path)}: ${what}`,
    ...(isHealthy(report) ? ['Nothing is wrong.'] : []),
    ...findings.flatMap((finding) => ['', ...linesOf(finding, report.path)]),
  ];
}

/** Whether nothing was found but remarks. */
export function isHealthy({ findings }: DoctorReport): boolean {
  return findings.every(({ severity }) => severity === 'information');
}

/**
 * The same as JSON, fit for a bug report: no keys, no values; paths relative to `base`, which the state
 * folder lies in.
 */
export function doctorJson({ path: folder, stores, findings }: DoctorReport, base: string) {
  return {
    path: relativePath(base, folder),
    stores,
    findings: findings.map((finding) => {
      const { code, severity, facts } = finding;
      const { text, cure } = doctorSentence(finding);
      return { code, severity, path: relativePath(folder, finding.path), text, cure, facts };
    }),
  };
}

function linesOf(finding: DoctorFinding, folder: string): string[] {
  const { text, cure } = doctorSentence(finding);
  const at = printable(relativePath(folder, finding.path));
  return [
    `${finding.severity}: ${at} [${finding.code}]`,
    `  ${text}`,
    ...(cure === undefined ? [] : [`  ${cure}`]),
  ];
}

const relativePath = (base: string, file: string) =>
  path.relative(base, file).split(path.sep).join('/') || '.';

const counted = (count: number, [one, many]: readonly [string, string]) =>
  `${countText(count)} ${count === 1 ? one : many}`;
