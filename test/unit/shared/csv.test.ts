import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { csvField, csvLine, parseCsvLine } from '../../../src/shared/csv';

describe('csvField', () => {
  for (const [value, field] of [
    [undefined, ''],
    [null, ''],
    [0, '0'],
    [-1.5, '-1.5'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    ['text', 'text'],
    ['a, b', '"a, b"'],
    ['say "x"', '"say ""x"""'],
    ['two\nlines', '"two\nlines"'],
    ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-x', "'-x"],
    ['-5', '-5'],
    ['+Inf', '+Inf'],
  ] as const)
    it(`writes ${inspect(value)} as ${inspect(field)}`, () => assert.equal(csvField(value), field));
});

describe('parseCsvLine', () => {
  it('reads fields with commas, quotes and apostrophes', () => {
    assert.deepEqual(parseCsvLine(`a,"b,""c""",,'=x,'y,`), ['a', 'b,"c"', '', '=x', "'y", '']);
    assert.deepEqual(parseCsvLine(''), ['']);
  });

  it('reads what csvLine writes', () => {
    const fields = ['a', 'b,"c"', '', '=x', '-5', '+Inf', '@me, "you"'];
    assert.deepEqual(parseCsvLine(csvLine(fields)), fields);
  });
});
