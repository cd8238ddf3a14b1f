import assert from 'node:assert/strict';
import path from 'node:path';
import { CodeIndex, type CodeUse } from '../../../src/app/index';
import { blank } from '../../../src/app/pythonSource';
import { buildCodeModule } from './codeModule';

const python = (text: string, name = 'main.py') => ({
  file: path.resolve('/app', name),
  text,
  blanked: blank(text),
});

describe('code index', function () {
  this.timeout(60_000);
  let index: CodeIndex;
  let remove: () => Promise<void>;

  before(async () => {
    const built = await buildCodeModule();
    remove = built.remove;
    index = await CodeIndex.load(built.modulePath);
  });
  after(() => remove());

  const usesOf = (text: string, ...others: string[]) =>
    index.codeOf([python(text), ...others.map((other, i) => python(other, `other${i}.py`))]);
  const facts = (uses: CodeUse[]) =>
    uses.map(({ file: _file, range: _range, ...fact }) => fact as Record<string, unknown>);
  const storesOf = (text: string, ...others: string[]) =>
    usesOf(text, ...others).flatMap((use) => (use.kind === 'window' ? [use.stores] : []));

  // Beside each the names that quixstreams 3.28.0's definitions give, and 2.11.1's where it has the window.
  const windows: [string, string[]][] = [
    ['tumbling_window(10_000).sum()', ['tumbling_window_10000_sum']],
    ['tumbling_window(timedelta(seconds=10)).mean()', ['tumbling_window_10000_mean']],
    ['tumbling_window(timedelta(1, 2, 3000)).min()', ['tumbling_window_86402003_min']],
    ['tumbling_window(timedelta(seconds=0.0015)).max()', ['tumbling_window_2_max']],
    ['tumbling_window(datetime.timedelta(hours=1)).agg(n=Count())', ['tumbling_window_3600000']],
    ['tumbling_window(60 * 1000, name="a").count()', ['a_tumbling_window_60000_count', 'a']],
    ['tumbling_window(MINUTE).count()', ['tumbling_window_60000_count']],
    ['tumbling_window(2 * MINUTE, 0, NAME).count()', ['n_tumbling_window_120000_count', 'n']],
    ['tumbling_window(1000, name=f"{NAME}_{1}").sum()', ['n_1_tumbling_window_1000_sum', 'n_1']],
    ['tumbling_window(1000, name=None).collect()', ['tumbling_window_1000_collect']],
    ['tumbling_window(int(os.environ["x"]), name="a").sum()', ['a']],
    ['tumbling_window(int(os.environ["x"])).sum()', []],
    ['tumbling_window(1000, name=make()).sum()', []],
    ['hopping_window(1000, 200, 500).reduce(a, b)', ['hopping_window_1000_200_reduce']],
    [
      'hopping_window(duration_ms=1000, step_ms=200, name="h").sum()',
      ['h_hopping_window_1000_200_sum', 'h'],
    ],
    ['sliding_window(1000, 0, "s").sum()', ['s_sliding_window_1000_sum']],
    ['session_window(timedelta(minutes=1)).count()', ['session_window_60000_count']],
    ['session_window(inactivity_gap_ms=5).agg(n=Count())', ['session_window_5']],
    ['tumbling_count_window(10).sum()', ['tumbling_count_window_sum']],
    ['tumbling_count_window(10, "c").agg(n=Count())', ['c_tumbling_count_window']],
    ['hopping_count_window(10, 2, "c").sum()', ['c_hopping_count_window_sum']],
    ['sliding_count_window(count=10).mean()', ['sliding_count_window_mean']],
  ];
  for (const [call, stores] of windows) {
    it(`knows the store of ${call}`, () => {
      assert.deepEqual(storesOf(`MINUTE = 60_000\nNAME = "n"\nsdf.${call}.final()\n`), [stores]);
    });
  }

  it('follows names into other files, where they are set once', () => {
    const code = 'from config import SECONDS\nsdf.tumbling_window(SECONDS * 1000).sum()\n';
    assert.deepEqual(storesOf(code, 'SECONDS = 5\n'), [['tumbling_window_5000_sum']]);
    assert.deepEqual(storesOf(code, 'SECONDS = 5\n', 'SECONDS = 6\n'), [[]]);
    assert.deepEqual(storesOf(`${code}SECONDS = 7\n`, 'SECONDS = 5\n'), [
      ['tumbling_window_7000_sum'],
    ]);
  });

  it('tells where each use is', () => {
    const [use] = usesOf('x = 1\nsdf = (\n    sdf\n    .tumbling_window(1)\n    .sum()\n)\n');
    assert.deepEqual(use?.range, { line: 4, column: 6, endLine: 4, endColumn: 21 });
    const [behind] = usesOf('"😀é"; sdf.apply(f, stateful=True)\n');
    assert.equal(behind?.range.column, 12, 'in UTF-16');
  });

  it('finds stateful functions, and the keys that they use', () => {
    const code = `
from quixstreams import State
KEY = "total"
def count(row: dict, state: State):
    total = state.get(KEY, 0)
    state.set(f"{row['user']}_last", row)
    def inner():
        state.delete(key="old")
    if state.exists("raw"):
        state.get_bytes("raw")
    other.get("no")
    return {}.get("no")
def plain(value, key, timestamp, headers, kept):
    kept.set("meta", 1)
sdf.apply(count, stateful=True)
sdf.update(plain, stateful=True, metadata=True)
sdf.filter(lambda row, s: s.get("seen"), stateful=True)
sdf.apply(other)
sdf.apply(other, stateful=False)
`;
    assert.deepEqual(facts(usesOf(code)), [
      { kind: 'stateFunction', functionName: 'count' },
      { kind: 'stateKey', operation: 'get', key: { value: 'total' } },
      { kind: 'stateKey', operation: 'set', key: { parts: ['', '_last'] } },
      { kind: 'stateKey', operation: 'delete', key: { value: 'old' } },
      { kind: 'stateKey', operation: 'exists', key: { value: 'raw' } },
      { kind: 'stateKey', operation: 'get', key: { value: 'raw' } },
      { kind: 'stateKey', operation: 'set', key: { value: 'meta' } },
      { kind: 'stateful', functionName: 'count' },
      { kind: 'stateful', functionName: 'plain' },
      { kind: 'stateful', functionName: undefined },
      { kind: 'stateKey', operation: 'get', key: { value: 'seen' } },
    ]);
  });

  it('finds joins and group-by', () => {
    const code = `
a.join_asof(b, how="inner", name="asof")
a.join_interval(b)
a.join_lookup(lookup, fields)
a.join_lookup(lookup, fields, buffer=LookupBuffer(grace_ms=1))
a.join_lookup(lookup, fields, "key", LookupBuffer(store_name="late"))
a.group_by("station")
a.group_by(by_station, name="stations")
`;
    assert.deepEqual(facts(usesOf(code)), [
      { kind: 'join', join: 'asof', hasStore: true, store: { value: 'asof' } },
      { kind: 'join', join: 'interval', hasStore: true, store: { value: 'join' } },
      { kind: 'join', join: 'lookup', hasStore: false, store: undefined },
      { kind: 'join', join: 'lookup', hasStore: true, store: { value: 'lookup-buffer' } },
      { kind: 'join', join: 'lookup', hasStore: true, store: { value: 'late' } },
      { kind: 'groupBy', name: { value: 'station' } },
      { kind: 'groupBy', name: { value: 'stations' } },
    ]);
  });

  it('finds files, and what is done with them', () => {
    const code = `
FOLDER = Path("state")
open("state/a")
open("state/b", "wb")
open(file="state/c", mode="r+")
(FOLDER / "d").write_text("x")
(FOLDER / "e").open("a")
gzip.open(os.path.join("state", "f"), "rt")
joblib.dump(model, "state/g")
Rdict("state/h")
frame.to_parquet("state/i")
open(os.environ["file"])
open(make())
`;
    const files = usesOf(code).flatMap((use) => {
      if (use.kind !== 'file') return [];
      return [[use.access, use.path.kind === 'literal' ? use.path.value : use.path.kind]];
    });
    assert.deepEqual(files, [
      ['read', 'state/a'],
      ['write', 'state/b'],
      ['readWrite', 'state/c'],
      ['write', 'state/d'],
      ['write', 'state/e'],
      ['read', 'state/f'],
      ['write', 'state/g'],
      ['readWrite', 'state/h'],
      ['write', 'state/i'],
      ['read', 'variable'],
      ['read', 'expression'],
    ]);
  });

  it('finds where the state folder is given, and read from the environment', () => {
    const code = `
folder = os.environ["Quix__State__Dir"]
app = Application(state_dir=folder)
other = Application(state_dir="x" + "y")
path = os.getenv("Quix__Deployment__State__Path", "state")
`;
    assert.deepEqual(facts(usesOf(code)), [
      { kind: 'stateFolderVariable', variable: 'Quix__State__Dir' },
      {
        kind: 'stateDir',
        path: { kind: 'variable', name: 'Quix__State__Dir', byDefault: undefined },
      },
      { kind: 'stateDir', path: { kind: 'literal', value: 'xy' } },
      { kind: 'stateFolderVariable', variable: 'Quix__Deployment__State__Path' },
    ]);
  });

  it('finds nothing in comments, strings and what only looks like it', () => {
    const code = `
# sdf.tumbling_window(1).sum()
"""sdf.apply(f, stateful=True)"""
def tumbling_window(x): ...
{}.update(a, stateful="yes")
`;
    assert.deepEqual(usesOf(code), []);
  });

  it('reads code that is cut anywhere', () => {
    const code =
      'def f(row, state: State):\n    state.set(f"{a}_b", {"c": [1]})\nsdf.apply(f, stateful=True)\n';
    for (let end = 0; end <= code.length; end++) usesOf(code.slice(0, end));
    const cut = facts(usesOf(`${code}sdf.tumbling_window(10, name="a`));
    assert.ok(
      cut.some(({ kind }) => kind === 'stateful'),
      'what comes before is found',
    );
  });
});
