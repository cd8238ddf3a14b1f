import assert from 'node:assert/strict';
import { parseAllDocuments, type Document } from 'yaml';
import {
  applyEdits,
  readQuixYaml,
  StateEditError,
  type QuixYaml,
  type StatefulDeployment,
  type TextEdit,
} from '../../../src/app/index';

/** What a text says, by the `yaml` package alone; unquoted placeholders as words of their length. */
function meaningOf(text: string): { documents: unknown[]; errors: string[] } {
  const masked = text.replace(/\{\{[^\r\n]*?\}\}/g, (whole) => `x${'_'.repeat(whole.length - 1)}`);
  const options = { uniqueKeys: false, logLevel: 'silent', merge: true, prettyErrors: false };
  const documents = parseAllDocuments(masked, options as object) as Document[];
  return {
    documents: documents.map((document) => {
      try {
        return document.toJS() as unknown;
      } catch (error) {
        return String(error); // an alias of nothing
      }
    }),
    errors: documents.flatMap(({ errors }) => errors.map(({ code }) => code)),
  };
}

interface Parsed {
  deployments?: unknown;
}

/** The deployments of all documents that are maps, as `readQuixYaml` counts them. */
function deploymentsOf(documents: unknown[]): Record<string, unknown>[] {
  const lists = documents.map((document) => (document as Parsed | null)?.deployments);
  const isMap = (one: unknown): one is Record<string, unknown> =>
    typeof one === 'object' && one !== null && !Array.isArray(one);
  return lists.flatMap((list) => (Array.isArray(list) ? (list as unknown[]).filter(isMap) : []));
}

/** Asserts that the edits change the `state` of one deployment and nothing else; gives what it is then. */
export function changedState(text: string, edits: readonly TextEdit[], index: number): unknown {
  const before = meaningOf(text);
  const after = meaningOf(applyEdits(text, edits));
  const state = deploymentsOf(after.documents)[index]?.['state'];
  for (const { documents } of [before, after]) delete deploymentsOf(documents)[index]?.['state'];
  assert.deepEqual(after, before);
  return state;
}

/** The text after a change of a deployment, judged; the obstacle where the change is refused. */
export async function changed(
  text: string,
  index: number,
  change: (file: QuixYaml, deployment: StatefulDeployment) => Promise<TextEdit[]>,
): Promise<{ text: string; state: unknown } | { obstacle: string }> {
  const file = await readQuixYaml(text);
  const deployment = file.deployments[index];
  assert.ok(deployment);
  let edits: TextEdit[];
  try {
    edits = await change(file, deployment);
  } catch (error) {
    assert.ok(error instanceof StateEditError, String(error));
    return { obstacle: error.obstacle };
  }
  const { state } = deployment;
  for (const { start, end } of edits) {
    // What is taken away belongs to this state; all else of an edit is what it adds.
    if (end > start) assert.ok(state && start >= state.key.start && end <= state.span.end);
  }
  return { text: applyEdits(text, edits), state: changedState(text, edits, index) };
}
