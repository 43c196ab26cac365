/** Rollouts as CSV, JSON Lines and Markdown. */
import assert from 'node:assert/strict';
import { parseCsvLine } from '../../../src/shared/csv';
import type { Rollout } from '../../../src/shared/rollout';
import { rolloutCsv, rolloutJsonLines, rolloutMarkdown } from '../../../src/shared/rolloutExport';
import { rolloutFigures } from '../../../src/shared/rolloutFigures';
import { rolloutOf, rolloutsOf } from '../rollouts/someRollouts';

const hostile = '=cmd|<img src=x>`[a](command:x)`';

describe('Exports of rollouts', () => {
  it('have a CSV line each, with every figure, its phases, and nothing for what is not known', () => {
    const rollouts = [
      rolloutOf(0),
      rolloutOf(1, { kind: 'step', slowestEngine: { name: hostile, rate: 12.5 }, cut: true, isOpen: true }),
    ];
    const [names = [], ...lines] = [...rolloutCsv(rollouts)].join('').trimEnd().split('\n').map(parseCsvLine);
    assert.ok(rolloutFigures.every(({ id }) => names.includes(id)));
    const [rollout = {}, step = {}] = lines.map((fields) =>
      Object.fromEntries(fields.map((field, index) => [names[index], field])),
    ) as Record<string, string>[];
    assert.ok(lines.every(({ length }) => length === names.length));
    assert.deepEqual(
      [rollout['tail_share'], rollout['phase_sync_weights_seconds'], rollout['cut']],
      ['0.2', '', 'false'],
    );
    assert.deepEqual([step['tail_share'], step['phase_sync_weights_seconds'], step['cut']], ['', '8', 'true']);
    assert.equal(step['weight_sync_share'], '0.1');
    assert.equal(step['open'], 'true');
    assert.equal(step['slowest_engine'], hostile);
    assert.match([...rolloutCsv(rollouts)].join(''), /'=cmd/, 'no formula for a spreadsheet');
  });

  it('have a JSON object a line that says the same', () => {
    const rollouts = rolloutsOf(3);
    const lines = [...rolloutJsonLines(rollouts)].join('').trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as Rollout),
      rollouts,
    );
  });

  it('have a Markdown table of one kind, newest first, with median and quarters of whole ones', () => {
    const rollouts = [
      ...rolloutsOf(4, (index) => ({ seconds: 80 + index })),
      rolloutOf(4, { seconds: 500, cut: true, slowestEngine: { name: hostile, rate: 1 } }),
      rolloutOf(5, { kind: 'step' }),
    ];
    const lines = rolloutMarkdown(rollouts, 'rollout').trimEnd().split('\n');
    assert.equal(lines[0], '**Rollouts** (5; median and quarters of 4)');
    const cells = lines.slice(2).map((line) => line.split(/(?<!\\)\|/).length);
    assert.equal(new Set(cells).size, 1, 'every row has as many cells');
    assert.match(lines[4] ?? '', /500 s ± 4\.00 s.*cut off/);
    assert.doesNotMatch(lines[4] ?? '', /(?<!\\)(<img|\[a|`)/);
    assert.match(lines.find((line) => line.startsWith('| Median')) ?? '', /81\.5 s/);
    assert.equal(lines.filter((line) => /^\| \d{4}-/.test(line)).length, 5);
  });

  it('have no summary where nothing was seen whole', () => {
    assert.doesNotMatch(rolloutMarkdown([rolloutOf(0, { cut: true })], 'rollout'), /Median \|/);
    assert.match(rolloutMarkdown([], 'step'), /^\*\*Steps\*\* \(0;/);
  });
});
