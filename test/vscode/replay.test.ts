/** A recorded cluster, step by step through the whole extension. */
import assert from 'node:assert/strict';
import type { Api, Snapshot } from '../../src/api';
import { replay, type RecordedStep, type Replay } from '../demonstration/index';
import { assertSnapshot } from './assertSnapshot';
import { assertHarmless, configure } from './support';
import { watchCluster } from './clusters';

/** Values that do not depend on the time between scrapes, so that the same steps in quick succession have the same. */
const timeIndependent = [
  'prefix_cache_hit_rate',
  'ttft_seconds_avg',
  'tpot_seconds_avg',
  'draft_acceptance_rate',
  'draft_mean_acceptance_length',
  'draft_num_draft_tokens',
  'draft_num_accepted_tokens',
].map((name) => `vllm/${name}`);
const gauges = ['num_requests_running', 'num_requests_waiting', 'kv_cache_usage_perc'].map((name) => `vllm/${name}`);
const rates = ['generation_throughput_tok_s', 'prompt_throughput_tok_s'].map((name) => `vllm/${name}`);

function assertNear(actual: number | undefined, expected: number | undefined, what: string): void {
  if (actual === undefined || expected === undefined) assert.equal(actual, expected, what);
  else
    assert.ok(
      Math.abs(actual - expected) <= 1e-9 * Math.max(Math.abs(expected), 1e-300),
      `${what}: ${actual}, SkyRL ${expected}`,
    );
}

for (const recording of ['ray-2.57', 'ray-2.57-speculation'] as const) {
  describe(`the replay of ${recording}`, () => {
    const scraped: { step: RecordedStep; snapshot: Snapshot }[] = [];
    let api: Api;
    let cluster: Replay;

    before(async function () {
      this.timeout(150_000);
      cluster = await replay({ recording });
      api = await watchCluster(cluster);
      for (const { name } of cluster.steps) scraped.push({ step: cluster.step(name), snapshot: await api.scrape() });
    });

    after(async () => {
      assertHarmless(cluster.requests());
      await configure();
      await cluster.close();
    });

    const each = (check: (step: RecordedStep, snapshot: Snapshot) => void): void => {
      assert.ok(scraped.length > 0);
      for (const { step, snapshot } of scraped) check(step, snapshot);
    };

    it('has snapshots of the documented shape', () => each((_, snapshot) => assertSnapshot(snapshot)));

    it('has SkyRL’s keys', () =>
      each(({ name, skyrlValues }, { values }) =>
        assert.deepEqual(Object.keys(values).sort(), Object.keys(skyrlValues).sort(), name),
      ));

    it('has exactly SkyRL’s gauges', () =>
      each(({ name, skyrlValues }, { values }) => {
        for (const key of gauges) assert.equal(values[key], skyrlValues[key], `${name} ${key}`);
      }));

    it('has SkyRL’s values of what does not depend on time', () =>
      each(({ name, skyrlValues }, { values }) => {
        for (const key of timeIndependent) assertNear(values[key], skyrlValues[key], `${name} ${key}`);
      }));

    it('has rates of the same tokens over the time that passed here', () =>
      each(({ name, skyrlValues, at }, { values, window }) => {
        const before = cluster.steps[cluster.steps.findIndex((step) => step.name === name) - 1];
        if (!before || !window) return;
        for (const key of rates) {
          const tokens = (skyrlValues[key] ?? 0) * (at - before.at);
          // The targets' own times differ by a few ms.
          const ours = (values[key] ?? 0) * (window.to - window.from);
          assert.ok(
            Math.abs(ours - tokens) <= 0.25 * tokens,
            `${name} ${key}: ${ours / 1000} tokens, SkyRL ${tokens / 1000}`,
          );
        }
      }));

    it('has finite measures, none from the future, and fractions up to 1', () =>
      each(({ name }, { at, measures, engines }) => {
        for (const all of [measures, ...engines.map((engine) => engine.measures)]) {
          for (const [id, { value, from, to }] of Object.entries(all)) {
            assert.ok(value >= 0 && to <= at && (from === undefined || from < to), `${name} ${id}`);
            if (/perc|mean$|hit_rate/.test(id)) assert.ok(value <= 1, `${name} ${id}: ${value}`);
          }
        }
      }));

    it('keeps names and IDs of engines', () => {
      const names = new Map<string, string>();
      each(({ name: step }, { engines }) => {
        assert.equal(new Set(engines.map(({ name }) => name)).size, engines.length, step);
        for (const { id, name, workerId } of engines) {
          assert.equal(workerId, id);
          assert.equal(names.get(id) ?? name, name, step);
          names.set(id, name);
        }
      });
    });
  });
}

describe('the engines in the replay of ray-2.57', () => {
  let api: Api;
  let cluster: Replay;
  const at = async (step: string): Promise<Snapshot> => {
    cluster.step(step);
    return api.scrape();
  };
  const states = ({ engines }: Snapshot): string[] => engines.map(({ state }) => state).sort();

  before(async () => {
    cluster = await replay({ recording: 'ray-2.57' });
    api = await watchCluster(cluster);
  });

  after(async () => {
    await configure();
    await cluster.close();
  });

  it('are active while they have work', async () => {
    const [, second] = [await at('02'), await at('03')];
    assert.deepEqual(states(second), ['active', 'active', 'active']);
    assert.ok(
      second.engines.every(({ model, node, pid }) => model === 'tiny/qwen2-random' && node !== '' && pid !== undefined),
    );
  });

  it('are dead, with a finding, once their actor died, and do not count any more', async () => {
    await at('08');
    const dead = await at('10');
    assert.deepEqual(states(dead), ['active', 'active', 'dead']);
    const engine = dead.engines.find(({ state }) => state === 'dead');
    assert.ok(dead.findings.some(({ id, engine: of }) => id === 'engine-dead' && of === engine?.id));
    assert.equal(dead.measures['num_requests_running']?.of, 2);
  });

  it('follow the dead one they replace, and the finding ends', async () => {
    const later = await at('12');
    const successor = later.engines.find(({ follows }) => follows !== undefined);
    assert.equal(later.engines.find(({ id }) => id === successor?.follows)?.state, 'dead');
    assert.ok(!later.findings.some(({ id }) => id === 'engine-dead'));
  });
});
