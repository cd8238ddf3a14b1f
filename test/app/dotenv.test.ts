import assert from 'node:assert/strict';
import { parseDotenv } from '../../src/app/dotenv';

describe('parseDotenv', () => {
  const cases: [string, Record<string, string>][] = [
    ['A=1', { A: '1' }],
    ['\ufeff'.slice(1) + ' A = spaced value  \r\nB=2\r\n', { A: 'spaced value', B: '2' }],
    ['export A=1\nexport\tB="2"', { A: '1', B: '2' }],
    ['A=p#ss\nB=p #ss\nC= # nothing\nD=#text', { A: 'p#ss', B: 'p', C: '', D: '#text' }],
    ["A='x # y' # c\nB=\"it's\"\nC='it\\'s'", { A: 'x # y', B: "it's", C: "it's" }],
    ['A="1\\n2\\t\\\\"\nB=\'1\\n2\'', { A: '1\n2\t\\', B: '1\\n2' }],
    ['KEY="-----BEGIN\nabc\n-----END"\nB=2', { KEY: '-----BEGIN\nabc\n-----END', B: '2' }],
    ['# A=1\n\n  # B=2\nC\nD=', { D: '' }],
    ['A: 1\nB=2', { B: '2' }],
    ['A="not closed\nB=2', { B: '2' }],
    ['A="1" and\nB=2', { B: '2' }],
    ["'a key'=1\ndb.host=2\nA=1\nA=3", { 'a key': '1', 'db.host': '2', A: '3' }],
    [
      'H=k\nA=${H}:9092\nB="${H}"\nC=\'${NO:-d}\'\nD=${NO}x$H',
      {
        H: 'k',
        A: 'k:9092',
        B: 'k',
        C: 'd',
        D: 'x$H',
      },
    ],
    ['A=${INHERITED}/${A}', { A: '/usr/' }],
  ];
  for (const [text, expected] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseDotenv(text, { INHERITED: '/usr' }), expected);
    });
  }

  const hostile: [string, string][] = [
    ['open quotes', 'A="x\n'.repeat(200_001)],
    ['blanks', `A=${' '.repeat(1_000_000)}`],
    ['references', `A=${'${'.repeat(400_000)}`],
    ['lines', '\n'.repeat(1_000_000)],
    ['a key', 'A'.repeat(1_000_000)],
    ['bytes', String.fromCharCode(...Array.from({ length: 60_000 }, (_, i) => (i * 7) % 256))],
  ];
  for (const [what, text] of hostile) {
    it(`ends on ${what} without end`, () => {
      parseDotenv(text);
    }).timeout(2000);
  }
});
