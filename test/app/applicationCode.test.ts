import assert from 'node:assert/strict';
import path from 'node:path';
import {
  brokerNeeded,
  brokerPortInCode,
  isThisMachine,
  readApplicationCode,
  resolveArgument,
} from '../../src/app/index';
import { fileTree } from './fileTree';

async function codeOf(files: Record<string, string> | string) {
  const all = typeof files === 'string' ? { 'main.py': files } : files;
  const { folder, remove } = await fileTree(all);
  try {
    return await readApplicationCode({ name: 'a', folder, mainFile: path.join(folder, 'main.py') });
  } finally {
    await remove();
  }
}

describe('readApplicationCode', () => {
  const literal = { kind: 'literal', value: 'k:1' };
  const address: [string, unknown][] = [
    ['Application("k:1")', literal],
    ["qx.Application(broker_address = 'k:1',)", literal],
    [
      'Application(\n    broker_address=os.getenv(\n        "B", "localhost:9092"\n    ),\n)',
      { kind: 'variable', name: 'B', byDefault: 'localhost:9092' },
    ],
    [
      'Application(broker_address=os.environ["B"])',
      { kind: 'variable', name: 'B', byDefault: undefined },
    ],
    [
      'Application(broker_address=os.environ.get("B") or "k:1")',
      { kind: 'variable', name: 'B', byDefault: 'k:1' },
    ],
    ['Application(broker_address=f"{host}:9092")', { kind: 'expression' }],
    ['Application(broker_address=None)', undefined],
    ['Application(**settings)', undefined],
    ['BROKER = "k:1"  # the broker\nApplication(broker_address=BROKER)', literal],
    [
      'if a:\n    B = "k:1"\nelse:\n    B = "k:2"\nApplication(broker_address=B)',
      { kind: 'expression' },
    ],
    ['Application(ConnectionConfig(bootstrap_servers="k:1", sasl_username="u"))', literal],
    ['"""Application(broker_address="doc")"""\nApplication("k:1")', literal],
    ['# Application("old:1")\nApplication("k:1")', literal],
    ['class Application(Base): pass\nApplication("k:1")', literal],
    ['Application("k:1"', literal],
  ];
  for (const [code, expected] of address) {
    it(`reads the broker of ${JSON.stringify(code)}`, async () => {
      assert.deepEqual((await codeOf(code)).brokerAddress, expected);
    });
  }

  it('reads modules of the app that the main file imports', async () => {
    const code = await codeOf({
      'main.py': 'from app_of_mine import build\n',
      'app_of_mine.py':
        'from . import settings\ndef build():\n  return Application(settings.BROKER, consumer_group=settings.GROUP)\n',
      'settings.py': 'import os\nBROKER: str = os.environ["BROKER"]\nGROUP = "g"\n',
    });
    assert.deepEqual(code.brokerAddress, {
      kind: 'variable',
      name: 'BROKER',
      byDefault: undefined,
    });
    assert.deepEqual(code.consumerGroup, { kind: 'literal', value: 'g' });
    assert.deepEqual(code.requiredVariables, ['BROKER']);
  });

  const hostile: [string, string][] = [
    ['calls in calls', 'Application('.repeat(20_000)],
    ['calls of other arguments', 'Application(x='.repeat(20_000)],
    ['reads', 'if a:\n  b = os.environ["A"]\n'.repeat(30_000)],
    ['names that are set often', `${'a = b\nb = a\n'.repeat(50_000)}Application(a)`],
    ['quotes', '"'.repeat(300_001)],
    ['brackets', `Application(${'('.repeat(300_000)}`],
    ['a long name', `x = ${'a'.repeat(1_000_000)}`],
    ['unfinished reads', 'os.environ['.repeat(50_000)],
    ['imports', 'from . import '.repeat(50_000)],
    ['blanks', `Application(broker_address=os.getenv(${' '.repeat(500_000)}`],
  ];
  for (const [what, code] of hostile) {
    it(`ends on ${what} without end`, () => codeOf(code)).timeout(5000);
  }
});

describe('resolveArgument', () => {
  it('takes the environment, the default, or nothing', () => {
    const argument = { kind: 'variable', name: 'X', byDefault: 'd' } as const;
    assert.equal(resolveArgument(argument, { X: 'e' }), 'e');
    assert.equal(resolveArgument(argument, {}), 'd');
    assert.equal(resolveArgument({ kind: 'expression' }, { X: 'e' }), undefined);
    assert.equal(resolveArgument(undefined, {}), undefined);
  });
});

describe('brokerNeeded', () => {
  const cases: [string, Record<string, string>, unknown][] = [
    ['Application()', {}, { kind: 'none' }],
    ['Application()', { Quix__Broker__Address: ' k:1 ' }, { kind: 'own', address: 'k:1' }],
    [
      'Application("c:1")',
      { Quix__Broker__Address: 'k:1', Quix__Sdk__Token: 't' },
      { kind: 'own', address: 'c:1' },
    ],
    ['Application()', { Quix__Sdk__Token: 't' }, { kind: 'cloud', tokenSet: true }],
    ['Application(quix_sdk_token=os.environ["T"])', {}, { kind: 'cloud', tokenSet: false }],
    ['Application(quix_sdk_token=secrets.token())', {}, { kind: 'cloud', tokenSet: true }],
  ];
  for (const [code, environment, expected] of cases) {
    it(`is ${JSON.stringify(expected)} of ${code}`, async () => {
      assert.deepEqual(brokerNeeded(await codeOf(code), environment), expected);
    });
  }

  it('knows which port the code fixes on this machine', async () => {
    assert.equal(brokerPortInCode(await codeOf('Application("localhost:9092")')), 9092);
    assert.equal(brokerPortInCode(await codeOf('Application("kafka:9092")')), undefined);
    assert.equal(brokerPortInCode(await codeOf('Application(os.environ["B"])')), undefined);
    assert.ok(isThisMachine('localhost:1,127.0.0.1:2,[::1]:3'));
    assert.ok(!isThisMachine('localhost:1,kafka:2'));
    assert.ok(!isThisMachine('localhost.evil.example:1'));
  });
});
