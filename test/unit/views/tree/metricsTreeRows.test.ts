import { strict as assert } from 'node:assert';
import { childrenOf, tooltipOf, type TreeRow } from '../../../../src/views/shared/treeRow';
import { metricsTreeRows } from '../../../../src/views/tree/metricsTreeRows';
import { rayRecordings } from '../../../demonstration/index';
import { replayRecording } from '../../support/replay';

const flat = (rows: readonly TreeRow[]): TreeRow[] => rows.flatMap((row) => [row, ...flat(childrenOf(row))]);

describe('metricsTreeRows', () => {
  for (const name of rayRecordings) {
    it(`gives every row of ${name} its own ID at every step, and no text says undefined or NaN`, async () => {
      for (const { step, snapshot } of await replayRecording(name, { trigger: 'timer', expected: 3 })) {
        const rows = flat(metricsTreeRows(snapshot, 3, step.at));
        assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length, step.name);
        for (const row of rows)
          assert.doesNotMatch(
            [row.label, row.description, ...tooltipOf(row)].join('\n'),
            /undefined|NaN|Infinity/,
            `${step.name} ${row.id}`,
          );
      }
    });
  }

  it('shows findings, the worst first, then the phase, the eight, the engines, the dead one first, and categories with data', async () => {
    const { step, snapshot } =
      (await replayRecording('ray-2.57', { trigger: 'timer', expected: 3 }))[8] ?? assert.fail();
    const rows = metricsTreeRows(snapshot, 3, step.at);
    const findings = rows.filter(({ context }) => context === 'finding');
    assert.deepEqual(
      findings.map(({ icon }) => icon.name),
      [...findings.map(({ icon }) => icon.name)].sort(
        (a, b) => ['error', 'warning', 'info'].indexOf(a) - ['error', 'warning', 'info'].indexOf(b),
      ),
    );
    assert.ok(findings[0]?.id.startsWith('finding/engine-dead/'));
    const rest = rows.slice(findings.length);
    assert.match(rest[0]?.description ?? '', /^wait_for_generation_buffer · /);
    assert.deepEqual(
      rest.slice(1, 9).map(({ id }) => id),
      [
        'num_requests_running',
        'num_requests_waiting',
        'kv_cache_usage_perc',
        'generation_throughput_tok_s',
        'prompt_throughput_tok_s',
        'prefix_cache_hit_rate',
        'ttft_seconds_avg',
        'tpot_seconds_avg',
      ],
    );
    const engines = rest[9] ?? assert.fail();
    assert.deepEqual(
      [engines.id, engines.description, childrenOf(engines)[0]?.description.split(' · ')[0]],
      ['engines', '2 of 3', 'dead'],
    );
    assert.deepEqual(
      rest.slice(10).map(({ label }) => label),
      ['Requests and tokens', 'Latency', 'Scheduler and queue', 'KV cache', 'Training', 'Nodes'],
    );
    const ttft = flat(rest).find(({ id }) => id === 'category/histogram/ttft_seconds') ?? assert.fail();
    assert.match(ttft.description, /^p50 .+ · p95 /);
    assert.deepEqual(
      childrenOf(ttft).map(({ label }) => label),
      ['mean', 'p50', 'p95', 'p99'],
    );
  });

  it('repeats a finding below its row, in lines that fit a narrow view: message, engine, duration, advice', async () => {
    const { step, snapshot } =
      (await replayRecording('ray-2.57', { trigger: 'timer', expected: 3 }))[9] ?? assert.fail();
    const rows = metricsTreeRows(snapshot, 3, step.at).filter(({ context }) => context === 'finding');
    assert.equal(rows.length, snapshot.findings.length);
    assert.ok(
      snapshot.findings.some(({ advice }) => advice !== undefined) &&
        snapshot.findings.some(({ engine }) => engine !== undefined),
    );
    for (const [index, { message, advice, engine, since }] of snapshot.findings.entries()) {
      const children = childrenOf(rows[index] ?? assert.fail());
      const text = (icon: string): string => {
        const first = children.findIndex((row) => row.icon.name === icon);
        const end = children.findIndex((row, at) => at > first && row.icon.name !== 'blank');
        return first < 0
          ? ''
          : children
              .slice(first, end < 0 ? undefined : end)
              .map(({ label }) => label)
              .join(' ');
      };
      assert.deepEqual([text('quote'), text('lightbulb')], [message, advice ?? '']);
      assert.equal(text('server-process'), snapshot.engines.find(({ id }) => id === engine)?.name ?? '');
      assert.equal(text('clock') === '', since === undefined);
      for (const { label } of children) assert.ok(label.length <= 30 || !label.includes(' '), label);
    }
  });

  it('has no row without an engine, so that the view shows its welcome', () =>
    assert.deepEqual(metricsTreeRows(undefined, 3, 0), []));

  it('has PromQL in the names of the run, without variables', async () => {
    const { step, snapshot } =
      (await replayRecording('ray-2.57', { trigger: 'timer', expected: 3 }))[6] ?? assert.fail();
    const promqlOf = (engines: typeof snapshot.engines): string[] =>
      flat(metricsTreeRows({ ...snapshot, engines }, 3, step.at)).flatMap(({ promql }) => promql ?? []);
    const onServers = snapshot.engines.map((engine, index) => ({
      ...engine,
      id: `http://h:${8000 + index}/metrics 0`,
    }));
    const [ray, servers] = [promqlOf(snapshot.engines), promqlOf(onServers)];
    assert.ok(ray.includes('max(ray_vllm_kv_cache_usage_perc)') && servers.includes('max(vllm:kv_cache_usage_perc)'));
    assert.deepEqual(
      servers,
      ray.map((promql) => promql.replaceAll('ray_vllm_', 'vllm:')),
    );
    for (const promql of ray) assert.doesNotMatch(promql, /\$/);
    const mixed = promqlOf([...snapshot.engines.slice(1), ...onServers.slice(0, 1)]);
    assert.ok(
      mixed.includes(
        '# KV cache, fullest, on Ray\nmax(ray_vllm_kv_cache_usage_perc)\n\n# KV cache, fullest, on servers\nmax(vllm:kv_cache_usage_perc)',
      ),
      mixed.find((promql) => promql.includes('kv_cache')),
    );
  });
});
