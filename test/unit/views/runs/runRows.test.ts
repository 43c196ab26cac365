/** What the tree shows of the runs that are kept. */
import assert from 'node:assert/strict';
import type { KeptRun } from '../../../../src/runs/run';
import { runsRows } from '../../../../src/views/runs/runRows';
import { childrenOf, tooltipOf } from '../../../../src/views/shared/treeRow';

const from = Date.UTC(2026, 10, 24, 12);
const run = (changes: Partial<KeptRun> = {}): KeptRun => ({
  id: 'one',
  name: 'grpo',
  from,
  to: from + 9_000_000,
  origin: 'watched',
  engines: 4,
  releases: { vllm: '0.11.0' },
  config: 'config/train.yaml',
  rollouts: 34,
  steps: 12,
  ...changes,
});
const nothing = { runs: [], problems: [], removals: undefined };

describe('The rows of runs', () => {
  it('are none while there is nothing to show', () => {
    assert.deepEqual(runsRows(nothing), []);
  });

  it('say in one line what a run was, and the rest in the tooltip', () => {
    const runs = [
      run({ isOpen: true, pinned: true }),
      run({ id: 'two', origin: 'imported', engines: 1, rollouts: 0, steps: 1 }),
      run({ id: 'three', engines: 0, rollouts: 0, steps: 0 }),
    ];
    const [node] = runsRows({ ...nothing, runs });
    assert.deepEqual([node?.label, node?.description], ['Runs', '3 · 1 in progress']);
    assert.deepEqual(
      node && childrenOf(node).map(({ id, description, context, icon }) => [id, description, context, icon.name]),
      [
        ['run/one', 'in progress · pinned · 3 h · 4 engines · 34 rollouts · config/train.yaml', 'run-pinned', 'pulse'],
        ['run/two', 'imported · 3 h · 1 engine · 1 step · config/train.yaml', 'run', 'cloud-download'],
        ['run/three', '3 h · config/train.yaml', 'run', 'history'],
      ],
    );
    const { config: _, ...unseen } = run();
    const [row] = runsRows({ ...nothing, runs: [unseen] }).flatMap(childrenOf);
    const tooltip = row ? tooltipOf(row) : [];
    assert.ok(tooltip.includes('Config: never seen') && tooltip.includes('vLLM: 0.11.0'));
  });

  it('show names as text, problems with their reason, and how many runs were removed', () => {
    const [node] = runsRows({
      runs: Array.from({ length: 500 }, (_, index) => run({ id: `run-${index}`, name: `<b>$(zap) ${index}</b>` })),
      problems: [{ file: 'x.run.json', reason: 'a newer version of SkyRL Metrics made it' }],
      removals: { count: 12, name: 'old' },
    });
    assert.equal(node?.description, '500 · 1 file cannot be read');
    const rows = node ? childrenOf(node) : [];
    assert.equal(rows.length, 502);
    assert.equal(new Set(rows.map(({ id }) => id)).size, 502);
    assert.deepEqual(
      [rows[0], rows[1], rows[501]].map((row) => [row?.label, row?.context]),
      [
        ['x.run.json', 'run-problem'],
        ['<b>$(zap) 0</b>', 'run'],
        ['12 older runs were removed', 'runs-removed'],
      ],
    );
    assert.equal(rows[501]?.description, 'last old');
  });
});
