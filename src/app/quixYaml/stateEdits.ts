// Changes of a deployment's `state`, as text edits: the document is never printed anew, which would refold its strings and
// break its placeholders. Before an edit is given, the text that it makes is read again: but for this `state` it must mean
// what it meant before, and `state` must say what was wanted.

import {
  isStateSize,
  readQuixYaml,
  stateKeys,
  type QuixYaml,
  type StatefulDeployment,
} from './quixYaml';
import { StateEditError, type StateEditObstacle } from './stateEditError';
import { meaningWithout } from './yamlMeaning';
import { StateWriter, type StateChange } from './stateWriter';
import { applyEdits, type TextEdit } from './textEdit';
import { pairsOf, type YamlMap, type YamlNode } from './yamlTree';

/** The size that Enable State writes: most projects keep less, and it can be made larger at any time. */
export const firstSize = 1;

/** Turns state on. A size that is there already is kept; so is a path, unless another is given. */
export function enableState(
  file: QuixYaml,
  deployment: StatefulDeployment,
  { size, path }: { readonly size?: number; readonly path?: string } = {},
): Promise<TextEdit[]> {
  const written = deployment.state?.values?.size;
  const isThere = written?.isPlaceholder === true || isStateSize(written?.value);
  const wanted = size ?? (isThere ? undefined : firstSize);
  return changeState(file, deployment, {
    enabled: true,
    ...(wanted !== undefined && { size: wanted }),
    ...(path !== undefined && { path }),
  });
}

/** Turns state off; size and path stay for the next time. */
export async function disableState(
  file: QuixYaml,
  deployment: StatefulDeployment,
): Promise<TextEdit[]> {
  const { state } = deployment;
  if (state === undefined || state.isNothing) return [];
  return changeState(file, deployment, { enabled: false });
}

/** Writes into `state`, which is made where it is missing. Throws a StateEditError where that is not safe. */
export async function changeState(
  file: QuixYaml,
  deployment: StatefulDeployment,
  wanted: StateChange,
): Promise<TextEdit[]> {
  if (wanted.size !== undefined && !isStateSize(wanted.size)) {
    throw new RangeError('no size of state');
  }
  const change = { ...mergedValues(deployment), ...wanted };
  refuseUnsafe(file, deployment, change);
  const writer = new StateWriter(file, deployment);
  for (const edits of writer.write(change)) {
    if (edits.length === 0 || (await isAsWanted(file, deployment, edits, change))) return edits;
  }
  throw errorAt(file, deployment, 'unclear', deployment.span.start);
}

/** Size and path that a merge key brings: a `state` of the deployment's own hides the whole of the other. */
function mergedValues({ node, state }: StatefulDeployment): StateChange {
  if (node.kind !== 'map' || pairsOf(node, 'state').length > 0) return {};
  const { size, path } = state?.values ?? {};
  return {
    ...(isStateSize(size?.value) && { size: size.value }),
    ...(typeof path?.value === 'string' && !path.isPlaceholder && { path: path.value }),
  };
}

/** Whether the edits change this `state` alone, and as wanted. */
async function isAsWanted(
  file: QuixYaml,
  { index }: StatefulDeployment,
  edits: readonly TextEdit[],
  change: StateChange,
): Promise<boolean> {
  const after = await readQuixYaml(applyEdits(file.text, edits));
  if (after.deployments.length !== file.deployments.length) return false;
  if (after.tree.errors.join() !== file.tree.errors.join()) return false;
  if (meaningWithout(after, index) !== meaningWithout(file, index)) return false;
  const values = after.deployments[index]?.state?.values;
  return Object.entries(change).every(([key, value]) => {
    const written = values?.[key as keyof StateChange];
    return written?.value === value && !written?.isPlaceholder;
  });
}

/** What is seen at once to be unsafe is refused with its reason. */
function refuseUnsafe(file: QuixYaml, deployment: StatefulDeployment, change: StateChange): void {
  const refuse = (obstacle: StateEditObstacle, { span }: Pick<YamlNode, 'span'>): never => {
    throw errorAt(file, deployment, obstacle, span.start);
  };
  const { node, parents, state } = deployment;
  if (node.kind === 'alias') return refuse('alias', node);
  for (const each of [...parents, node]) refuseShared(each, refuse);
  const [pair, again] = pairsOf(node, 'state');
  if (again !== undefined) refuse('twice', again.key);
  if (pair?.value === undefined) return;
  refuseShared(pair.value, refuse);
  if (pair.value.kind === 'alias') refuse('alias', pair.value);
  if (state?.isPlaceholder === true) refuse('placeholder', pair.value);
  if (pair.value.tag !== undefined) refuse('tag', pair.value);
  if (pair.value.kind !== 'map') {
    if (state?.isNothing !== true) refuse('notAMap', pair.value);
    return;
  }
  refuseUnsafeValues(pair.value, deployment, change, refuse);
}

function refuseUnsafeValues(
  map: YamlMap,
  { state }: StatefulDeployment,
  change: StateChange,
  refuse: (obstacle: StateEditObstacle, at: Pick<YamlNode, 'span'>) => never,
): void {
  for (const key of stateKeys) {
    if (change[key] === undefined) continue;
    const [pair, again] = pairsOf(map, key);
    if (again !== undefined) refuse('twice', again.key);
    if (pair === undefined || state?.values?.[key]?.value === change[key]) continue;
    if (state?.values?.[key]?.isPlaceholder === true) refuse('placeholder', pair.value ?? pair.key);
    if (pair.value === undefined) continue;
    refuseShared(pair.value, refuse);
    if (pair.value.tag !== undefined) refuse('tag', pair.value);
    const isWord = pair.value.kind === 'scalar' && pair.value.inline;
    if (!isWord && pair.value.kind !== 'alias') refuse('notAMap', pair.value);
  }
}

function refuseShared(
  { aliases }: YamlNode,
  refuse: (obstacle: StateEditObstacle, at: YamlNode) => never,
): void {
  const [alias] = aliases;
  if (alias !== undefined) refuse('anchor', alias);
}

function errorAt(
  { text }: QuixYaml,
  { name }: StatefulDeployment,
  obstacle: StateEditObstacle,
  offset: number,
): StateEditError {
  return new StateEditError(obstacle, name, offset, text.slice(0, offset).split('\n').length);
}
