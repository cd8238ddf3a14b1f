import assert from 'node:assert/strict';
import fc from 'fast-check';
import { layOutJson } from '../../../src/ui/value/jsonLayout';

describe('layOutJson', () => {
  it('lays out objects and arrays, 2 spaces a level', () => {
    assert.equal(
      layOutJson('{"avg/Mean":[247.5,5],"n/Count":5}'),
      '{\n  "avg/Mean": [\n    247.5,\n    5\n  ],\n  "n/Count": 5\n}',
    );
  });

  it('keeps numbers, strings and their escapes as stored', () => {
    const scalars = ['1.0', '12345678901234567890', '-0', '1E+2', '"\\u0041\\"{,:[]}"', 'null'];
    for (const scalar of scalars) assert.equal(layOutJson(scalar), scalar);
    assert.equal(layOutJson('[1.0,"a: {b}"]'), '[\n  1.0,\n  "a: {b}"\n]');
    assert.equal(layOutJson('{"a":1,"a":2}'), '{\n  "a": 1,\n  "a": 2\n}');
  });

  it('keeps empty objects and arrays on their line', () => {
    assert.equal(layOutJson('{ "a" : { } , "b" : [ ] }'), '{\n  "a": {},\n  "b": []\n}');
  });

  it('takes the indent of the place it is put into', () => {
    assert.equal(layOutJson('[1]', '  '), '[\n    1\n  ]');
  });

  it('is what JSON.stringify prints, for any JSON without odd numbers', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const stored = JSON.stringify(value);
        assert.equal(layOutJson(stored), JSON.stringify(JSON.parse(stored), null, 2));
      }),
    );
  });

  it('leaves nesting alone whose indents would outgrow memory', () => {
    const hostile = '['.repeat(500_000) + ']'.repeat(500_000);
    assert.equal(layOutJson(hostile), hostile);
  });

  it('ends on text that is cut or no JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[],:"\\ 1a') }), (text) => {
        assert.equal(typeof layOutJson(text), 'string');
      }),
    );
  });
});
