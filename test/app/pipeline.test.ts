import assert from 'node:assert/strict';
import path from 'node:path';
import { deploymentsOf, variablesOf } from '../../src/app/index';
import { fileTree } from './fileTree';

/** The deployments of the app in `folder`, by the descriptors in `files`. */
async function deployments(files: Record<string, string>, folder = 'counter', workspace = '.') {
  const { folder: root, remove } = await fileTree({ [`${folder}/main.py`]: '', ...files });
  try {
    const app = { folder: path.join(root, folder) };
    const found = await deploymentsOf(app, path.join(root, workspace));
    return found.map(({ file, ...rest }) => ({ ...rest, file: path.relative(root, file) }));
  } finally {
    await remove();
  }
}

/** A quix.yaml with one deployment of `counter`. */
const quixYaml = (variables: string, replicas = '1') => `# Quix Project Descriptor
metadata:
  version: 1.0

deployments:
  - name: Counter
    application: counter
    version: latest
    deploymentType: Service
    resources:
      cpu: {{ CPU }}
      memory: 500
      replicas: ${replicas}
    variables:
${variables}
topics:
  - name: {{ TOPIC }}
`;
const given = (name: string, value: string) =>
  `      - name: ${name}\n        inputType: FreeText\n        required: true\n        value: ${value}\n`;
const valuesOf = (found: Awaited<ReturnType<typeof deployments>>) =>
  found[0]?.variables.map(({ value }) => value);

describe('quix.yaml', () => {
  const placeholders: [string, string, string | undefined][] = [
    ['{{ A }}', 'A=1', '1'],
    ['{{A}}', 'A=1', '1'],
    ['"{{ A }}"', 'A=1', '1'],
    ["'{{ A }}-{{ B }}'", 'A=1\nB=2', '1-2'],
    ['{{ A }}-{{ B }}', 'A=1\nB=2', '1-2'],
    ['pre-{{ A }}', 'A=1', 'pre-1'],
    ['{{ a.b-c }}', 'a.b-c=1', '1'],
    ['{{ A }}', 'A={{ B }}\nB={{ C }}\nC=deep', 'deep'],
    ['{{ A }}', 'A="quoted text"', 'quoted text'],
    ['{{ A }}', '', undefined],
    ['x-{{ A }}', 'A=', undefined],
    ['{{ A }}', 'A={{ A }}', undefined],
    ['{{ A }}', 'A={{ B }}\nB=x{{ A }}x', undefined],
    ['{{ A }}', 'A=1 # a comment', '1'],
    ['{ A }', 'A=1', undefined], // a map: none of ours
    ["''", '', undefined],
    ['0', '', '0'],
    ['0.0005', '', '0.0005'],
    ['false', '', 'false'],
  ];
  for (const [value, variables, expected] of placeholders) {
    it(`takes ${value} for ${expected} where ${JSON.stringify(variables)}`, async () => {
      const found = await deployments({
        'quix.yaml': quixYaml(given('a', value) + given('last', 'there')),
        '.quix.yaml.variables': `CPU=200\nTOPIC=t\n${variables}\n`,
      });
      assert.deepEqual(valuesOf(found), [expected, 'there']);
    });
  }

  it('says the rest where a placeholder outside of the variables is not known', async () => {
    const found = await deployments({ 'quix.yaml': quixYaml(given('a', 'b'), '{{ REPLICAS }}') });
    assert.deepEqual(
      found.map(({ name, replicas }) => [name, replicas]),
      [['Counter', 1]],
    );
    assert.deepEqual(valuesOf(found), ['b']);
  });

  it('lets a value be no more than a value', async () => {
    const found = await deployments({
      'quix.yaml': quixYaml(given('a', '{{ A }}') + given('b', '"{{ A }}"')),
      '.quix.yaml.variables':
        'CPU=1\nTOPIC=t\nA="x\\n      - name: injected\\n        value: 1"\nB=1\n',
    });
    assert.deepEqual(
      found[0]?.variables.map(({ name }) => name),
      ['a', 'b'],
    );
  });

  const replicas: [string, number][] = [
    ['3', 3],
    ['"2"', 2],
    ['0', 1],
    ['-1', 1],
    ['1.5', 1],
    ['many', 1],
    ['[3]', 1],
  ];
  for (const [text, expected] of replicas) {
    it(`takes ${expected} for ${text} replicas`, async () => {
      const found = await deployments({ 'quix.yaml': quixYaml('', text) });
      assert.equal(found[0]?.replicas, expected);
    });
  }

  it('ties folders to deployments, in its order, whatever way they are written', async () => {
    const of = (name: string, application: string) =>
      `  - {name: ${name}, application: ${application}, resources: {replicas: 2}}\n`;
    const yaml =
      'deployments:\n' +
      of('Live', 'services/counter') +
      of('Other', 'services/counter-2') +
      of('Backfill', './services/counter/') +
      of('Outside', '../services/counter') +
      '  - {name: Image, image: postgres}\n  - just text\n  -\n';
    const found = await deployments({ 'quix.yaml': yaml }, 'services/counter');
    assert.deepEqual(
      found.map(({ name, file, replicas: count }) => [name, file, count]),
      [
        ['Live', 'quix.yaml', 2],
        ['Backfill', 'quix.yaml', 2],
      ],
    );
  });

  it('is that of the nearest folder inside the workspace, with its own variables', async () => {
    const files = {
      'quix.yaml': quixYaml(given('a', '{{ A }}')),
      '.quix.yaml.variables': 'A=outer\nCPU=1\nTOPIC=t\n',
      'team/quix.yml': quixYaml(given('a', '{{ A }}')),
      'team/.quix.yaml.variables': 'A=inner\nCPU=1\nTOPIC=t\n',
    };
    const inner = await deployments(files, 'team/counter');
    assert.deepEqual([valuesOf(inner), inner[0]?.file], [['inner'], path.join('team', 'quix.yml')]);
    assert.deepEqual(valuesOf(await deployments(files, 'counter')), ['outer']);
    const outside = { 'quix.yaml': quixYaml(given('a', 'b')).replace('counter', 'in/counter') };
    assert.deepEqual(await deployments(outside, 'in/counter', 'in'), []);
  });

  it('marks what is not to be shown, and knows secrets by their keys', async () => {
    const secret = (name: string, rest: string) => `      - {name: ${name}, ${rest}}\n`;
    const found = await deployments({
      'quix.yaml': quixYaml(
        secret('KEY', 'inputType: Secret, secretKey: api.key') +
          secret('GONE', 'inputType: Secret, secretKey: gone') +
          secret('HIDDEN', 'inputType: HiddenText, value: h') +
          secret('PLAIN', 'inputType: FreeText, value: p') +
          secret('PROJECT', 'inputType: ProjectVariable, variableKey: region'),
      ),
      '.secrets': 'api.key=k\ngone=\n',
      '.quix.yaml.variables': 'CPU=1\nTOPIC=t\nregion=eu\ngone=not from here\n',
    });
    assert.deepEqual(
      found[0]?.variables.map(({ name, value, secret: hidden }) => [name, value, hidden]),
      [
        ['KEY', 'k', true],
        ['GONE', undefined, true],
        ['HIDDEN', 'h', true],
        ['PLAIN', 'p', false],
        ['PROJECT', 'eu', false],
      ],
    );
  });

  it('gives the variables of the first deployment of a folder, and says which it passed over', async () => {
    const of = (name: string) =>
      `  - {name: ${name}, application: counter, variables: [{name: topic, value: ${name}-topic}]}\n`;
    const { folder, remove } = await fileTree({
      'counter/main.py': 'import os\nos.environ["topic"]\n',
      'quix.yaml': `deployments:\n${of('live')}${of('test')}`,
    });
    try {
      const at = path.join(folder, 'counter');
      const told: string[] = [];
      const { values, missing } = await variablesOf(
        { name: 'counter', folder: at, mainFile: path.join(at, 'main.py') },
        { workspaceFolder: folder, inherited: {}, tell: (line) => told.push(line) },
      );
      assert.deepEqual([values['topic'], missing], ['live-topic', []]);
      assert.equal(told.length, 1);
      assert.match(told[0] ?? '', /live.*test/);
      assert.doesNotMatch(told[0] ?? '', /live-topic/); // no values
    } finally {
      await remove();
    }
  });

  const hostile: [string, Record<string, string>][] = [
    // 4000 braces end the process where they are composed.
    ['brackets', { 'quix.yaml': `deployments: ${'['.repeat(200_000)}` }],
    ['braces', { 'quix.yaml': `deployments: ${'{'.repeat(200_000)}` }],
    ['errors', { 'quix.yaml': `a: "${'\\x'.repeat(120_000)}"` }],
    ['nested lists', { 'quix.yaml': '- '.repeat(100_000) }],
    ['a file too large', { 'quix.yaml': `deployments: [${'a,'.repeat(1_000_000)}]` }],
    ['an open string', { 'quix.yaml': `deployments: "${'a\n'.repeat(400_000)}` }],
    ['bytes', { 'quix.yaml': '\u0000\ufffd\u0001deployments:\u0000' }],
    [
      'aliases that grow',
      {
        'quix.yaml': `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghij']
          .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[i]}`).join(',')}]`)
          .join('\n')}\ndeployments: *j\n`,
      },
    ],
    [
      'placeholders that grow',
      {
        'quix.yaml': quixYaml(given('a', '{{ V0 }}')),
        '.quix.yaml.variables': Array.from(
          { length: 20 },
          (_, i) => `V${i}=${`{{ V${i + 1} }}`.repeat(20)}`,
        ).join('\n'),
      },
    ],
    [
      'a long value, put in often',
      {
        'quix.yaml': quixYaml(given('a', '{{ V }}'.repeat(1000))),
        '.quix.yaml.variables': `V=${'{{ W }}'.repeat(1000)}\nW=${'w'.repeat(1000)}\n`,
      },
    ],
  ];
  for (const [what, files] of hostile) {
    it(`ends on ${what}`, async () => {
      const found = await deployments(files);
      assert.ok(JSON.stringify(found).length < 4_000_000);
    }).timeout(15_000);
  }
});
