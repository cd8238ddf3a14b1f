// Findings as SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), which code scanning of GitHub and others read:
//
//   { version, runs: [{ tool: { driver: { name, version, rules } }, results: [{ ruleId, level, message, locations }] }] }

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { version } from '../../package.json';
import {
  findingCodes,
  findingSentence,
  findingTitles,
  type Finding,
  type FindingPlace,
} from '../app/index';

const schema =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** The log of one run; paths are relative to `base`, where they are below it. */
export function sarifLog(findings: readonly Finding[], base: string) {
  return {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'state-folder',
            version,
            rules: findingCodes.map((id) => ({
              id,
              shortDescription: { text: findingTitles[id] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, base)),
      },
    ],
  };
}

function resultOf(finding: Finding, base: string) {
  const { code, severity, place, related } = finding;
  return {
    ruleId: code,
    ruleIndex: findingCodes.indexOf(code),
    level: severity === 'information' ? 'note' : severity,
    message: { text: findingSentence(finding) },
    locations: [locationOf(place, base)],
    ...(related && { relatedLocations: [locationOf(related, base)] }),
  };
}

function locationOf({ file, line, column, endLine, endColumn }: FindingPlace, base: string) {
  return {
    physicalLocation: {
      artifactLocation: artifactOf(file, base),
      region: { startLine: line, startColumn: column, endLine, endColumn },
    },
  };
}

function artifactOf(file: string, base: string) {
  const relative = path.relative(base, file);
  if (relative.startsWith('..') || path.isAbsolute(relative)) {
    return { uri: pathToFileURL(file).href };
  }
  const uri = relative.split(path.sep).map(encodeURIComponent).join('/');
  return { uri, uriBaseId: '%SRCROOT%' };
}
