import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  changeState,
  disableState,
  enableState,
  readQuixYaml,
  StateEditError,
} from '../../../src/app/index';
import { changed } from './judge';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/quixYaml');
const files = readdirSync(fixtures).map((name): [string, string] => [
  name.replace(/\.yaml$/, ''),
  readFileSync(path.join(fixtures, name), 'utf8'),
]);

/** Deployments whose state is not changed, with the reason: `file index change`. */
const refused: Record<string, string> = {
  'anchors 0 on': 'anchor',
  'anchors 0 path': 'anchor',
  'anchors 0 size': 'anchor',
  'anchors 0 off': 'anchor',
  'anchors 1 on': 'alias',
  'anchors 1 size': 'alias',
  'anchors 1 off': 'alias',
  'anchors 1 path': 'alias',
  'anchors 2 size': 'anchor',
  'anchors 2 off': 'anchor',
  'anchors 2 path': 'anchor',
  'explicit-keys 0 on': 'unclear',
  'explicit-keys 0 size': 'unclear',
  'explicit-keys 0 path': 'unclear',
  'keys-twice 0 on': 'twice',
  'keys-twice 0 size': 'twice',
  'keys-twice 0 off': 'twice',
  'keys-twice 0 path': 'twice',
  'keys-twice 1 size': 'twice',
  'keys-twice 1 path': 'twice',
  'merge-keys 2 on': 'anchor',
  'merge-keys 2 size': 'anchor',
  'merge-keys 2 path': 'anchor',
  'merge-keys 4 on': 'alias',
  'merge-keys 4 size': 'alias',
  'merge-keys 4 path': 'alias',
  'placeholder-for-state 0 on': 'placeholder',
  'placeholder-for-state 0 size': 'placeholder',
  'placeholder-for-state 0 off': 'placeholder',
  'placeholder-for-state 0 path': 'placeholder',
  'placeholders 0 size': 'placeholder',
  'placeholders 0 path': 'placeholder',
  'placeholders 1 on': 'placeholder',
  'placeholders 1 off': 'placeholder',
  'placeholders 1 path': 'placeholder',
  'tabs-as-indentation 0 on': 'unclear',
  'tabs-as-indentation 0 size': 'unclear',
  'tabs-as-indentation 0 path': 'unclear',
  'tabs-between 1 on': 'unclear',
  'tabs-between 1 size': 'unclear',
  'tabs-between 1 path': 'unclear',
  'tags 0 on': 'tag',
  'tags 0 size': 'tag',
  'tags 0 off': 'tag',
  'tags 0 path': 'tag',
  'tags 1 size': 'tag',
  'tags 1 off': 'tag',
  'tags 1 path': 'tag',
  'tags 2 on': 'tag',
  'tags 2 size': 'tag',
  'tags 2 off': 'tag',
  'tags 2 path': 'tag',
  'unfinished-flow 1 on': 'unclear',
  'unfinished-flow 1 size': 'unclear',
  'unfinished-flow 1 path': 'unclear',
  'wrong-values 4 on': 'notAMap',
  'wrong-values 4 size': 'notAMap',
  'wrong-values 4 off': 'notAMap',
  'wrong-values 4 path': 'notAMap',
  'wrong-values 5 on': 'notAMap',
  'wrong-values 5 size': 'notAMap',
  'wrong-values 5 off': 'notAMap',
  'wrong-values 5 path': 'notAMap',
  'wrong-values 6 on': 'notAMap',
  'wrong-values 6 size': 'notAMap',
  'wrong-values 6 off': 'notAMap',
  'wrong-values 6 path': 'notAMap',
};

type Change = Parameters<typeof changed>[2];

/** The text after a change and another; as it was where the first is refused. */
async function changedTwice(text: string, index: number, there: Change, back: Change) {
  const first = await changed(text, index, there);
  if ('obstacle' in first) return text;
  const second = await changed(first.text, index, back);
  return 'text' in second ? second.text : second.obstacle;
}

const changes: Record<string, Change> = {
  on: (file, deployment) => enableState(file, deployment),
  size: (file, deployment) => changeState(file, deployment, { size: 7 }),
  off: (file, deployment) => disableState(file, deployment),
  path: (file, deployment) => enableState(file, deployment, { size: 9, path: '/data/x y' }),
};
const wanted: Record<string, object> = {
  on: { enabled: true },
  size: { size: 7 },
  path: { enabled: true, size: 9, path: '/data/x y' },
};

describe('the state in quix.yaml', () => {
  for (const [name, text] of files) {
    it(`is all that changes in ${name}`, async () => {
      const { deployments } = await readQuixYaml(text);
      for (const { index } of deployments) {
        for (const [what, change] of Object.entries(changes)) {
          const result = await changed(text, index, change);
          const key = `${name} ${index} ${what}`;
          if ('obstacle' in result) {
            assert.deepEqual([key, result.obstacle], [key, refused[key]]);
            continue;
          }
          assert.equal(refused[key], undefined, key);
          const state = result.state as Record<string, unknown> | null | undefined;
          if (what === 'off') assert.ok(!state?.['enabled'], key);
          for (const [setting, value] of Object.entries(wanted[what] ?? {})) {
            assert.equal(state?.[setting], value, key);
          }
        }
      }
    });

    it(`is as it was in ${name} after a change and its undoing`, async () => {
      const { deployments } = await readQuixYaml(text);
      for (const { index, span, state } of deployments) {
        const { enabled, size } = state?.values ?? {};
        // What is written here, and right: what a merge key brings is not taken away again.
        const isOwn = size !== undefined && size.span.start > span.start;
        if (!isOwn || size.span.end > span.end || !/^\d+$/.test(size.source)) continue;
        if (Number(size.source) > 100) continue;
        const back: Change = (file, deployment) =>
          changeState(file, deployment, { size: Number(size.source) });
        assert.equal(await changedTwice(text, index, changes['size']!, back), text);
        if (enabled?.source === 'true') {
          assert.equal(await changedTwice(text, index, changes['off']!, changes['on']!), text);
        } else if (enabled?.source === 'false') {
          assert.equal(await changedTwice(text, index, changes['on']!, changes['off']!), text);
        }
      }
    });
  }

  it('is written where Quix Cloud writes it, as the file is written', async () => {
    const after = async (text: string) => {
      const result = await changed(text, 0, changes['on']!);
      return 'text' in result ? result.text : result.obstacle;
    };
    const cases: [string, string][] = [
      [
        'deployments:\n  - name: A\n    resources:\n      cpu: 1 # one\n    variables: []\n',
        'deployments:\n  - name: A\n    resources:\n      cpu: 1 # one\n    state:\n      enabled: true\n      size: 1\n    variables: []\n',
      ],
      [
        'deployments:\r\n- name: A\r\n  resources:\r\n      cpu: 1',
        'deployments:\r\n- name: A\r\n  resources:\r\n      cpu: 1\r\n  state:\r\n      enabled: true\r\n      size: 1',
      ],
      [
        'deployments:\n  - name: A\n    state: null # off\n',
        'deployments:\n  - name: A\n    state: # off\n      enabled: true\n      size: 1\n',
      ],
      [
        'deployments:\n  - name: A\n    state: {}\n',
        'deployments:\n  - name: A\n    state: {enabled: true, size: 1}\n',
      ],
      [
        'deployments:\n  - name: A\n    state:\n      size: 5 # kept\n',
        'deployments:\n  - name: A\n    state:\n      enabled: true\n      size: 5 # kept\n',
      ],
      [
        '{"deployments": [{"name": "A"}]}',
        '{"deployments": [{"name": "A", "state": {"enabled": true, "size": 1}}]}',
      ],
      [
        'deployments:\n  - name: A\n  - name: B\n    state: { enabled: true, size: 2 }\n',
        'deployments:\n  - name: A\n    state: { enabled: true, size: 1 }\n  - name: B\n    state: { enabled: true, size: 2 }\n',
      ],
    ];
    for (const [before, expected] of cases) assert.equal(await after(before), expected);
  });

  it('takes over size and path that a merge key brings', async () => {
    const text =
      'base: &base\n  state: {enabled: false, size: 5, path: /data}\ndeployments:\n  - <<: *base\n    name: A\n';
    const result = await changed(text, 0, changes['on']!);
    assert.ok('state' in result);
    assert.deepEqual(result.state, { enabled: true, size: 5, path: '/data' });
  });

  it('keeps what is on already, and a size that is a placeholder', async () => {
    const on = 'deployments:\n  - name: A\n    state:\n      enabled: true\n      size: {{ n }}\n';
    const off = on.replace('true', 'false');
    for (const text of [on, off]) {
      const result = await changed(text, 0, changes['on']!);
      assert.deepEqual('text' in result && result.text, on);
    }
  });

  it('has whole GB, from 1 to 100', async () => {
    const file = await readQuixYaml('deployments:\n  - name: A\n');
    const [deployment] = file.deployments;
    assert.ok(deployment);
    for (const size of [0, -1, 101, 2.5, NaN]) {
      await assert.rejects(changeState(file, deployment, { size }), RangeError);
    }
    for (const size of [1, 100]) assert.ok(await changeState(file, deployment, { size }));
  });

  it('says where it cannot be changed', async () => {
    const text = 'deployments:\n  - name: A\n    state: &s {enabled: true}\n  - state: *s\n';
    const file = await readQuixYaml(text);
    const [deployment] = file.deployments;
    assert.ok(deployment);
    await assert.rejects(disableState(file, deployment), (error) => {
      assert.ok(error instanceof StateEditError);
      assert.deepEqual([error.obstacle, error.deployment, error.line], ['anchor', 'A', 4]);
      assert.equal(text.slice(error.offset), '*s\n');
      return true;
    });
  });

  it('is read of a hostile file within bounds', async () => {
    const deep = `deployments: ${'['.repeat(100_000)}`;
    const long = `deployments:\n${'  - name: a\n'.repeat(40_000)}`;
    const bombs = `a: &a [x]\n${Array.from({ length: 50 }, (_, i) => `a${i}: &a [*a,*a,*a,*a]`).join('\n')}\ndeployments: [*a, {<<: *a, name: N}]\n`;
    const circle = 'deployments:\n  - &d\n    <<: *d\n    name: N\n    state: *d\n';
    assert.deepEqual((await readQuixYaml(deep)).deployments, []);
    assert.deepEqual((await readQuixYaml(long)).deployments, []);
    assert.equal((await readQuixYaml(bombs)).deployments.length, 1);
    assert.equal((await readQuixYaml(circle)).deployments.length, 1);
  });
});
