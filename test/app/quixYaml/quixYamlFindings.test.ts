import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  quixYamlFindings,
  quixYamlFindingSentence,
  readQuixYaml,
  type StateChange,
} from '../../../src/app/index';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/quixYaml');

/** What is found in a `state` with these lines: code, severity, what it is about, its cure. */
async function found(lines: string[], name = 'A') {
  const text = `deployments:\n  - name: ${name}\n    state:\n${lines.map((line) => `      ${line}\n`).join('')}`;
  return quixYamlFindings(await readQuixYaml(text)).map(({ code, severity, value, fix }) => {
    return [code, severity, value, fix];
  });
}

type Found = [string, 'error' | 'warning', string, StateChange | undefined];

describe('findings in quix.yaml', () => {
  const notWhole = 'state-size-not-whole';
  const values: [string[], Found[]][] = [
    [['enabled: true', 'size: 5'], []],
    [['enabled: true', 'size: 100', 'path: /data'], []],
    [['enabled: true', 'size: 1e1'], []],
    [['enabled: true', 'size: 101'], [['state-size-too-large', 'error', '101', { size: 100 }]]],
    [['enabled: true', 'size: 500GB'], [['state-size-too-large', 'error', '500GB', { size: 100 }]]],
    [['enabled: true', 'size: 2.5'], [[notWhole, 'error', '2.5', { size: 3 }]]],
    [['enabled: true', 'size: 0'], [[notWhole, 'error', '0', { size: 1 }]]],
    [['enabled: true', 'size: -3'], [[notWhole, 'error', '-3', { size: 1 }]]],
    [['enabled: true', 'size: "5"'], [[notWhole, 'warning', '"5"', { size: 5 }]]],
    [['enabled: true', 'size: 5Gi'], [[notWhole, 'error', '5Gi', { size: 5 }]]],
    [['enabled: true', 'size: large'], [[notWhole, 'error', 'large', undefined]]],
    [['enabled: true', 'size: .inf'], [[notWhole, 'error', '.inf', undefined]]],
    [['enabled: true', 'size: [5]'], [[notWhole, 'error', '[5]', undefined]]],
    [['enabled: true', 'size: {{ gb }}'], []],
    [['enabled: true', 'size: "{{ gb }}"'], []],
    [['enabled: true'], [['state-size-missing', 'error', 'state', { size: 1 }]]],
    [['enabled: true', 'size:'], [['state-size-missing', 'error', 'size', { size: 1 }]]],
    [['enabled: {{ on }}'], []],
    [['enabled: false', 'size: 500', 'path: here'], []],
    [['enabled: false'], []],
    [['size: 500'], [['state-size-too-large', 'error', '500', { size: 100 }]]],
    [['enabled:'], []],
    [
      ['enabled: yes', 'size: 5'],
      [['state-enabled-not-boolean', 'warning', 'yes', { enabled: true }]],
    ],
    [
      ['enabled: "false"', 'size: 5'],
      [['state-enabled-not-boolean', 'warning', '"false"', { enabled: false }]],
    ],
    [['enabled: 1', 'size: 5'], [['state-enabled-not-boolean', 'error', '1', undefined]]],
    [['enabled: sure', 'size: 5'], [['state-enabled-not-boolean', 'error', 'sure', undefined]]],
    [
      ['enabled: true', 'size: 5', 'path: state'],
      [['state-path-not-absolute', 'error', 'state', { path: '/app/state' }]],
    ],
    [
      ['enabled: true', 'size: 5', 'path: ./data//x/'],
      [['state-path-not-absolute', 'error', './data//x/', { path: '/app/data/x' }]],
    ],
    [
      ['enabled: true', 'size: 5', 'path: ../data'],
      [['state-path-not-absolute', 'error', '../data', undefined]],
    ],
    [
      ['enabled: true', 'size: 5', 'path: C:\\data'],
      [['state-path-not-absolute', 'error', 'C:\\data', undefined]],
    ],
    [['enabled: true', 'size: 5', 'path: {{ at }}'], []],
    [['enabled: true', 'size: 5', 'path:'], []],
    [['enabled: true', 'size: 5', 'storageClass: fast', 'backup: {}'], []],
  ];
  for (const [lines, expected] of values) {
    const codes = expected.map(([code]) => code).join(', ') || 'nothing';
    it(`are ${codes} for ${lines.join(', ')}`, async () => {
      assert.deepEqual(await found(lines), expected);
    });
  }

  it('are silenced by a comment on their line, above it, and at state', async () => {
    const big = ['enabled: true', 'size: 500'];
    const ignore = '# state-folder: ignore';
    const text = (lines: string[]) =>
      `deployments:\n  - name: A\n${lines.map((line) => `    ${line}\n`).join('')}`;
    const count = async (lines: string[]) =>
      quixYamlFindings(await readQuixYaml(text(lines))).length;
    const [on = '', size = ''] = big;
    assert.equal(await count(['state:', `  ${on}`, `  ${size}`]), 1);
    assert.equal(await count(['state:', `  ${on}`, `  ${size} ${ignore}: more on purpose`]), 0);
    assert.equal(await count(['state:', `  ${on}`, `  ${ignore}`, `  ${size}`]), 0);
    assert.equal(await count([`state: ${ignore}`, `  ${on}`, `  ${size}`]), 0);
    assert.equal(await count([ignore, 'state:', `  ${on}`, `  ${size}`]), 0);
    assert.equal(await count(['state:', `  ${on} ${ignore}`, `  ${size}`]), 1);
    assert.equal(await count(['state:', `  ${on}`, `  ${size} # state-folder: ignored?`]), 1);
  });

  it('are there for what is no map, and not for what is not written here', async () => {
    const of = async (text: string) =>
      quixYamlFindings(await readQuixYaml(text)).map(({ code, span }) => [code, span.start]);
    assert.deepEqual(await of('deployments: [{name: A, state: true}]'), [['state-not-a-map', 31]]);
    assert.deepEqual(await of('deployments: [{name: A, state: {{ s }}}]'), []);
    assert.deepEqual(await of('deployments: [{name: A, state: null}, {state: }]'), []);
    const merged =
      'a: &a {state: {enabled: true, size: 500}}\ndeployments:\n  - {<<: *a, name: A}\n  - *a\n';
    assert.deepEqual(await of(merged), []);
    const shared = 'deployments:\n  - state: &s {enabled: true, size: 500}\n  - state: *s\n';
    assert.deepEqual((await of(shared)).length, 1);
  });

  it('are found in bounded time in a file of nothing else', async function () {
    const mostMs = 5000;
    this.timeout(12 * mostMs);
    const file = await readQuixYaml(`deployments:\n${'- {state: x}\n'.repeat(20_000)}`);
    const started = performance.now();
    assert.equal(quixYamlFindings(file).length, 20_000);
    assert.ok(performance.now() - started < mostMs);
  });

  it('say what is wrong, of which deployment', async () => {
    const text = readFileSync(path.join(fixtures, 'wrong-values.yaml'), 'utf8');
    const findings = quixYamlFindings(await readQuixYaml(text));
    assert.deepEqual(findings.map(quixYamlFindingSentence), [
      'enabled is true or false, without quotes; yes is neither.',
      'State of "A" has 500 GB. Quix Cloud gives it at most 100 GB.',
      'state is no absolute path. Quix Cloud mounts state at one, /app/state by default.',
      'size is a whole number of GB, from 1 to 100, without quotes and units; 2.5 is none.',
      'State of "C" is enabled, but has no size.',
      'enabled is true or false, without quotes; "true" is neither.',
      'size is a whole number of GB, from 1 to 100, without quotes and units; 5GB is none.',
      './data/kept is no absolute path. Quix Cloud mounts state at one, /app/state by default.',
      'State of "E" is no map: it has the keys enabled, size and path.',
      'State of "F" is no map: it has the keys enabled, size and path.',
      'enabled is true or false, without quotes; really: true is neither.',
      'size is a whole number of GB, from 1 to 100, without quotes and units; [1] is none.',
    ]);
    for (const { docs } of findings) assert.match(docs, /^https:\/\/quix\.io\//);
  });

  it('are none in files that are as Quix Cloud writes them', async () => {
    const wrong = ['wrong-values', 'tags', 'unfinished-key', 'unfinished-flow', 'state-null'];
    for (const name of readdirSync(fixtures)) {
      const text = readFileSync(path.join(fixtures, name), 'utf8');
      const codes = quixYamlFindings(await readQuixYaml(text)).map(({ code }) => code);
      if (!wrong.includes(name.replace('.yaml', ''))) assert.deepEqual(codes, [], name);
    }
  });
});
