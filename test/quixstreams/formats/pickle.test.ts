import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { FormatError } from '../../../src/quixstreams/formats/formatError';
import { pickle } from '../../../src/quixstreams/formats/pickle/pickle';
import { pythonDocument, pythonLine } from '../../../src/quixstreams/formats/pythonText';
import { assertText, written } from './fixtures';
import { survives } from './mutations';

const decodePickle = (bytes: Uint8Array) => pickle.decode(bytes) ?? null;
const line = (bytes: Uint8Array) => pythonLine(decodePickle(bytes), Infinity);
const ascii = (text: string) => Buffer.from(text, 'latin1');

describe('pickle', () => {
  const pickles = written('pickle.jsonl');
  const kinds = new Map(
    pickles.map(({ name }) => [name, pickles.filter((other) => other.name === name)]),
  );

  for (const [kind, ofKind] of kinds) {
    it(`${kind}, as Python wrote it with ${ofKind.length} protocols`, () => {
      for (const one of ofKind) assertText(line(one.bytes), one);
    });
  }

  it('every protocol and more than 40 kinds are there', () => {
    const protocols = new Set(pickles.map(({ more }) => more.protocol));
    assert.deepEqual([...protocols].sort(), [0, 1, 2, 3, 4, 5]);
    assert.ok(kinds.size > 40, `${kinds.size}`);
  });

  it('is told by its bytes; the scalars of protocols 0 and 1 stay the text that they are', () => {
    const untold = pickles.filter(({ bytes }) => !pickle.detect(bytes));
    assert.deepEqual(
      [...new Set(untold.map(({ name, more }) => `${name} ${String(more.protocol)}`))],
      ['none 0', 'none 1', 'int-long 0', 'int-long 1'],
    );
  });

  it('what Python 2 wrote', () => {
    assert.equal(line(ascii("S'it\\'s \\x41'\np0\n.")), `"it's A"`);
    assert.equal(line(ascii("S'\\xff'\n.")), `b'\\xff'`);
    assert.equal(line(ascii('U\x03abc.')), `'abc'`);
    assert.equal(line(ascii('T\x02\x00\x00\x00\xe9a.')), `b'\\xe9a'`);
    assert.equal(line(ascii('(lp0\nI1\naL2L\naI01\na.')), '[1, 2, True]');
    assert.equal(line(ascii("(iapp\nModel\np0\n(dp1\nS'x'\nI1\nsb.")), 'app.Model(x=1)');
    assert.equal(line(ascii('c__builtin__\nset\n((lI1\natR.')), '{1}');
    assert.equal(line(ascii('c__builtin__\nunicode\n.')), `<class 'str'>`);
    assert.equal(line(ascii('F1.5\n.')), '1.5');
  });

  it('what points elsewhere is named', () => {
    assert.equal(line(ascii('Pid-7\n.')), `persistent_load('id-7')`);
    assert.equal(line(ascii('K\x07Q.')), 'persistent_load(7)');
    assert.equal(line(ascii('\x80\x05\x97\x98.')), '<buffer kept elsewhere>');
    assert.equal(line(ascii('\x80\x02\x82\x05.')), '<copyreg.extension 5>');
  });

  it('what no unpickler would read is refused, with the offset', () => {
    const refused: [string, number][] = [
      ['', 0],
      ['.', 1],
      ['N', 1],
      ['NN..', 3],
      ['\x80\x06N.', 2],
      ['a.', 1],
      ['K\x01K\x02a.', 5],
      ['t.', 1],
      ['(K\x01u.', 4],
      ['K\x01)R.', 4],
      ['X\xff\xff\xff\xffa.', 5],
      ['X\x01\x00\x00\x00\xff.', 6],
      ['I1x\n.', 4],
      [`I${'1'.repeat(5000)}\n.`, 5002],
      ['g5\n.', 3],
      ['(N0.', 4],
      ['\x8e\xff\xff\xff\xff\xff\xff\xff\xff.', 9],
    ];
    for (const [text, offset] of refused) {
      assert.throws(
        () => decodePickle(ascii(text)),
        (error) =>
          error instanceof FormatError && error.code === 'mismatch' && error.offset === offset,
        text.slice(0, 20),
      );
    }
  });

  it('nothing is run: what writes a file where Python reads it writes none here', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'pickle-'));
    try {
      const target = path.join(folder, 'ran');
      const code = `open(${JSON.stringify(target)}, 'w').close()`;
      const bytes = ascii(`cbuiltins\nexec\n(V${code.replaceAll('\\', '\\u005c')}\ntR.`);
      const text = line(bytes);
      assert.ok(text.startsWith('exec('), text);
      assert.ok(!existsSync(target));
      const file = path.join(folder, 'value.pickle');
      await writeFile(file, bytes);
      const python = process.platform === 'win32' ? 'python' : 'python3';
      execFileSync(python, [
        '-c',
        'import pickle, sys; pickle.load(open(sys.argv[1], "rb"))',
        file,
      ]);
      assert.ok(existsSync(target), 'the pickle would not have done it anyway');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('what is itself its member, or a million times shared, is shown and ends', () => {
    const doubled = '\x80\x02]q\x00' + ')' + '2\x86'.repeat(60) + '.';
    assert.equal(pythonLine(decodePickle(ascii(doubled)), 10), '((((((((((…'.slice(1));
    assert.ok(pythonDocument(decodePickle(ascii(doubled))).length < 21_000_000);
    const deep = decodePickle(ascii('\x80\x02' + ']'.repeat(100_000) + 'a'.repeat(99_999) + '.'));
    assert.ok(pythonLine(deep, Infinity).includes('…'));
    assert.ok(pythonDocument(deep).includes('…'));
    const owner = '\x80\x02capp\nOwner\n)\x81q\x00}X\x03\x00\x00\x00pet]h\x00asb.';
    assert.equal(line(ascii(owner)), 'app.Owner(pet=[...])');
  });

  it('nested calls neither overflow the stack nor take long', () => {
    const calls = ascii(
      '\x80\x02cdatetime\ntimezone\nq\x00' +
        '0h\x00)R' +
        'q\x010h\x00h\x01\x85R'.repeat(50_000) +
        '.',
    );
    assert.ok(pythonLine(decodePickle(calls), 1000).length <= 1000);
    const callees = ascii('\x80\x02capp\nf\n' + ')R'.repeat(50_000) + '.');
    assert.ok(pythonLine(decodePickle(callees), 1000).length <= 1000);
  });

  it('what is in the memo is not copied any number of times', () => {
    const isLimit = (error: unknown) => error instanceof FormatError && error.code === 'limit';
    const text = `X\x00\x00\x04\x00${'x'.repeat(1 << 18)}q\x00`;
    const many = '(' + 'N'.repeat(100_000) + 'tq\x00';
    const encode =
      'c_codecs\nencode\nq\x01X\x06\x00\x00\x00latin1q\x020' +
      'h\x01h\x00h\x02\x86R'.repeat(50_000);
    const names =
      'cbuiltins\ngetattr\nq\x01capp\nC\n' + 'q\x020h\x01h\x02h\x00\x86R'.repeat(50_000);
    const made =
      '(capp\nC\n' +
      'N'.repeat(100_000) +
      'tq\x00ccopyreg\n__newobj__\nq\x01' +
      'h\x01h\x00R'.repeat(50_000);
    const named =
      '}(' +
      Array.from({ length: 5_000 }, (_, i) => `U\x04${1000 + i}N`).join('') +
      'uq\x00capp\nC\nq\x01' +
      'h\x01)h\x00\x92'.repeat(50_000);
    const states = `capp\nC\n)\x81` + '}b'.repeat(50_000);
    for (const odd of [text + encode, text + names, made, named, states]) {
      assert.throws(() => decodePickle(ascii(`\x80\x04${odd}.`)), isLimit);
    }
    // What is made of these when they are shown is short, and looking for it must be, too.
    const attributes =
      '}(U\x03intK\x01' + Array.from({ length: 50_000 }, () => 'K\x01N').join('') + 'uq\x00';
    const uuids = 'cuuid\nUUID\nq\x01](' + 'h\x01)\x81h\x00b'.repeat(50_000) + 'e';
    assert.ok(
      pythonDocument(decodePickle(ascii(`\x80\x04${attributes}${uuids}.`))).length > 50_000,
    );
    const dates = 'cdatetime\ndate\nq\x01](' + 'h\x01h\x00\x85R'.repeat(50_000) + 'e';
    assert.ok(pythonDocument(decodePickle(ascii(`\x80\x04${text}${dates}.`))).endsWith('…\n'));
    const tuples = 'capp\nC\nq\x01](' + 'h\x01h\x00R'.repeat(50_000) + 'e';
    assert.ok(pythonDocument(decodePickle(ascii(`\x80\x04${many}${tuples}.`))).endsWith('…\n'));
    assert.equal([...pythonLine(decodePickle(ascii(`\x80\x04${many}${tuples}.`)), 60)].length, 60);
  });

  it('an array is no larger than its bytes', () => {
    const dtype = (code: string) =>
      `cnumpy\ndtype\n(V${code}\nI00\nI01\ntR(I3\nV<\nNNNI-1\nI-1\nI0\ntb`;
    const array = (shape: string, code: string, data: string) =>
      ascii(
        `cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntC\x01btR(I1\n(${shape}t${dtype(code)}I00\n${data}tb.`,
      );
    assert.equal(line(array('I2\n', 'u1', 'C\x02\x01\x02')), `array([1, 2], dtype='uint8')`);
    for (const odd of [
      array('I3\n', 'u1', 'C\x02\x01\x02'),
      array('I1000000000\n', 'S0', 'C\x00'),
      array('I-2\n', 'u1', 'C\x02\x01\x02'),
      array('I1\n'.repeat(65), 'u1', 'C\x01\x01'),
    ]) {
      assert.ok(
        line(odd).startsWith('numpy.core.multiarray._reconstruct('),
        line(odd).slice(0, 90),
      );
    }
    assert.equal(
      line(array('I1000000000\nI0\n', 'u1', 'C\x00')),
      `array([], shape=(1000000000, 0), dtype='uint8')`,
    );
  });

  it('1,000 mutations of each kind end in a value or a FormatError', () => {
    const originals = [...kinds.values()].map((ofKind, i) => {
      const one = ofKind[i % ofKind.length];
      assert.ok(one);
      return one.bytes;
    });
    const values = survives(originals, 1000, decodePickle);
    assert.ok(values > 1000, `only ${values} were values: the mutations are too coarse`);
  }).timeout(120_000);
});
