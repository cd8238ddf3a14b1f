// Code is other people's: what is read of it takes bounded time, and ends no process.

import assert from 'node:assert/strict';
import { CodeIndex } from '../../../src/app/index';
import { blank } from '../../../src/app/pythonSource';
import { buildCodeModule } from './codeModule';

const mostMs = 15_000;
const start = 'sdf.apply(f, stateful=True)\n';
const fill = (text: string) => text.repeat(Math.floor(((1 << 20) - 100) / Buffer.byteLength(text)));

const sources: [string, string][] = [
  ['open brackets', `x = ${fill('(')}`],
  ['brackets in brackets', `${fill('[')}${']'.repeat(1000)}`],
  ['calls in calls', `sdf${'.tumbling_window('.repeat(50_000)}`],
  ['a chain of calls', `sdf${fill('.tumbling_window(1).sum()')}`],
  ['indents', Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}if x:\n`).join('')],
  [
    'functions in functions',
    Array.from(
      { length: 700 },
      (_, i) => `${' '.repeat(i)}def f(state: State):\n${' '.repeat(i + 1)}state.get(1)\n`,
    ).join(''),
  ],
  ['one long line', `x = "${fill('a')}"`],
  ['one line of calls', fill('open("a");')],
  ['an open string', `"""${fill('a\n')}`],
  ['f-strings in f-strings', `open(${`f"{`.repeat(20_000)}`],
  ['strings with + between', `open(${'"a" + '.repeat(100_000)}"b")`],
  [
    'numbers of numbers',
    `${Array.from({ length: 5000 }, (_, i) => `a${i} = a${i + 1} + a${i + 1}\n`).join('')}sdf.tumbling_window(a0).sum()`,
  ],
  ['a number of itself', 'a = a * a * a * a\nsdf.tumbling_window(a).sum()\n'],
  ['errors', fill('def ( [ } ] : = ')],
  ['lambdas', `x = ${fill('lambda: ')}`],
  ['decorators', fill('@')],
  ['nul', fill('\0')],
  ['lone surrogates', fill('\ud800')],
];

describe('hostile code', function () {
  this.timeout(2 * mostMs);
  let index: CodeIndex;
  let remove: () => Promise<void>;

  before(async () => {
    const built = await buildCodeModule();
    remove = built.remove;
    index = await CodeIndex.load(built.modulePath);
  });
  after(() => remove());

  for (const [what, code] of sources) {
    it(`is read within bounds: ${what}`, () => {
      const text = start + code;
      const source = { file: '/app/main.py', text, blanked: blank(text) };
      const started = performance.now();
      index.codeOf([source]);
      const ms = performance.now() - started;
      assert.ok(ms < mostMs, `${Math.round(ms)} ms`);
      const after = { file: '/app/after.py', text: start, blanked: start };
      assert.equal(index.codeOf([after]).length, 1, 'the next file is read');
    });
  }
});
