/** The rows of the last rollout and the last step. */
import assert from 'node:assert/strict';
import { childrenOf, tooltipOf, type TreeRow } from '../../../../src/views/shared/treeRow';
import { rolloutRows } from '../../../../src/views/tree/rolloutRows';
import { firstFrom, rolloutOf, rolloutsOf } from '../../rollouts/someRollouts';

const now = firstFrom + 3_600_000;
const flat = (rows: readonly TreeRow[]): TreeRow[] => rows.flatMap((row) => [row, ...flat(childrenOf(row))]);

describe('rolloutRows', () => {
  it('show duration and tail of the last rollout that ended, with its figures below', () => {
    const rollouts = [...rolloutsOf(3, () => ({ lastEngine: 'engine 2' })), rolloutOf(3, { cut: true, isOpen: true })];
    const [row, ...others] = rolloutRows(rollouts, now);
    assert.ok(row);
    assert.equal(others.length, 0);
    assert.deepEqual([row.label, row.description], ['Last rollout', '80.0 s · tail 20 %']);
    assert.equal(row.command?.command, 'skyrl.showRollouts');
    const below = Object.fromEntries(childrenOf(row).map(({ label, description }) => [label, description]));
    assert.equal(below['Duration'], '80.0 s ± 4.00 s');
    assert.equal(below['Output tokens'], '80.0k tok');
    assert.equal(below['Idle engine time'], '10 %');
    assert.equal(below['Last engine'], 'engine 2');
    assert.equal(below['Draft acceptance'], undefined, 'what is not known has no row');
    assert.match(tooltipOf(childrenOf(row)[0] ?? assert.fail()).join('\n'), /Median of 3: 80\.0 s/);
  });

  it('show the phases of the last step', () => {
    const [row] = rolloutRows([rolloutOf(0, { kind: 'step' })], now);
    assert.deepEqual([row?.label, row?.description], ['Last step', '80.0 s · weight sync 10 %']);
    const labels = row ? childrenOf(row).map(({ label }) => label) : [];
    assert.ok(labels.includes('sync_weights') && labels.includes('No phase reported'));
  });

  it('say that one was cut off', () => {
    const [row] = rolloutRows([rolloutOf(0, { cut: true })], now);
    assert.match(row?.description ?? '', /· cut off$/);
    assert.match(tooltipOf(row ?? assert.fail()).join('\n'), /counts in no median/);
  });

  it('are none before the first one has ended', () => {
    assert.deepEqual(rolloutRows([], now), []);
    assert.deepEqual(rolloutRows([rolloutOf(0, { cut: true, isOpen: true })], now), []);
  });

  it('have an id of their own each, over both kinds', () => {
    const rows = flat(rolloutRows([rolloutOf(0), rolloutOf(1, { kind: 'step' })], now));
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  });
});
