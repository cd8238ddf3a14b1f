import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  changeState,
  disableState,
  enableState,
  readQuixYaml,
  type DeploymentState,
  type QuixYaml,
  type StatefulDeployment,
} from '../../../src/app/index';
import { changed } from './judge';

/** How a made-up quix.yaml is written. */
interface Style {
  readonly eol: string;
  readonly bom: boolean;
  readonly lastEol: boolean;
  /** in front of the dashes, behind them, and of what stands deeper */
  readonly list: number;
  readonly dash: number;
  readonly step: number;
  readonly documents: number;
}

const style: fc.Arbitrary<Style> = fc.record({
  eol: fc.constantFrom('\n', '\r\n'),
  bom: fc.boolean(),
  lastEol: fc.boolean(),
  list: fc.constantFrom(0, 1, 2, 4),
  dash: fc.constantFrom(1, 1, 1, 3),
  step: fc.constantFrom(1, 2, 4),
  documents: fc.integer({ min: 1, max: 2 }),
});

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const scalar = fc.oneof(
  word,
  fc.constantFrom('{{ name }}', '{{prefix}}-app', "'it''s'", '"a: b # c"', '"{{ n }}"', '5', 'yes'),
  fc.constantFrom('Ünï cödé 计数', '"\\U0001F4BE x"', 'http://a/b?c#d', 'a{{ b.c-d }}e', "''", '~'),
);
const comment = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc.constantFrom(' # state: {enabled: true}', '   # {{ x }}', '\t# tab', '  '),
);
/** Lines of a key, with a tab for each step that they are deeper than it. */
const pair = (key: string): fc.Arbitrary<string[]> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.tuple(scalar, comment).map(([v, c]) => [`${key}: ${v}${c}`]) },
    comment.map((c) => [`${key}:${c}`]),
    fc.tuple(scalar, scalar).map(([a, b]) => [`${key}: {a: ${a}, 'b': [${b}, {c: 1}]}`]),
    fc
      .tuple(scalar, comment, scalar)
      .map(([a, c, b]) => [`${key}:${c}`, `\tcpu: ${a}${c}`, `\tlimits:`, `\t\tmemory: ${b}`]),
    fc.tuple(word, word).map(([a, b]) => [`${key}:`, `\t- name: ${a}`, `\t  value: ${b}`]),
    fc
      .constantFrom('|', '>-', '|+', '>')
      .map((head) => [`${key}: ${head}`, '\tstate:', '\t  enabled: true', '', '\tend']),
    word.map((w) => [`${key}: "${w}`, `\tstate: ${w}"`]),
    word.map((w) => [`${key}: ${w}`, `\tmore ${w}`]),
  );
const size = fc.oneof(fc.integer({ min: 1, max: 100 }).map(String), fc.constantFrom('{{ gb }}'));
const settings = fc
  .record(
    {
      enabled: fc.constantFrom('true', 'false', 'yes', '{{ on }}', ''),
      size: fc.oneof({ weight: 4, arbitrary: size }, fc.constantFrom('500', '2.5', '"5"', '')),
      path: fc.constantFrom('/data', '"/data"', 'state', '/a/{{ b }}'),
      other: scalar,
    },
    { requiredKeys: [] },
  )
  .chain((record) => {
    const pairs = Object.entries(record);
    return fc.shuffledSubarray(pairs, { minLength: pairs.length });
  });
const state: fc.Arbitrary<string[]> = fc.oneof(
  fc.constant<string[]>([]),
  fc.constantFrom('state:', 'state: null', 'state: ~ # none', 'state: {}').map((line) => [line]),
  fc
    .tuple(settings, comment)
    .map(([pairs, c]) => [`state:${c}`, ...pairs.map(([k, v]) => `\t${k}: ${v}${c}`)]),
  settings.map((pairs) => [
    `state: {${pairs.map(([k, v]) => (v === '' ? `${k}:` : `${k}: ${v}`)).join(', ')}}`,
  ]),
  settings.map((pairs) => [
    `"state": { ${pairs.map(([k, v]) => (v === '' ? `"${k}":` : `"${k}": ${v}`)).join(' , ')} }`,
  ]),
);
const keys = ['name', 'application', 'version', 'deploymentType', 'resources', 'variables', 'x'];
const deployment = fc.tuple(fc.subarray(keys, { minLength: 1 }), state).chain(([some, own]) =>
  fc.tuple(
    fc.tuple(...some.map(pair)).chain((all) => {
      const blocks = own.length > 0 ? [...all, own] : all;
      return fc.shuffledSubarray(blocks, { minLength: blocks.length });
    }),
    fc.constantFrom('', '', '# state:', '  # deeper'),
  ),
);
/** A deployment in braces. */
const flowDeployment = fc
  .tuple(
    fc.uniqueArray(fc.tuple(fc.constantFrom(...keys), word), { selector: ([k]) => k }),
    settings,
  )
  .map(([pairs, own]) => {
    const inner = own.map(([k, v]) => `${k}: ${v || 'null'}`).join(', ');
    const all = [...pairs.map(([k, v]) => `${k}: ${v}`), `state: {${inner}}`];
    return `{${(own.length > 0 ? all : all.slice(0, -1)).join(', ')}}`;
  });

const quixYaml = fc
  .tuple(
    style,
    fc.array(fc.oneof({ weight: 4, arbitrary: deployment }, flowDeployment), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([{ eol, bom, lastEol, list, dash, step, documents }, deployments]) => {
    const lines: string[] = ['# made up', 'metadata:', '  version: 1.0', 'deployments: # all'];
    const indent = ' '.repeat(list);
    const inner = indent + ' '.repeat(1 + dash);
    for (const one of deployments) {
      if (typeof one === 'string') {
        lines.push(`${indent}- ${one}`);
        continue;
      }
      const [blocks, between] = one;
      const own = blocks.flatMap((block, i) => [
        ...(i > 0 && between !== '' ? [inner + between] : []),
        ...block.map((line) =>
          line === '' ? '' : inner + line.replace(/^\t+/, (tabs) => ' '.repeat(tabs.length * step)),
        ),
      ]);
      lines.push(indent + '-' + ' '.repeat(dash) + (own[0] ?? '').trimStart(), ...own.slice(1));
    }
    lines.push('topics: []');
    const document = lines.join(eol);
    const text = Array.from({ length: documents }, () => document).join(`${eol}---${eol}`);
    return (bom ? '\ufeff' : '') + text + (lastEol ? eol : '');
  });

const isSize = (source = '') => /^\d\d?$/.test(source);

/** Changes, with what `state` says after them and how they are undone. */
const changes = {
  on: {
    there: enableState,
    check: (state: Settings) => assert.equal(state?.enabled, true),
    back: ({ values }: Before) =>
      values?.enabled?.source === 'false' && isSize(values.size?.source) ? disableState : undefined,
  },
  off: {
    there: disableState,
    check: (state: Settings) => assert.ok(!state?.enabled),
    back: ({ values }: Before) =>
      values?.enabled?.source === 'true' && isSize(values.size?.source) ? enableState : undefined,
  },
  size: {
    there: (file: QuixYaml, one: StatefulDeployment) => changeState(file, one, { size: 42 }),
    check: (state: Settings) => assert.equal(state?.size, 42),
    back: ({ values }: Before) => {
      const size = values?.size?.source;
      if (!isSize(size)) return undefined;
      return (file: QuixYaml, one: StatefulDeployment) =>
        changeState(file, one, { size: Number(size) });
    },
  },
  path: {
    there: (file: QuixYaml, one: StatefulDeployment) => enableState(file, one, { path: '/p q' }),
    check: (state: Settings) => assert.equal(state?.path, '/p q'),
    back: () => undefined,
  },
};
type Settings = { enabled?: unknown; size?: unknown; path?: unknown } | null | undefined;
type Before = Partial<DeploymentState>;

describe('the state in 1,000 made-up quix.yaml', function () {
  this.timeout(300_000);

  it('is all that changes, and as it was after undoing', async () => {
    let edited = 0;
    let undone = 0;
    const which = fc.constantFrom(...Object.values(changes));
    const check = fc.asyncProperty(quixYaml, fc.nat(), which, async (text, nth, change) => {
      const file = await readQuixYaml(text);
      assert.deepEqual(file.tree.errors, []);
      const { index, state = {} } = file.deployments[nth % file.deployments.length]!;
      const first = await changed(text, index, change.there);
      if ('obstacle' in first) {
        const values = Object.values('values' in state ? (state.values ?? {}) : {});
        assert.ok(values.some(({ isPlaceholder }) => isPlaceholder)); // nothing else is in the way here
        assert.equal(first.obstacle, 'placeholder');
        return;
      }
      edited++;
      change.check(first.state as Settings);
      const back = change.back(state);
      if (back === undefined) return;
      undone++;
      const second = await changed(first.text, index, back);
      assert.equal('text' in second && second.text, text);
    });
    await fc.assert(check, { numRuns: 1000 });
    assert.ok(edited > 700 && undone > 50, `${edited} edited, ${undone} undone`);
  });
});
