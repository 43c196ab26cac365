import { strict as assert } from 'node:assert';
import { seriesText, seriesValues, readBody } from './readerHelpers';

type Labels = Record<string, string>;
type Expected = readonly [name: string, value: number, labels?: Labels];

const described = (samples: readonly Expected[]): [string, number][] =>
  samples.map(([name, value, labels = {}]) => [seriesText(name, new Map(Object.entries(labels))), value]);

/**
 * What parsers on npm get wrong (docs/decisions.md, Reading expositions), with the values that Prometheus or its
 * specification give.
 */
const trickyLines: readonly (readonly [rule: string, body: string, ...samples: Expected[]])[] = [
  ['a bare name', 'm 5\n', ['m', 5]],
  ['colons in a name (recording rules)', 'job:m:rate5m 1\n', ['job:m:rate5m', 1]],
  ['an escaped quote', 'm{a="say \\"hi\\""} 1\n', ['m', 1, { a: 'say "hi"' }]],
  ['an escaped backslash', 'm{a="\\\\"} 1\n', ['m', 1, { a: '\\' }]],
  ['an escaped line feed', 'm{a="1\\n2"} 1\n', ['m', 1, { a: '1\n2' }]],
  ['an escaped backslash before an n, which is no line feed', 'm{a="C:\\\\new"} 1\n', ['m', 1, { a: 'C:\\new' }]],
  ['an unknown escape as it is, as Prometheus does', 'm{a="\\x"} 1\n', ['m', 1, { a: '\\x' }]],
  ['a closing brace in a value, which SkyRL’s own pattern drops', 'm{a="}"} 1\n', ['m', 1, { a: '}' }]],
  [
    'braces, comma, equals, hash and blanks in a value',
    'm{a="{x=1, #y}",b="]"} 1\n',
    ['m', 1, { a: '{x=1, #y}', b: ']' }],
  ],
  ['a value that looks like an exemplar', 'm{a="} 1 # {t=\\"x\\"} 0.5"} 2\n', ['m', 2, { a: '} 1 # {t="x"} 0.5' }]],
  ['blanks wherever they are allowed', 'm { a = "1" , b = "2" }  3 \n', ['m', 3, { a: '1', b: '2' }]],
  ['tabs between the parts', 'm\t{a="1"}\t3\t1700000000000\n', ['m', 3, { a: '1' }]],
  ['a value without a blank before it', 'm{a="1"}3\n', ['m', 3, { a: '1' }]],
  ['blanks before the name', '   m 1\n', ['m', 1]],
  ['a comma behind the last label', 'm{a="1",} 3\n', ['m', 3, { a: '1' }]],
  ['labels that a blank separates, as Prometheus does', 'm{a="1" b="2"} 3\n', ['m', 3, { a: '1', b: '2' }]],
  ['labels that nothing separates', 'm{a="1"b="2""c.d"="3"} 3\n', ['m', 3, { a: '1', b: '2', 'c.d': '3' }]],
  ['a bound behind a label that no comma follows', 'm{a="1"le="2"} 3\n', ['m', 3, { a: '1', le: '2' }]],
  ['a bound that no comma follows', 'm{le="2" a="1"} 3\n', ['m', 3, { a: '1', le: '2' }]],
  ['a quoted name behind a label that no comma follows', '{a="1" "m"} 3\n', ['m', 3, { a: '1' }]],
  ['empty braces', 'm{} 3\n', ['m', 3]],
  ['an empty label value', 'm{a=""} 3\n', ['m', 3, { a: '' }]],
  ['a timestamp', 'm 3 1700000000000\n', ['m', 3]],
  ['a negative timestamp', 'm 3 -1\n', ['m', 3]],
  ['a timestamp in seconds (OpenMetrics)', 'm 3 1700000000.123\n', ['m', 3]],
  ['NaN in any case', 'm NaN\nn nan\n', ['m', NaN], ['n', NaN]],
  [
    'infinities',
    'm +Inf\nn -Inf\no Inf\np infinity\n',
    ['m', Infinity],
    ['n', -Infinity],
    ['o', Infinity],
    ['p', Infinity],
  ],
  ['numbers without a digit on one side', 'm .5\nn 5.\n', ['m', 0.5], ['n', 5]],
  ['signs and exponents', 'm +7\nn -1.5e-3\no 2E3\n', ['m', 7], ['n', -0.0015], ['o', 2000]],
  ['a last line without a line feed', 'm 1\nn 2', ['m', 1], ['n', 2]],
  ['a quoted name alone (Prometheus 3)', '{"http.requests"} 4\n', ['http.requests', 4]],
  ['a quoted name with labels, quoted ones too', '{"a b","c.d"="1",e="2"} 4\n', ['a b', 4, { 'c.d': '1', e: '2' }]],
  ['text beyond ASCII', 'm{a="größe ≥ 1 🐍"} 4\n', ['m', 4, { a: 'größe ≥ 1 🐍' }]],
  [
    'an exemplar (OpenMetrics)',
    'm_bucket{le="1"} 4 # {trace_id="x y"} 0.67 1700000000.1\n',
    ['m_bucket', 4, { le: '1' }],
  ],
  ['an exemplar behind a timestamp', 'm_total 4 1700000000 # {} 1\n', ['m_total', 4]],
  [
    'two label sets of a histogram as different series',
    'm_bucket{a="1",le="+Inf"} 1\nm_bucket{a="2",le="+Inf"} 2\nm_sum{a="1"} 3\nm_sum{a="2"} 4\n',
    ['m_bucket', 1, { a: '1', le: '+Inf' }],
    ['m_bucket', 2, { a: '2', le: '+Inf' }],
    ['m_sum', 3, { a: '1' }],
    ['m_sum', 4, { a: '2' }],
  ],
  [
    'labels named like parts of objects',
    'm{constructor="1",toString="2"} 1\n',
    ['m', 1, { constructor: '1', toString: '2' }],
  ],
  [
    'comments, with and without a blank, and empty lines',
    '#comment 5\n# HELP m x\n# TYPE m gauge\n\n  # far in\n \t \nm 1\n',
    ['m', 1],
  ],
];

describe('parseLine: valid lines', () => {
  for (const [rule, body, ...samples] of trickyLines) {
    it(`reads ${rule}`, () => {
      const exposition = readBody(body);
      assert.deepEqual(seriesValues(exposition), described(samples));
      assert.deepEqual(exposition.badLines, []);
      assert.equal(exposition.samples, samples.length);
    });
  }

  it('reads a label __proto__ like any other', () => {
    const [series] = readBody('m{__proto__="x",a="1"} 1\n').series;
    assert.deepEqual(
      [...(series?.group.labels ?? [])],
      [
        ['__proto__', 'x'],
        ['a', '1'],
      ],
    );
  });
});

/** Offsets count bytes from the line's first byte. */
const invalidLines: readonly (readonly [rule: string, line: string, reason: RegExp, offset: number])[] = [
  ['a line without a value', 'm', /value is missing/, 1],
  ['labels without a value', 'm{a="1"}', /value is missing/, 8],
  ['a blank without a value', 'm ', /value is missing/, 2],
  ['labels without a name', '{a="1"} 5', /no name/, 7],
  ['two names', 'm{"n"} 5', /two names/, 6],
  ['a name that begins with a digit', '1m 5', /name/, 0],
  ['a character no name can hold', 'a-b 5', /name/, 1],
  ['a name beyond ASCII without quotes', 'größe 5', /name/, 2],
  ['a label without value', 'm{a} 5', /no value/, 3],
  ['a label value without quotes', 'm{a=1} 5', /not quoted/, 4],
  ['a label twice', 'm{a="1",a="2"} 5', /twice/, 10],
  ['a comma alone in braces', 'm{,} 5', /name is missing/, 2],
  ['two commas', 'm{a="1",,b="2"} 5', /name is missing/, 8],
  ['a quoted name without a comma behind it', '{"m" a="1"} 5', /no value/, 5],
  ['what is no label behind a label', 'm{a="1"2b="2"} 5', /not closed/, 7],
  ['braces that never close', 'm{a="1" 5', /not closed/, 8],
  ['a quote that never closes', 'm{a="1} 5', /quote is not closed/, 9],
  ['a quote that never closes, behind a backslash', 'm{a="1\\', /quote is not closed/, 7],
  ['a colon in a label name', 'm{a:b="1"} 5', /no value/, 3],
  ['a value that is no number', 'm five', /value is no number/, 2],
  ['hexadecimal', 'm 0x10', /value is no number/, 2],
  ['digits with underscores', 'm 1_000', /value is no number/, 2],
  ['a number out of range', 'm 1e400', /value is no number/, 2],
  ['a negative number out of range', 'm -1e309', /value is no number/, 2],
  ['a carriage return within the line', 'm 5\r6', /value is no number/, 2],
  ['a comma for a point', 'm 1,5', /value is no number/, 2],
  ['a timestamp that is no number', 'm 5 soon', /timestamp is no number/, 4],
  ['more behind the timestamp', 'm 5 6 7', /behind the sample/, 6],
  ['a hash right behind the value', 'm 5#', /value is no number/, 2],
];

describe('parseLine: bad lines', () => {
  for (const [rule, line, reason, offset] of invalidLines) {
    it(`rejects ${rule}`, () => {
      const { badLines, badCount, series } = readBody(`before 1\n${line}\nafter 2\n`);
      assert.equal(badCount, 1);
      assert.match(badLines[0]?.reason ?? '', reason);
      assert.deepEqual([badLines[0]?.line, badLines[0]?.offset], [1, offset]);
      assert.deepEqual(
        series.map(({ group }) => group.name),
        ['before', 'after'],
        'one bad line costs one line',
      );
    });
  }

  it('rejects bytes that are no UTF-8', () => {
    const { badLines, series } = readBody(
      Buffer.concat([Buffer.from('m{a="'), Buffer.from([0xff, 0xfe]), Buffer.from('"} 1\nn 2\n')]),
    );
    assert.match(badLines[0]?.reason ?? '', /UTF-8/);
    assert.deepEqual(
      series.map(({ group }) => group.name),
      ['n'],
    );
  });

  it('rejects a label name of 500,000 characters without overflowing the stack', () => {
    const { badCount, series } = readBody(`m{${'a'.repeat(500_000)}=1} 5\nn 2\n`);
    assert.equal(badCount, 1);
    assert.deepEqual(
      series.map(({ group }) => group.name),
      ['n'],
    );
  });

  it('reports the first five bad lines and counts all', () => {
    const { badLines, badCount } = readBody('ok 1\n'.concat('broken\n'.repeat(100)));
    assert.equal(badCount, 100);
    assert.deepEqual(
      badLines.map(({ line }) => line),
      [1, 2, 3, 4, 5],
    );
  });
});
