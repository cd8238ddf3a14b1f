import assert from 'node:assert/strict';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { get } from '../../src/cli/get';
import { Output } from '../../src/cli/output';
import { fixtures, parsed, programFolder, run, runBytes } from './commandLine';

describe('state-folder get', function () {
  this.timeout(60_000);

  const real = '12-real-app/state/freddy-example-prod-features/default/f-in/0';

  it('prints the very bytes of a value', async () => {
    for (const key of ['PC1|"total"', 'PC1|total', '0x5043317c22746f74616c22']) {
      const { code, stdout, stderr } = await runBytes('get', real, key);
      assert.deepEqual([code, stdout.toString(), stderr], [0, '14', ''], key);
    }
    const { stdout } = await runBytes('get', real, 'PC1|raw');
    assert.deepEqual([...stdout], [0, 1, 255, 98, 105, 110]);
    const ttl = '05-ttl/state/quixstreams-default/ttl-new/orders/0';
    assert.equal((await runBytes('get', ttl, 's0|never')).stdout.toString(), '{"i":0}');
  });

  it('finds windows by key and start, values of joins by key and time, and typed keys', async () => {
    const app = '12-real-app/state/freddy-example-prod-features';
    const joined = '07-timestamped/state/join-app/join/payments/0';
    const cases: [store: string, key: string, value: string][] = [
      [
        `${app}/tumbling_window_10000/f-in/0`,
        'PC1|2026-11-24T03:32:50Z',
        '{"avg/Mean":[247.5,5],"n/Count":5}',
      ],
      [
        `${app}/tumbling_window_10000/f-in/0`,
        'PC1|1795491170000|1795491180000',
        '{"avg/Mean":[247.5,5],"n/Count":5}',
      ],
      [
        '06b-windowed-closed/state/windows-app/tumbling_window_10000_sum/orders/0',
        'Zürich|1790000000000',
        '427',
      ],
      [
        '06b-windowed-closed/state/windows-app/hopping_count_window_collect/orders/0',
        '0x617c226d6574616461746122',
        '{"windows":[{"count":4,"start":1790000060754,"end":1790000069251,"aggregations":null,' +
          '"collection_start_id":36},{"count":2,"start":1790000067320,"end":1790000069251,' +
          '"aggregations":null,"collection_start_id":38}]}',
      ],
      [joined, 'k2|1790000010500', '{"i":15,"side":"payments"}'],
      [joined, 'k|3|1790000010500', '{"i":15,"side":"payments"}'],
      [joined, 'k2|1790000011200|63', '{"i":16,"dup":1}'],
      ['15-kinds/state/closed.dict', '70000', '"s"'],
      ['15-kinds/state/closed.dict', '-1', 'b'],
      ['15-kinds/state/closed.dict', '128', 'true'],
      ['15-kinds/state/closed.dict', '-9223372036854775808', '2.0'],
      ['15-kinds/state/closed.dict', '-1.5', ''],
      ['15-kinds/state/closed.dict', 'True', '1.5'],
      ['15-kinds/state/closed.dict', 'Zürich', 'NaN'],
      ['15-kinds/state/closed.dict', '"Zürich"', 'NaN'],
    ];
    for (const [store, key, value] of cases) {
      const { code, stdout, stderr } = await runBytes('get', '--', store, key);
      assert.deepEqual([code, stdout.toString(), stderr], [0, value, ''], `${store} ${key}`);
    }
    const collects = `${app}/hopping_window_10000_5000_collect/f-in/0`;
    const { stdout } = await runBytes('get', collects, 'PC1|1795491175000');
    assert.match(stdout.toString(), /^\[\d+\.\d(,\d+\.\d)*\]$/);
    const { items } = { items: JSON.parse(stdout.toString()) as number[] };
    assert.ok(items.length > 1);
    // What was buffered, by the message keys of a lookup buffer as `dump` has them.
    const buffer = '15-kinds/state/app/lookup-buffer/orders/0';
    const keys = new Map<unknown, string>();
    for (const line of (await run('dump', buffer)).lines) {
      const { type, message_key: key, received, counter } = parsed(line);
      if (type === 'buffered')
        keys.set(key, `${String(key)}|${String(received)}|${String(counter)}`);
    }
    for (const messageKey of ['a|b', 'device-1', null]) {
      const { code, stdout } = await runBytes('get', buffer, keys.get(messageKey) ?? '');
      assert.equal(code, 0);
      const { v, r } = parsed(stdout.toString());
      assert.ok(v && keys.get(messageKey)?.includes(String(r)));
    }
    const two = await runBytes('get', joined, 'k2|1790000011200');
    assert.deepEqual(two.code, 1);
    assert.match(two.stderr, /may be '0x226b3222\w+' or '0x226b3222\w+': give one of them/);
  });

  it('says when there is no such key, or when it may be one of several', async () => {
    const none = await runBytes('get', real, 'PC1|nothing');
    assert.equal(none.code, 1);
    assert.match(none.stderr, /^state-folder: no key PC1\|nothing in .*\n$/);
    const pipes = '08a-odd-content-open/state/odd/pipes/orders/0';
    const several = await runBytes('get', pipes, 'a|k');
    assert.equal(several.code, 1);
    assert.match(several.stderr, /'a\|"k"' or '"a"\|"k"'/);
  });

  it('reads a value in a format', async () => {
    const pickles = '08a-odd-content-open/state/odd/pickle/orders/0';
    const key = '0x7261777c80049507000000000000008c03736574942e';
    for (const format of ['pickle', 'auto']) {
      const { code, stdout, stderr } = await runBytes('get', pickles, key, '--as', format);
      assert.deepEqual([code, stdout.toString(), stderr], [0, '{1}\n', ''], format);
    }
    const bytes = await runBytes('get', real, 'PC1|raw', '--as', 'bytes');
    assert.equal(bytes.stdout.toString(), "b'\\x00\\x01\\xffbin'\n");
    const none = await runBytes('get', real, 'PC1|raw', '--as', 'pickle');
    assert.deepEqual([none.code, none.stdout.length], [1, 0]);
    assert.match(none.stderr, /^state-folder: the value cannot be read as pickle: [^\n]+\n$/);
  });

  it('escapes for a terminal', async () => {
    const shown = async (store: string, key: string) => {
      const stream = new PassThrough();
      const output = new Output(stream);
      const reported: string[] = [];
      const report = (line: string) => reported.push(line);
      const formatsModule = path.join(await programFolder(), 'formats.js');
      const printing = { as: undefined, toTerminal: true, formatsModule };
      await get(path.join(fixtures, store), key, printing, output, report);
      await output.flush();
      assert.deepEqual(reported, []);
      return (stream.read() as Buffer).toString();
    };
    assert.equal(await shown(real, 'PC1|raw'), "b'\\x00\\x01\\xffbin'\n");
    assert.equal(await shown(real, 'PC1|total'), '14\n');
    const unicode = '08a-odd-content-open/state/odd/unicode/orders/0';
    assert.equal(await shown(unicode, '"same"|"\u202eRTL"'), '"\\u202eRTL"\n');
  });
});
