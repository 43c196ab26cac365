/** Histograms that Ray's agent drops: recorded on Ray 2.60, and made up. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { fixturePath } from '../../demonstration/paths';
import { actor, newScene, rayEngine, type Samples } from '../metrics/scene';

const agent = 'http://192.0.2.2:1/metrics';

describe('histograms that Ray’s agent drops', () => {
  it('are named with the engine that has them, on a recording of Ray 2.60', () => {
    const scene = newScene();
    const snapshots = ['s01', 's02', 's03', 's04'].map((step, index) =>
      scene.scrape(10 * index, {
        [agent]: gunzipSync(readFileSync(fixturePath('ray-2.60', `${step}-node1.prom.gz`))).toString(),
      }),
    );
    const dropped = snapshots.map(({ findings }) => findings.filter(({ id }) => id === 'dropped-families'));
    assert.deepEqual(
      dropped.map(({ length }) => length),
      [0, 0, 1, 1],
      'after 20 s',
    );
    const [finding] = dropped[3] ?? [];
    const [whole, partial] = ['e9621a0d', '6c6059d7'].map((id) =>
      snapshots[3]?.engines.find((engine) => engine.id.startsWith(id)),
    );
    assert.equal(finding?.engine, partial?.id);
    assert.equal(
      finding?.message,
      `${partial?.name}’s histograms are missing on ${partial?.node}: its buckets differ from ${whole?.name}’s (Ray 2.60). Missing: request_prompt_tokens, request_generation_tokens, request_max_num_generation_tokens, request_params_max_tokens, request_prefill_kv_computed_tokens.`,
    );
    assert.match(finding?.advice ?? '', /^From 2\.60 on/);
  });

  const common: Samples = { num_requests_running: 8, generation_tokens_total: 1000 };
  const finished: Samples = {
    ...common,
    request_success_total: 3,
    'request_prompt_tokens_bucket{le="+Inf"}': 3,
    'request_generation_tokens_bucket{le="+Inf"}': 3,
  };
  const { 'request_prompt_tokens_bucket{le="+Inf"}': _, ...partial } = finished;

  for (const [what, other, nodes, expected] of [
    ['an engine that lacks one after requests finished', partial, ['192.0.2.2', '192.0.2.2'], ['dropped-families']],
    ['an engine whose first request runs', common, ['192.0.2.2', '192.0.2.2'], []],
    ['an engine on another node', partial, ['192.0.2.2', '192.0.2.3'], []],
  ] as const)
    it(`are ${expected.length > 0 ? '' : 'not '}reported for ${what}`, () => {
      const scene = newScene();
      const scrape = (second: number) => {
        const moved = { generation_tokens_total: 1000 + 100 * second };
        return scene.scrape(second, {
          [agent]:
            rayEngine('w1', { ...finished, ...moved }, { NodeAddress: nodes[0] }) +
            rayEngine('w2', { ...other, ...moved }, { NodeAddress: nodes[1], Version: '2.55.0' }),
        });
      };
      for (const second of [0, 10]) scrape(second);
      const findings = scrape(20).findings.filter(({ id }) => id === 'dropped-families');
      assert.deepEqual(
        findings.map(({ id }) => id),
        expected,
      );
    });
});

describe('engines that report nothing', () => {
  for (const [version, advice] of [
    ['2.60.0', /ray\[default,serve\]/],
    ['2.61.0.dev0', /ray\[default,serve\]/],
    ['2.57.0', /^Its statistics may be off/],
    ['none', /^Its statistics may be off/],
  ] as const)
    it(`are told ${advice.source} on Ray ${version}`, () => {
      const scene = newScene();
      const actors = [actor('w1', 'ALIVE'), actor('w2', 'ALIVE')];
      const scrape = (second: number) => scene.scrape(second, { [agent]: '' }, { actors, rayVersion: version });
      assert.deepEqual(scrape(0).findings, []);
      const findings = scrape(300).findings;
      assert.deepEqual(
        findings.map(({ id }) => id),
        ['no-report', 'no-report'],
      );
      assert.match(findings[0]?.advice ?? '', advice);
    });

  it('are not told so if one of them reports', () => {
    const scene = newScene();
    const actors = [actor('w1', 'ALIVE'), actor('w2', 'ALIVE')];
    const body = rayEngine('w1', { num_requests_running: 1, generation_tokens_total: 1 }, { Version: '2.60.0' });
    scene.scrape(0, { [agent]: body }, { actors });
    const [finding] = scene.scrape(300, { [agent]: body }, { actors }).findings.filter(({ id }) => id === 'no-report');
    assert.match(finding?.advice ?? '', /^Its statistics may be off/);
  });
});
