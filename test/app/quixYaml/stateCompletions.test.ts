import assert from 'node:assert/strict';
import { stateCompletions } from '../../../src/app/index';

/** What is offered at the `|` of a text, and the text with one of it written there. */
async function offered(marked: string, label?: string) {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = await stateCompletions(text, offset);
  const labels = (found?.items ?? []).map((item) => item.label);
  const item = found?.items.find((one) => one.label === label);
  const { start, end } = found?.span ?? { start: 0, end: 0 };
  const insert = item?.insert
    .replace(/\$\{1:([^}]*)\}/g, '$1')
    .replace(/\$\{1\|(\w+),.*?\}/g, '$1');
  return { labels, text: item && text.slice(0, start) + insert + text.slice(end) };
}

const deployment = (lines: string) =>
  `metadata:\n  version: 1.0\ndeployments:\n${lines}topics: []\n`;

describe('completions in quix.yaml', () => {
  const places: [string, string, string[]][] = [
    ['a deployment', '  - name: A\n    |\n    variables: []\n', ['state']],
    ['a word in it', '  - name: A\n    sta|\n    variables: []\n', ['state']],
    ['the first key', '  - |\n', ['state']],
    ['a deployment with state', '  - name: A\n    |\n    state:\n      size: 1\n', []],
    ['an empty state', '  - name: A\n    state:\n      |\n', ['enabled', 'size', 'path']],
    ['a state with a key', '  - state:\n      enabled: true\n      s|\n', ['size', 'path']],
    ['a state, above', '  - state:\n      |\n      size: 1\n', ['enabled', 'path']],
    ['a key with its value', '  - state:\n      en|: true\n', ['enabled', 'size', 'path']],
    ['enabled', '  - state:\n      enabled: |\n', ['true', 'false']],
    ['enabled, begun', '  - state:\n      enabled: fa|\n      size: 1\n', ['true', 'false']],
    ['size', '  - state:\n      size: |\n', ['1', '5', '10', '20', '50', '100']],
    ['path', '  - state:\n      path: /ap|\n', ['/app/state']],
    ['braces', '  - name: A\n    state: {enabled: true, |}\n', ['size', 'path']],
    ['empty braces', '  - {name: A, state: {|}}\n', ['enabled', 'size', 'path']],
    ['braces of a deployment', '  - {name: A, |}\n', ['state']],
    ['a value in braces', '  - {name: A, state: {enabled: |}}\n', ['true', 'false']],
    ['beside a placeholder', '  - name: {{ a }}\n    size: {{ b }}\n    |\n', ['state']],
    ['another map', '  - name: A\n    resources:\n      |\n', []],
    ['another value', '  - name: A\n    application: |\n', []],
    ['a comment', '  - name: A\n    # |\n', []],
    ['a variable', '  - name: A\n    variables:\n      - name: x\n        |\n', []],
    ['behind a key', '  - name: A\n    state |\n', []],
  ];
  for (const [what, lines, labels] of places) {
    it(`are ${labels.join(', ') || 'none'} in ${what}`, async () => {
      assert.deepEqual((await offered(deployment(lines))).labels, labels);
    });
  }

  it('are none outside of deployments', async () => {
    for (const text of ['|', 'topics:\n  - |\n', 'deployments:\n|\n', 'deployments:\n  |\n']) {
      assert.deepEqual((await offered(text)).labels, [], text);
    }
  });

  it('are there with CRLF and without an end', async () => {
    const text = deployment('  - state:\n      enabled: true\n      |').replaceAll('\n', '\r\n');
    assert.deepEqual((await offered(text.replace('topics: []\r\n', ''))).labels, ['size', 'path']);
  });

  it('are written as their place wants them', async () => {
    const written = async (lines: string, label: string) =>
      (await offered(`deployments:\n${lines}`, label)).text?.replace('deployments:\n', '');
    // VS Code indents the second line as the first.
    assert.equal(
      await written('  - name: A\n    sta|\n', 'state'),
      '  - name: A\n    state:\n  enabled: true\n  size: 1\n',
    );
    assert.equal(
      await written('  - |\n    name: A\n', 'state'),
      '  - state:\n    enabled: true\n    size: 1\n    name: A\n',
    );
    assert.equal(
      await written('  - {name: A, |}\n', 'state'),
      '  - {name: A, state: {enabled: true, size: 1}}\n',
    );
    assert.equal(
      await written('  - state:\n      |: true\n', 'enabled'),
      '  - state:\n      enabled: true\n',
    );
    assert.equal(
      await written('  - state:\n      enabled: fal|se # no\n', 'true'),
      '  - state:\n      enabled: true # no\n',
    );
    assert.equal(
      await written('  - state:\n      path: /d|\n', '/app/state'),
      '  - state:\n      path: /app/state\n',
    );
  });
});
