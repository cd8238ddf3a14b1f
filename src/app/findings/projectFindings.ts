import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isInside, isSkipped } from '../../statefolder/index';
import type { CodeIndex } from '../code/codeIndex';
import { isIgnored } from '../ignoreComment';
import { quixYamlIn, stateDeployments } from '../pipeline';
import { readText } from '../readText';
import { DeployedApp, readAppCode, type AppCode } from './deployedApp';
import type { Finding } from './finding';
import { sharedFindings, stateFindings } from './stateFindings';
import { writtenStateFindings } from './writtenState';

/** Folders in folders, and folders in all, that are looked into for a quix.yaml. */
const deepest = 6;
const mostFolders = 5000;
/** Code whose comments are looked at is no larger. */
const largestSource = 1 << 20;

/** What is wrong with state in the projects below a folder: by each quix.yaml and the code of its deployments. */
export async function projectFindings(
  folder: string,
  index: CodeIndex,
  signal?: AbortSignal,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const file of await pipelinesBelow(folder, signal)) {
    signal?.throwIfAborted();
    findings.push(...(await pipelineFindings(file, index, signal)));
  }
  return findings;
}

/** The findings of one quix.yaml. */
export async function pipelineFindings(
  file: string,
  index: CodeIndex,
  signal?: AbortSignal,
): Promise<Finding[]> {
  const deployments = await stateDeployments(file);
  const read = new Map<string, AppCode | undefined>();
  const apps: DeployedApp[] = [];
  for (const deployment of deployments) {
    signal?.throwIfAborted();
    const { appFolder } = deployment;
    if (!isInside(path.dirname(file), appFolder)) continue;
    if (!read.has(appFolder)) read.set(appFolder, await readAppCode(appFolder, index));
    const code = read.get(appFolder);
    if (code !== undefined) apps.push(new DeployedApp(deployment, code));
  }
  const found = [...apps.flatMap(stateFindings), ...sharedFindings(apps)];
  return [...(await writtenStateFindings(file)), ...(await withoutIgnored(found))];
}

async function withoutIgnored(findings: readonly Finding[]): Promise<Finding[]> {
  const lines = new Map<string, readonly string[]>();
  const left: Finding[] = [];
  for (const finding of findings) {
    const { file, line } = finding.place;
    let text = lines.get(file);
    if (text === undefined) {
      text = ((await readText(file, largestSource)) ?? '').split(/\r\n|\n|\r/);
      lines.set(file, text);
    }
    if (!isIgnored(text, line)) left.push(finding);
  }
  return left;
}

async function pipelinesBelow(folder: string, signal?: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  let level = [folder];
  let left = mostFolders;
  for (let depth = 0; level.length > 0 && depth < deepest; depth++) {
    const next: string[] = [];
    for (const at of level) {
      signal?.throwIfAborted();
      if (--left < 0) return found;
      const file = await quixYamlIn(at);
      if (file !== undefined) found.push(file);
      for (const entry of await readdir(at, { withFileTypes: true }).catch(() => [])) {
        if (entry.isDirectory() && !isSkipped(entry.name) && !entry.name.startsWith('.')) {
          next.push(path.join(at, entry.name));
        }
      }
    }
    level = next.sort();
  }
  return found;
}
