/** Families that the catalog does not know: read as they declare themselves, and computed only while they are wanted. */
import assert from 'node:assert/strict';
import { maxOtherFamilies } from '../../../src/metrics/otherFamilies';
import { allRows, otherRowsIn } from '../../../src/metrics/otherRows';
import { loadRecording } from '../../demonstration/replay/recording';
import { all, newSource, serverA, serverB, tenFamilies, valuesOf } from './otherScene';

describe('families that the catalog does not know', () => {
  it('are listed with their own type and help, and computed only if they are wanted', async () => {
    const { scrape } = newSource();
    const first = await scrape(0, { bodies: { [serverA]: tenFamilies(0) } });
    assert.deepEqual(
      first.otherFamilies?.map(({ id, type }) => [id, type]),
      [
        ['other/dream_depth', 'gauge'],
        ['other/sheep', 'counter'],
        ['other/wool_bytes', 'counter'],
        ['other/nap_seconds', 'histogram'],
        ['other/yawn_seconds', 'summary'],
        ['other/pillow_info', 'info'],
        ['other/blanket_total', 'unknown'],
        ['other/undeclared', 'unknown'],
        ['other/__proto__', 'gauge'],
        ['other/a name with spaces', 'gauge'],
      ],
    );
    assert.equal(first.otherFamilies?.[0]?.help, 'How deep.\nTwo lines and a \\.');
    assert.deepEqual(valuesOf(first), {});
    const second = await scrape(10, { bodies: { [serverA]: tenFamilies(1) }, wants: (id) => id === 'other/sheep' });
    assert.deepEqual(valuesOf(second), { 'other/sheep': 3 });
    assert.equal(second.otherFamilies, first.otherFamilies);
  });

  it('have values by their type, by engine and together', async () => {
    const { scrape } = newSource();
    await scrape(0, { bodies: { [serverA]: tenFamilies(0), [serverB]: tenFamilies(0, 2) } });
    const snapshot = await scrape(10, {
      bodies: { [serverA]: tenFamilies(1), [serverB]: tenFamilies(1, 2) },
      wants: all,
    });
    assert.deepEqual(valuesOf(snapshot), {
      'other/dream_depth': 9,
      'other/sheep': 9,
      'other/wool_bytes': 200,
      'other/nap_seconds_avg': 1.5,
      'other/nap_seconds_p50': 1,
      'other/nap_seconds_p95': 1.9,
      'other/nap_seconds_p99': 1.98,
      'other/yawn_seconds_avg': 0.5,
      'other/yawn_seconds_p50': 0.5,
      'other/yawn_seconds_p99': 0.75,
      'other/pillow_info': 2,
      'other/blanket_total': 14,
      'other/undeclared': 18,
      'other/__proto__': 22,
      'other/a name with spaces': 26,
    });
    assert.deepEqual(
      snapshot.engines.map((engine) => valuesOf(engine)['other/sheep']),
      [3, 6],
    );
    assert.deepEqual(snapshot.distributions?.['other/nap_seconds']?.counts, [20, 20, 0]);
    assert.equal(snapshot.measures['other/sheep']?.of, 2);
    const infos = snapshot.otherInfos?.filter(({ engine }) => engine === `${serverA} 0`);
    assert.deepEqual(
      infos?.map(({ family, labels }) => [family, Object.entries(labels)]),
      [
        [
          'other/pillow_info',
          [
            ['filling', '<b>down}, "x"</b>'],
            ['__proto__', 'p'],
          ],
        ],
      ],
    );
    const rows = otherRowsIn(snapshot);
    assert.deepEqual(
      new Set(rows.map(({ id }) => id)),
      new Set([...Object.keys(valuesOf(snapshot)), 'other/yawn_seconds_p95']),
    );
    assert.equal(rows.find(({ id }) => id === 'other/wool_bytes')?.unit, 'bytes/s');
    assert.equal(rows.find(({ id }) => id === 'other/sheep')?.promql, 'sum(rate(ray_vllm_sheep_total[$w]))');
    assert.equal(rows.find(({ id }) => id === 'other/a name with spaces')?.promql, 'sum({"vllm:a name with spaces"})');
  });

  it('count from 0 if they appear later, and never make an engine move, restart or stand still', async () => {
    const { scrape } = newSource();
    const running = '# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{engine="0"} 0\n';
    const naps = (count: number): string => `# TYPE vllm:nap_total counter\nvllm:nap_total{engine="0"} ${count}\n`;
    const wool = (count: number): string => `# TYPE vllm:wool_total counter\nvllm:wool_total{engine="0"} ${count}\n`;
    await scrape(0, { bodies: { [serverA]: running + naps(50) } });
    await scrape(10, { bodies: { [serverA]: running + naps(70) } });
    const late = await scrape(20, { bodies: { [serverA]: running + naps(90) + wool(30) }, wants: all });
    assert.deepEqual(valuesOf(late), { 'other/nap': 2, 'other/wool': 3 });
    const fallen = await scrape(30, { bodies: { [serverA]: running + naps(5) + wool(60) }, wants: all });
    assert.equal(valuesOf(fallen)['other/nap'], undefined);
    const [engine] = fallen.engines;
    assert.equal(engine?.movedAt, undefined);
    assert.deepEqual(
      fallen.findings.filter(({ id }) => id !== 'type-changed'),
      [],
    );
    const after = await scrape(40, { bodies: { [serverA]: running + naps(15) + wool(90) }, wants: all });
    assert.deepEqual(valuesOf(after), { 'other/nap': 1, 'other/wool': 3 });
  });

  it('are computed at once when they become wanted between two scrapes', async () => {
    const { scrape, source } = newSource();
    await scrape(0, { bodies: { [serverA]: tenFamilies(0) } });
    const snapshot = await scrape(10, { bodies: { [serverA]: tenFamilies(1) } });
    assert.deepEqual(valuesOf(snapshot), {});
    assert.equal(valuesOf(source.withOther(snapshot, all))['other/sheep'], 3);
  });

  it('have ids that differ, whatever their names are', async () => {
    const { scrape } = newSource();
    const body = [
      '# TYPE vllm:x gauge\nvllm:x{engine="0"} 1',
      '# TYPE vllm:x_total counter\nvllm:x_total{engine="0"} 2',
      '# TYPE vllm:y_avg gauge\nvllm:y_avg{engine="0"} 3',
      '# TYPE vllm:y histogram\nvllm:y_bucket{engine="0",le="+Inf"} 4\nvllm:y_sum{engine="0"} 4\nvllm:y_count{engine="0"} 4',
    ].join('\n');
    const snapshot = await scrape(0, { bodies: { [serverA]: `${body}\n` } });
    assert.deepEqual(
      snapshot.otherFamilies?.map(({ id }) => id),
      ['other/x', 'other/x_2', 'other/y_avg', 'other/y_2'],
    );
    const ids = allRows(snapshot).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('are limited in number, and the rest is counted', async () => {
    const { scrape } = newSource();
    const many = Array.from({ length: maxOtherFamilies + 25 }, (_, n) => `vllm:invented_${n}{engine="0"} ${n}\n`);
    const snapshot = await scrape(0, {
      bodies: { [serverA]: `vllm:num_requests_running{engine="0"} 0\n${many.join('')}` },
      wants: all,
    });
    assert.equal(snapshot.otherFamilies?.length, maxOtherFamilies);
    assert.equal(snapshot.otherFamiliesOmitted, 25);
    assert.equal(Object.keys(valuesOf(snapshot)).length, maxOtherFamilies);
  });

  it('of Dynamo are about its server, and keep their prefix', async () => {
    const { scrape } = newSource();
    const body = (n: number): string =>
      `vllm:num_requests_running{engine="0"} 0\n# TYPE dynamo_component_dreams_total counter\ndynamo_component_dreams_total ${40 * n}\n`;
    await scrape(0, { bodies: { [serverA]: body(0) } });
    const snapshot = await scrape(10, { bodies: { [serverA]: body(1) }, wants: all });
    assert.deepEqual(valuesOf(snapshot), { 'other/dynamo_component_dreams': 4 });
    const [part] = snapshot.parts ?? [];
    assert.deepEqual([part?.kind, part && valuesOf(part)], ['server', { 'other/dynamo_component_dreams': 4 }]);
    assert.equal(otherRowsIn(snapshot)[0]?.promql, 'sum(rate(dynamo_component_dreams_total[$w]))');
  });

  it('list the labels of an info family once for all ranks of an engine', async () => {
    const { scrape } = newSource();
    const series = (rank: number, filling: string): string =>
      `ray_vllm_pillow_info{WorkerId="w",Version="2.60.0",engine="${rank}",filling="${filling}"} 1\n`;
    const running = `ray_vllm_num_requests_running{WorkerId="w",Version="2.60.0",engine="0"} 1\n`;
    const body = `${running}# TYPE ray_vllm_pillow_info gauge\n${series(0, 'down')}${series(1, 'down')}${series(2, 'wool')}`;
    const snapshot = await scrape(0, { bodies: { [serverA]: body }, wants: all });
    assert.deepEqual(
      snapshot.otherInfos?.map(({ engine, labels }) => [engine, labels]),
      [
        ['w', { filling: 'down' }],
        ['w', { filling: 'wool' }],
      ],
    );
  });

  it('leave out when a counter was created, and a counter that Ray 2.51 doubles as a gauge', async () => {
    const { scrape } = newSource();
    const labels = '{WorkerId="w",Version="2.51.0",engine="0"}';
    const body = `# TYPE ray_vllm_sheep_total counter
ray_vllm_sheep_total${labels} 5
# TYPE ray_vllm_sheep gauge
ray_vllm_sheep${labels} 5
# TYPE ray_vllm_generation_tokens_total counter
ray_vllm_generation_tokens_total${labels} 5
# TYPE ray_vllm_generation_tokens gauge
ray_vllm_generation_tokens${labels} 5
# TYPE vllm:prompt_tokens_created gauge
vllm:prompt_tokens_created{engine="0"} 1.7e9
`;
    const snapshot = await scrape(0, { bodies: { [serverA]: body } });
    assert.deepEqual(
      snapshot.otherFamilies?.map(({ id }) => id),
      ['other/sheep'],
    );
    assert.deepEqual(snapshot.findings, []);
  });
});

describe('a family whose declared type contradicts the catalog', () => {
  const body = (tokens: number, running: number): string => `
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{engine="0"} 0.5
# HELP vllm:generation_tokens Now a gauge.
# TYPE vllm:generation_tokens gauge
vllm:generation_tokens{engine="0"} ${tokens}
# TYPE vllm:num_requests_running_total counter
vllm:num_requests_running_total{engine="0"} ${running}
`;

  it('is read as declared, has no value in the catalog’s row, and a finding says so', async () => {
    const { scrape } = newSource();
    await scrape(0, { bodies: { [serverA]: body(100, 10) } });
    const snapshot = await scrape(10, { bodies: { [serverA]: body(150, 30) }, wants: all });
    assert.equal(snapshot.measures['generation_throughput_tok_s'], undefined);
    assert.deepEqual(valuesOf(snapshot), { 'other/generation_tokens': 150, 'other/num_requests_running': 2 });
    const [finding] = snapshot.findings.filter(({ id }) => id === 'type-changed');
    assert.equal(
      finding?.message,
      'This vLLM declares other types than the releases that are known: generation_tokens is a gauge, not a counter; num_requests_running is a counter, not a gauge. Rows that need the known type have no value.',
    );
  });

  it('is none in any recording, and every family there has a row', async () => {
    for (const name of ['ray-2.51', 'ray-2.56', 'ray-2.57', 'ray-2.57-speculation'] as const) {
      const { scrape } = newSource();
      for (const [index, { bodies }] of loadRecording(name).steps.entries()) {
        const byUrl = bodies.map(({ node, bytes }) => [`http://192.0.2.${node}:1/metrics`, bytes.toString()] as const);
        const snapshot = await scrape(index * 10, { bodies: Object.fromEntries(byUrl) });
        const changed = snapshot.findings.filter(({ id }) => id === 'type-changed');
        assert.deepEqual([changed, snapshot.otherFamilies ?? []], [[], []], name);
      }
    }
  });
});
