/** Compares the values of overrides with what hydra-core's own parser makes of them. */
import { strict as assert } from 'node:assert';
import { hydraData, parseHydraValue } from '../../../../src/config/hydraValue';
import { overrideOf } from '../../../../src/config/shell/overrideWords';
import { randomOf } from '../../support/random';
import { ask, findPeer, type Answer } from './peer';

const values = [
  '',
  '1',
  '+3',
  '-3',
  '0',
  '00',
  '010',
  '1_000',
  '1_',
  '1__0',
  '0x10',
  '1.5',
  '.5',
  '5.',
  '1e-6',
  '1E5',
  '1.e3',
  '1e+06',
  'inf',
  '-inf',
  'nan',
  'NaN',
  'null',
  'NULL',
  'None',
  'true',
  'True',
  'FALSE',
  'yes',
  'on',
  'a',
  'a b',
  ' a b ',
  'a-b_c.d',
  '1a',
  'a1',
  '1 2',
  'true x',
  '12:30:45',
  '2026-08-21',
  'v1.2',
  'http://x:8000/y',
  'a:b',
  'a : b',
  '$x',
  '@x',
  '%Y',
  'a|b',
  'a*',
  '?',
  '???',
  '-',
  '--x',
  'a=b',
  'x=',
  'a#b',
  'a;b',
  'a!b',
  'a&b',
  '~/x',
  '<x>',
  'é',
  '(x)',
  'x,y',
  'a, b',
  "'x y'",
  '"x y"',
  "'it\\'s'",
  '"a\\"b"',
  "'a\"b'",
  "''",
  '""',
  "'1'",
  "'null'",
  "' x '",
  "x'y'",
  "'x'y",
  "'x",
  '"\\n"',
  "'a\\\\b'",
  'a\\,b',
  'a\\ b',
  '\\[x\\]',
  'x\\=y',
  'a\\b',
  'C:\\x',
  'x\\\\y',
  'a\\:b',
  '\\{',
  "\\'x",
  '[]',
  '[ ]',
  '[1,2]',
  '[1, 2,a]',
  '[a b, c]',
  '[[1,2],[3]]',
  "[a,[b,{c:d}],'e f']",
  '[1,]',
  '[1',
  '[,]',
  '[http://a:1,b]',
  "['http://a:1','http://b:2']",
  '["a","b"]',
  "[ 'x' , y ]",
  '[${c},${d}]',
  '[1]x',
  '[null,true,1.5]',
  '{}',
  '{a:1}',
  '{a: 1}',
  '{a:b,c:d}',
  '{ a : 1 , b : 2 }',
  '{a:{b:{c:1}}}',
  '{a:[1,2],b:{}}',
  '{a:x y,b:true}',
  '{1:2}',
  "{'q':1}",
  '{a.b:1}',
  '{a-b:1}',
  '{a b:1}',
  '{a:1,}',
  '{a:1',
  '{a}',
  '{a:b:c}',
  '{a:http://x:1}',
  '{a:${c.d}}',
  '{a:\'x,y\',b:"}"}',
  '{enable_auto_tool_choice:true,max_num_seqs:32}',
  '{a:null,b:1.0,c:-2}',
  '{a:}',
  '{:1}',
  '{a:1}{b:2}',
  '${c.d}',
  '${oc.env:HOME}/x',
  'a${b}c',
  "'${c}'",
  '${c',
  '$',
  '${oc.env:X,4}',
];

/** Values that only Hydra evaluates. */
const computed = ['int(3.0)', 'str(1)', 'choice(a,b)', 'range(1,3)', 'glob(*)'];

const finite = (value: unknown): unknown => {
  if (typeof value === 'number' && !Number.isFinite(value))
    return `${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'} (not finite)`;
  if (Array.isArray(value)) return value.map(finite);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, finite(inner)]));
};

function compare(text: string, answer: Answer | undefined): void {
  const parsed = parseHydraValue(text);
  if (answer?.error !== undefined) assert.equal(parsed, undefined, `${text}: Hydra says ${answer.error}`);
  else if (answer?.sweep === true) assert.ok(parsed && 'reason' in parsed, `${text} is a sweep`);
  else {
    assert.ok(parsed && !('reason' in parsed), `${text} is ${JSON.stringify(answer?.value)}`);
    assert.deepEqual(finite(hydraData(parsed)), answer?.value, text);
  }
}

describe('config: values as hydra-core reads them', function () {
  let python = '';
  before(async function () {
    python = await findPeer(this);
  });

  it('agree for every kind of value', () => {
    const answers = ask(
      python,
      values.map((value) => ['hydra', `a.b=${value}`] as const),
    );
    values.forEach((value, index) => compare(value, answers[index]));
  });

  it('agree for values put together at random', () => {
    const random = randomOf(7);
    const pieces = [
      'a',
      '1',
      ' ',
      ',',
      ':',
      '[',
      ']',
      '{',
      '}',
      "'",
      '"',
      '\\',
      '.',
      '-',
      '${x}',
      'true',
      '1.5',
      '=',
      '/',
      '_',
    ];
    const texts = Array.from({ length: 2_000 }, () =>
      Array.from({ length: 1 + Math.floor(random() * 7) }, () => pieces[Math.floor(random() * pieces.length)]).join(''),
    );
    const answers = ask(
      python,
      texts.map((text) => ['hydra', `a.b=${text}`] as const),
    );
    const different = texts.filter((text, index) => {
      // A word in front of brackets is a function, which only Hydra evaluates.
      if (/[A-Za-z_]\w*\(/.test(text)) return false;
      try {
        compare(text, answers[index]);
        return false;
      } catch {
        return true;
      }
    });
    assert.deepEqual(different, []);
  });

  it('agree about keys and prefixes', () => {
    const lines = ['a.b=1', '+a.b=1', '++a.b-c.d_e=1', '+a.b.0=1', 'a/b.c=1', 'a.b@c.d=1'];
    for (const [index, { key }] of ask(
      python,
      lines.map((line) => ['hydra', line] as const),
    ).entries()) {
      const found = overrideOf(lines[index] ?? '');
      if (found) assert.equal(found.key.replace(/@.*/, ''), key);
    }
  });

  it('are not known where Hydra computes them or makes several runs', () => {
    for (const text of [...computed, 'a,b']) {
      const parsed = parseHydraValue(text);
      assert.ok(parsed && 'reason' in parsed, text);
    }
  });
});
