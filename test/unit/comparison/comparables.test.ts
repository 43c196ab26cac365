/** What can be compared: kept runs, rollouts, records and imports by their ids, and words where that is not possible. */
import assert from 'node:assert/strict';
import {
  listComparables,
  loadComparables,
  shownImportId,
  type ComparableSources,
} from '../../../src/comparison/comparables';
import { compareRuns } from '../../../src/comparison/compareRuns';
import { emptyEvent } from '../../../src/generation/generationEvent';
import type { GenerationRecord } from '../../../src/generation/generationRecord';
import { RunFileError } from '../../../src/runs/runDocument';
import type { KeptRun, RunData } from '../../../src/runs/run';
import { firstFrom, rolloutOf, rolloutsOf } from '../rollouts/someRollouts';

const keptRun = (id: string, changes: Partial<KeptRun> = {}): KeptRun => ({
  id,
  name: `run ${id}`,
  from: firstFrom,
  to: firstFrom + 3_600_000,
  origin: 'watched',
  engines: 4,
  releases: {},
  rollouts: 8,
  steps: 0,
  ...changes,
});
const dataOf = (run: KeptRun): RunData => ({ run, rollouts: rolloutsOf(8), means: {}, series: [], bands: [] });

const record = (id: string, seconds: number): GenerationRecord => ({
  version: 1,
  id,
  from: firstFrom,
  to: firstFrom + seconds * 1000,
  startedBy: 'command',
  endedBy: 'command',
  phase: null,
  replayed: false,
  event: { ...emptyEvent(), prefix_cache_hit_rate: 0.5, engine_runtime_config: { max_num_seqs: seconds } },
  flags: { check: 'checked' as GenerationRecord['flags']['check'], mismatches: [] },
  vram: { source: null, device: null, why: null, problem: null, samples: 0, devices: [] },
  load: { host: null, nodes: {} },
  kvCache: { last: null, highest: { value: 0.8, engine: 'engine 0', at: firstFrom } },
  prefixCache: null,
  speculation: null,
  tokens: { prompt: null, generated: 1000 },
  engineConfigs: [],
  engines: [{ id: 'e', name: 'engine 0', node: 'n', model: 'm' }],
  config: null,
  raySession: null,
  scrapes: 3,
  resets: [],
});

const runs = [keptRun('2', { isOpen: true }), keptRun('1', { origin: 'imported' })];
const sources: ComparableSources = {
  library: {
    listRuns: () => Promise.resolve(runs),
    loadRun: (id) => Promise.resolve(runs.filter((run) => run.id === id).map(dataOf)[0]),
  },
  rollouts: () => [rolloutOf(0), rolloutOf(1)],
  records: () => [record('r1', 50), record('r2', 100)],
  shownImport: () => ({
    name: 'export.csv',
    data: {
      series: [{ measure: 'kv_cache_usage_perc', at: [firstFrom, firstFrom + 1000], value: [0.1, 0.2] }],
      bands: [],
      engineCount: 2,
    },
  }),
};

describe('What can be compared', () => {
  it('is listed by kind, the newest first', async () => {
    assert.deepEqual(
      (await listComparables(sources)).map(({ id, kind }) => [id, kind]),
      [
        ['2', 'run'],
        ['1', 'import'],
        [shownImportId, 'import'],
        ['r2', 'record'],
        ['r1', 'record'],
        ['rollout-1', 'rollout'],
        ['rollout-0', 'rollout'],
      ],
    );
  });

  it('is loaded by id in the order of the ids, of every kind', async () => {
    const loaded = await loadComparables(sources, ['rollout-1', '2', 'r1', shownImportId]);
    assert.deepEqual(
      loaded.map(({ id, kind }) => [id, kind]),
      [
        ['rollout-1', 'rollout'],
        ['2', 'run'],
        ['r1', 'record'],
        [shownImportId, 'import'],
      ],
    );
    const { notes } = compareRuns(loaded);
    assert.match(notes.join('\n'), /export\.csv: no whole rollout was seen/);
  });

  it('compares records by the config of their engines', async () => {
    const comparison = compareRuns(await loadComparables(sources, ['r1', 'r2']));
    assert.deepEqual(
      comparison.config.map(({ key, cells }) => [key, ...cells.map((cell) => cell?.value)]),
      [['max_num_seqs', '50', '100']],
    );
    const rate = comparison.measures.find(({ id }) => id === 'generation_rate');
    assert.deepEqual([rate?.medians, rate?.change, rate?.verdict], [[20, 10], -50, 'not enough rollouts']);
  });

  it('finds a rollout in the newest run while the history is not read yet', async () => {
    const [loaded] = await loadComparables({ ...sources, rollouts: () => [] }, ['rollout-3', '2']);
    assert.deepEqual([loaded?.id, loaded?.kind], ['rollout-3', 'rollout']);
  });

  it('has words for too few, too many, the same twice, and what is not kept', async () => {
    await assert.rejects(loadComparables(sources, ['1']), /Name 2 to 4 runs to compare, not 1\./);
    await assert.rejects(loadComparables(sources, ['1', '2', 'r1', 'r2', 'rollout-0']), /not 5/);
    await assert.rejects(loadComparables(sources, ['1', '1']), /cannot be compared with itself/);
    await assert.rejects(
      loadComparables(sources, ['1', 'gone']),
      /No run "gone" is kept, nor a rollout or a record with this ID\./,
    );
    await assert.rejects(loadComparables(sources, ['1', '__proto__']), /No run "__proto__" is kept/);
  });

  it('names the run whose file is damaged, and compares the others', async () => {
    const library: ComparableSources['library'] = {
      ...sources.library,
      loadRun: (id) => (id === '1' ? Promise.reject(new RunFileError('it is not JSON')) : sources.library.loadRun(id)),
    };
    const damaged = { ...sources, library };
    await assert.rejects(loadComparables(damaged, ['2', '1']), /^Error: run 1 cannot be read: it is not JSON\.$/);
    assert.equal((await listComparables(damaged)).length, 7);
    assert.equal((await loadComparables(damaged, ['2', 'r1'])).length, 2);
  });

  it('is a list of 500, of which only those that are compared are read', async () => {
    const many = Array.from({ length: 500 }, (_, index) => keptRun(`many-${index}`));
    const read: string[] = [];
    const library: ComparableSources['library'] = {
      listRuns: () => Promise.resolve(many),
      loadRun: async (id) => {
        read.push(id);
        return many.filter((run) => run.id === id).map(dataOf)[0];
      },
    };
    assert.equal((await listComparables({ ...sources, library })).length, 505);
    await loadComparables({ ...sources, library }, ['many-7', 'many-400']);
    assert.deepEqual(read, ['many-7', 'many-400']);
  });
});
