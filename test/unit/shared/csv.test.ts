/** CSV: what is written, and what readers make of it. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
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
    ['＝1+1', "'＝1+1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠x', "'＠x"],
    ['\n=1', '"\'\n\'=1"'],
    ['\tx', "'\tx"],
    [' =1', "' =1"],
    ['x;=1+1', "'x;'=1+1"],
    ['x;"＝1"', '"\'x;""\'＝1"""'],
    ['a;b', 'a;b'],
    ['two\n- lines', '"\'two\n\'- lines"'],
    ['-5', '-5'],
    ['-1.5e-7', '-1.5e-7'],
    ['-1-1', "'-1-1"],
    ['+Inf', '+Inf'],
  ] as const)
    it(`writes ${inspect(value)} as ${inspect(field)}`, () => assert.equal(csvField(value), field));
});

describe('parseCsvLine', () => {
  it('reads fields with commas, quotes and apostrophes', () => {
    assert.deepEqual(parseCsvLine(`a,"b,""c""",,'=x,'y,`), ['a', 'b,"c"', '', '=x', "'y", '']);
    assert.deepEqual(parseCsvLine(''), ['']);
    assert.deepEqual(parseCsvLine(',a'), ['', 'a']);
    assert.deepEqual(parseCsvLine('"open,"closed"x,'), ['open,', '']);
  });

  it('reads what csvLine writes', () => {
    const fields = ['a', 'b,"c"', '', '=x', '-5', '+Inf', '@me, "you"'];
    assert.deepEqual(parseCsvLine(csvLine(fields)), fields);
  });
});

describe('CSV in other programs', () => {
  /** Characters that mean something in CSV or at the beginning of a formula, among others. */
  const text = fc.string({ unit: fc.constantFrom(...'=+-@＝＋－＠\'",;\t\r\n 1.eInfaNx') });
  const rows = fc
    .integer({ min: 2, max: 4 })
    .chain((width) => fc.array(fc.array(text, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 4 }));
  const documentOf = (lines: readonly (readonly string[])[]): string => `${lines.map(csvLine).join('\r\n')}\r\n`;
  it('has the fields that were written, in a reader that is not ours', () =>
    fc.assert(
      fc.property(rows, (lines) => {
        const records = parse(documentOf(lines), { recordDelimiter: '\r\n' });
        assert.deepEqual(
          records,
          lines.map((line) => line.map((cell) => readBack(cell))),
        );
      }),
    ));

  const number = /^[+-]?(?:[\d.]+(?:e[+-]?\d+)?|Inf)(?:,|$)/i;
  /** What another reader gets of a field: the text with its apostrophes. */
  const readBack = (cell: string): string =>
    csvField(cell)
      .replace(/^"(.*)"$/s, '$1')
      .replaceAll('""', '"');

  it('has no formula behind anything that a spreadsheet may take for the end of a field', () =>
    fc.assert(
      fc.property(rows, (lines) => {
        for (const cell of documentOf(lines).split(/[;\t\r\n]/))
          assert.ok(!/^[\s"]*[=+\-@＝＋－＠]/.test(cell) || number.test(cell), inspect(documentOf(lines)));
      }),
    ));

  it('loses nothing when it is read back here', () =>
    fc.assert(
      fc.property(
        fc.array(
          text.map((cell) => cell.replace(/[\r\n]/g, '')),
          { minLength: 1 },
        ),
        (line) => assert.deepEqual(parseCsvLine(csvLine(line)), line),
      ),
    ));
});
