/** Tests of what a drift run reports: what is gone, changed and new against the catalog, the schema and the claims. */
import assert from 'node:assert/strict';
import {
  compareClaims,
  compareFamilies,
  compareFields,
  compareNames,
  compareRelease,
  type Difference,
  type Row,
} from '../../../../scripts/lib/drift/compare.mjs';
import type { Family } from '../../../../scripts/lib/drift/facts.mjs';
import { hasDifference, hasGone, reportText, type Result } from '../../../../scripts/lib/drift/report.mjs';

const family = (name: string, type: Family['type'], ...labels: string[]): Family => ({
  name,
  type,
  labels,
  path: 'engine/metrics.py',
});

const rows: Row[] = [
  { id: 'running', kind: 'gauge', families: ['running'], selector: { family: 'running', sampleKind: 'gauge' } },
  {
    id: 'aborted_share',
    kind: 'ratio',
    families: ['finished'],
    numerator: { family: 'finished', sampleKind: 'counter', where: { reason: 'abort' } },
    denominator: { family: 'finished', sampleKind: 'counter' },
  },
  { id: 'steps_s', kind: 'rate', families: ['step_tokens'], selector: { family: 'step_tokens', sampleKind: 'count' } },
  { id: 'step_tokens_p95', kind: 'quantile', families: ['step_tokens'] },
];
const families = [
  family('running', 'gauge', 'engine'),
  family('finished', 'counter', 'engine', 'reason'),
  family('step_tokens', 'histogram', 'engine'),
];
const none = { older: {}, leftOut: [] };

describe('a drift run', () => {
  it('finds no difference where every family has the type and the labels that the rows read', () => {
    assert.deepEqual(compareFamilies({ rows, families, ...none }), { gone: [], changed: [], added: [] });
  });

  it('finds families that are gone, with the rows that read them, unless older releases are known to have them', () => {
    const without = families.slice(0, 2);
    assert.deepEqual(compareFamilies({ rows, families: without, ...none }).gone, [
      'step_tokens, which are read by steps_s, step_tokens_p95',
    ]);
    const older = { step_tokens: 'before 2' };
    assert.deepEqual(compareFamilies({ rows, families: without, older, leftOut: [] }).gone, []);
  });

  it('finds a label that is gone from a family, but not where labels are only known at run time', () => {
    const [running, , steps] = families;
    const compared = (finished: Family): string[] =>
      compareFamilies({ rows, families: [running!, finished, steps!], ...none }).gone;
    assert.deepEqual(compared(family('finished', 'counter', 'engine')), [
      'finished{reason}, which is read by aborted_share',
    ]);
    assert.deepEqual(compared(family('finished', 'counter', 'engine', '*')), []);
  });

  it('finds a type that changed, but takes an unknown type as it is', () => {
    const changed = (type: Family['type']): string[] =>
      compareFamilies({ rows, families: [family('running', type, 'engine'), ...families.slice(1)], ...none }).changed;
    assert.deepEqual(changed('counter'), [
      'running is a counter, the row running reads it as a gauge (engine/metrics.py)',
    ]);
    assert.deepEqual(changed('unknown'), []);
  });

  it('finds new families, without those that are left out for a reason', () => {
    const now = [...families, family('speech_sessions', 'gauge'), family('image_tokens', 'counter', 'engine')];
    const leftOut = [[/^speech_/, 'no speech here']] as const;
    assert.deepEqual(compareFamilies({ rows, families: now, older: {}, leftOut }).added, [
      'image_tokens, counter, labels engine (engine/metrics.py)',
    ]);
  });

  it('finds a newer release than the newest known, by numbers', () => {
    const changed = (version: string, newest?: string): string[] => compareRelease(version, newest).changed;
    assert.deepEqual(changed('0.34.0', '0.33'), [
      '0.34.0 is newer than 0.33, the newest in src/shared/knownReleases.ts',
    ]);
    assert.equal(changed('1.0.0', '0.33').length, 1);
    assert.deepEqual([changed('0.33.2', '0.33'), changed('0.9.0', '0.33'), changed('1.6.1')], [[], [], []]);
  });

  it('compares names alone where a package has no types', () => {
    assert.deepEqual(compareNames(rows, new Set(['running', 'finished']), {}), {
      gone: ['step_tokens, which are read by steps_s, step_tokens_p95'],
      changed: [],
      added: [],
    });
  });

  it('compares keys of a config by type and default, null and absent apart', () => {
    const known = [
      { key: 'a.size', type: 'int', default: 1 },
      { key: 'a.name', type: 'text?', default: null },
      { key: 'a.old', type: 'bool', default: true },
      { key: 'a.path', type: 'text' },
    ];
    const found = [
      { key: 'a.size', type: 'int', default: 2 },
      { key: 'a.name', type: 'text?', default: null },
      { key: 'a.path', type: 'text', default: null },
      { key: 'a.new', type: 'dict', default: {} },
    ];
    assert.deepEqual(compareFields(known, found), {
      gone: ['a.old'],
      changed: ['a.size: int = 2, the schema has int = 1', 'a.path: text = null, the schema has text'],
      added: ['a.new: dict = {}'],
    });
  });

  it('compares constants, functions, routes and texts: gone where nothing has the name, changed where nothing is equal', () => {
    const claims = [
      { what: 'a port', value: 'PORT', expected: 8265 },
      { what: 'a prefix', value: 'PREFIX', expected: 'ray' },
      { what: 'a period', value: 'PERIOD', expected: 5 },
      { what: 'a lifetime', function: 'lifetime', expected: '2 * interval' },
      { what: 'a shape', function: 'shape', expected: '[{}]' },
      { what: 'the nodes', route: '/nodes' },
      { what: 'the actors', route: '/actors' },
      { what: 'a variable', text: 'SYSTEM_PORT' },
    ];
    const facts = {
      values: [
        { name: 'PORT', value: 8265, path: 'a.py' },
        { name: 'PORT', value: 1, path: 'b.py' },
        { name: 'PREFIX', value: 'gray', path: 'a.py' },
      ],
      functions: [{ name: 'lifetime', expressions: ['interval', '3 * interval'], path: 'a.py' }],
      routes: ['/nodes'],
      texts: [],
      unreadable: [],
    };
    assert.deepEqual(compareClaims(claims, facts), {
      gone: ['PERIOD: a period', 'shape(): a shape', 'the route /actors: the actors', 'SYSTEM_PORT: a variable'],
      changed: [
        'PREFIX is "gray", was "ray": a prefix',
        'lifetime() is interval, 3 * interval, was 2 * interval: a lifetime',
      ],
      added: [],
    });
  });
});

describe('the report of a drift run', () => {
  const nothing: Difference = { gone: [], changed: [], added: [] };
  const vllm = (difference: Partial<Difference>): Result => ({
    name: 'vllm',
    version: '0.34.0',
    difference: { ...nothing, ...difference },
    notes: [],
  });

  it('names the release, and says so where nothing differs or a package was skipped', () => {
    const text = reportText([vllm({}), { name: 'ray', skipped: 'no Python with pip on PATH' }]);
    assert.equal(
      text,
      '## vllm 0.34.0\n\nNothing is gone, changed or new.\n\n## ray: skipped\n\nno Python with pip on PATH\n',
    );
  });

  it('shows other people’s text as code of one line', () => {
    const text = reportText([vllm({ added: ['a`b\n# @someone'] })]);
    assert.match(text, /\nNew \(1\):\n\n- `a'b # @someone`\n/);
  });

  it('is an alarm only where something is gone', () => {
    assert.deepEqual([hasGone([vllm({})]), hasDifference([vllm({})])], [false, false]);
    assert.deepEqual([hasGone([vllm({ added: ['x'] })]), hasDifference([vllm({ added: ['x'] })])], [false, true]);
    assert.deepEqual([hasGone([vllm({ gone: ['x'] })]), hasDifference([vllm({ gone: ['x'] })])], [true, true]);
    assert.equal(hasGone([{ name: 'ray', skipped: 'offline' }]), false);
  });
});
