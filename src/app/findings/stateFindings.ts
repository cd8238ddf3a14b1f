// What is wrong between the code of one deployment and its `state` in quix.yaml.

import path from 'node:path';
import type { CodeUse } from '../code/codeUse';
import { defaultStatePath, stateDocs } from '../quixYaml/quixYaml';
import { isBelow, type DeployedApp } from './deployedApp';
import type { Finding, FindingPlace } from './finding';

/** The findings of one deployment. */
export function stateFindings(app: DeployedApp): Finding[] {
  const { enabled } = app.deployment.state;
  if (enabled === undefined) return []; // a placeholder
  if (!enabled) return disabled(app);
  return [...jobs(app), ...unused(app), ...offThePath(app), ...replicas(app)];
}

function disabled(app: DeployedApp): Finding[] {
  const { deployment } = app;
  if (deployment.type === 'Job') return []; // it is not restarted
  const [store] = app.stores;
  const file = app.files.find(({ use }) => use.access !== 'read');
  if (store === undefined && file === undefined) return [];
  const { name } = deployment;
  return [
    {
      code: 'state-disabled',
      severity: 'warning',
      place: deploymentPlace(app),
      names: {
        deployment: name,
        ...(store === undefined ? { path: file?.written } : { what: nameOf(store) }),
      },
      related: placeOf(store ?? file?.use),
      docs: stateDocs,
      fix: { kind: 'enableState', file: deployment.file, deployment: name },
    },
  ];
}

function jobs(app: DeployedApp): Finding[] {
  const { deployment } = app;
  if (deployment.type !== 'Job') return [];
  return [
    {
      code: 'state-job',
      severity: 'information',
      place: statePlace(app),
      names: { deployment: deployment.name },
      related: undefined,
      docs: stateDocs,
      fix: undefined,
    },
  ];
}

function unused(app: DeployedApp): Finding[] {
  const { deployment, code } = app;
  // Databases and dashboards have state, too: only of the library it is known what keeps none.
  if (!code.makesApplication || code.mayKeepState) return [];
  return [
    {
      code: 'state-unused',
      severity: 'information',
      place: statePlace(app),
      names: { deployment: deployment.name },
      related: undefined,
      docs: stateDocs,
      fix: { kind: 'disableState', file: deployment.file, deployment: deployment.name },
    },
  ];
}

function offThePath(app: DeployedApp): Finding[] {
  const { mounted, deployment } = app;
  if (mounted === undefined) return [];
  const findings: Finding[] = [];
  for (const { use, written, path: at } of [...app.stateDirs, ...app.files]) {
    if (isBelow(mounted, at)) continue;
    // `./state/…` is where the folder is by default; it is another one that quix.yaml chose.
    const isUsual = mounted !== defaultStatePath && isBelow(defaultStatePath, at);
    findings.push({
      code: isUsual ? 'state-path-in-code' : 'state-path',
      severity: 'warning',
      place: placeOf(use) ?? statePlace(app),
      names: { deployment: deployment.name, path: written, mounted },
      related: statePlace(app),
      docs: stateDocs,
      fix: undefined,
    });
  }
  return findings;
}

function replicas(app: DeployedApp): Finding[] {
  const { deployment } = app;
  if (deployment.replicas < 2) return [];
  const written = new Map<string, Finding>();
  for (const { use, written: name, path: at, isFixed } of app.files) {
    if (!isFixed || use.access === 'read' || written.has(at)) continue;
    written.set(at, {
      code: 'state-replicas',
      severity: 'warning',
      place: placeOf(use) ?? statePlace(app),
      names: { deployment: deployment.name, path: name, replicas: deployment.replicas },
      related: deploymentPlace(app),
      docs: stateDocs,
      fix: undefined,
    });
  }
  return [...written.values()];
}

/** Files that one deployment only reads, and another of the pipeline only writes. */
export function sharedFindings(apps: readonly DeployedApp[]): Finding[] {
  const withState = apps.filter(({ deployment }) => deployment.state.enabled === true);
  const findings: Finding[] = [];
  for (const reader of withState) {
    const own = withState.filter(({ code }) => code.folder === reader.code.folder);
    const isWritten = (name: string) =>
      own.some((app) => writtenIn(app).has(name)) || isThere(reader, name);
    for (const { use, written, path: at } of reader.files) {
      const name = inFolder(reader, at);
      if (use.access !== 'read' || name === undefined || isWritten(name)) continue;
      const writer = withState.find((app) => !own.includes(app) && writtenIn(app).has(name));
      if (writer === undefined) continue;
      findings.push({
        code: 'state-shared',
        severity: 'warning',
        place: placeOf(use) ?? statePlace(reader),
        names: {
          deployment: reader.deployment.name,
          other: writer.deployment.name,
          path: written,
        },
        related: placeOf(writer.files.find((file) => inFolder(writer, file.path) === name)?.use),
        docs: stateDocs,
        fix: undefined,
      });
    }
  }
  return findings;
}

/** The names of the files that a deployment writes, from its state folder. */
function writtenIn(app: DeployedApp): Set<string | undefined> {
  const written = app.files.filter(({ use }) => use.access !== 'read');
  return new Set(written.map((file) => inFolder(app, file.path)));
}

/** A path from the state folder that it is in. */
function inFolder({ mounted }: DeployedApp, at: string): string | undefined {
  if (mounted === undefined || !isBelow(mounted, at)) return undefined;
  return path.posix.relative(mounted, at);
}

/** Whether some code of the app may make the file by a call that is not known of: its name is there twice. */
function isThere({ code }: DeployedApp, name: string): boolean {
  const base = path.posix.basename(name);
  const count = code.sources.reduce((sum, { text }) => sum + text.split(base).length - 1, 0);
  return count > 1;
}

function nameOf(use: CodeUse): string {
  switch (use.kind) {
    case 'window':
      return `${use.window.replace('Count', '_count')}_window`;
    case 'join':
      return `join_${use.join}`;
    default:
      return 'stateful=True';
  }
}

function placeOf(use: CodeUse | undefined): FindingPlace | undefined {
  return use === undefined ? undefined : { file: use.file, ...use.range };
}

const lineOf = (file: string, line: number): FindingPlace => ({
  file,
  line,
  column: 1,
  endLine: line + 1,
  endColumn: 1,
});

const deploymentPlace = ({ deployment }: DeployedApp) => lineOf(deployment.file, deployment.line);
const statePlace = ({ deployment }: DeployedApp) => lineOf(deployment.file, deployment.stateLine);
