/** The files for a Prometheus, checked by promtool. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Discovery } from '../../../src/discovery/discover';
import { rayTarget, serverTarget, type Target } from '../../../src/discovery/targets';
import { catalog } from '../../../src/metrics/catalog';
import { scrapeConfig } from '../../../src/prometheus/scrapeConfig';
import { findPrometheus, promtool, runToEnd } from '../../prometheus/server';

const ray = ['192.0.2.1:61001', '[2001:db8::1]:61001'].map((address) => rayTarget(address, 'dashboard') as Target);
const servers = ['http://192.0.2.9:8000', 'https://llm.test/inner/metrics'].map((url) =>
  serverTarget(url, 'vllm', 'setting'),
);
const dashboard: Discovery['dashboard'] = {
  url: 'http://192.0.2.1:8265',
  configuredBy: 'setting',
  typedByUser: true,
  state: 'ok',
  token: { state: 'none' },
};
const file = {
  path: '/tmp/ray/prom_metrics_service_discovery.json',
  writtenAt: 0,
  isFresh: true,
  targets: ray,
  origin: 'default' as const,
};

const clusters: Record<string, Discovery> = {
  'a Ray cluster by its dashboard': { targets: ray, reason: '', ray: { version: '2.57.0' }, dashboard },
  'a Ray cluster on this machine, with a token': {
    targets: ray,
    reason: '',
    ray: { version: '2.54.0' },
    file,
    dashboard: { ...dashboard, token: { state: 'sent', provider: 'command' } },
  },
  'servers without Ray': { targets: servers, reason: '', ray: {} },
  'Ray and servers': { targets: [...ray, ...servers], reason: '', ray: {}, dashboard, file },
};

describe('the files for a Prometheus', () => {
  let tool = '';
  let folder = '';
  before(function () {
    const found = findPrometheus();
    if ('reason' in found) return this.skip();
    tool = promtool(found.path);
    return undefined;
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skyrl-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const [what, discovery] of Object.entries(clusters)) {
    it(`are accepted by promtool for ${what}`, async () => {
      const files = scrapeConfig(discovery);
      for (const { name, text } of files) writeFileSync(join(folder, name), text);
      for (const { name } of files.filter((each) => each.name.includes('prometheus'))) {
        // promtool mentions that Ray's file is missing here, which is not an error.
        assert.match(await runToEnd(tool, ['check', 'config', join(folder, name)]), /is valid prometheus config file/);
      }
      const limited = catalog.filter(({ thresholds }) => thresholds).length;
      const output = await runToEnd(tool, ['check', 'rules', join(folder, 'skyrl-alerts.yml')]);
      assert.match(output, /SUCCESS: (\d+) rules found/);
      const count = Number(/(\d+) rules found/.exec(output)?.[1]);
      assert.ok(count >= limited && count <= 4 * limited, output);
    });
  }

  const textOf = (discovery: Discovery, name: string): string =>
    scrapeConfig(discovery).find((each) => each.name === name)?.text ?? '';

  it('list targets in the format of file_sd', () => {
    assert.deepEqual(JSON.parse(textOf(clusters['Ray and servers'] as Discovery, 'skyrl-targets.json')), [
      { targets: ['192.0.2.9:8000'], labels: {} },
      { targets: ['llm.test:443'], labels: { __scheme__: 'https', __metrics_path__: '/inner/metrics' } },
    ]);
    assert.deepEqual(
      JSON.parse(textOf(clusters['a Ray cluster by its dashboard'] as Discovery, 'skyrl-targets.json')),
      [{ targets: ['192.0.2.1:61001', '[2001:db8::1]:61001'], labels: {} }],
    );
  });

  it('use the dashboard’s service discovery if there is one, and hold no token', () => {
    const text = textOf(
      clusters['a Ray cluster on this machine, with a token'] as Discovery,
      'skyrl-prometheus.http_sd.yml',
    );
    assert.match(text, /url: "http:\/\/192\.0\.2\.1:8265\/api\/prometheus\/sd"/);
    assert.match(text, /credentials_file/);
    assert.match(text, /Ray 2\.54\.0 hands each gauge to one reader only/);
    assert.equal(textOf(clusters['servers without Ray'] as Discovery, 'skyrl-prometheus.http_sd.yml'), '');
  });

  it('alert by engine, in the names of the targets', () => {
    assert.match(
      textOf(clusters['a Ray cluster by its dashboard'] as Discovery, 'skyrl-alerts.yml'),
      /\(max by \(WorkerId\) \(ray_vllm_kv_cache_usage_perc\)\) >= 0\.98/,
    );
    const native = textOf(clusters['servers without Ray'] as Discovery, 'skyrl-alerts.yml');
    assert.match(native, /\(max by \(instance, engine\) \(vllm:kv_cache_usage_perc\)\) >= 0\.9"/);
    assert.ok(!native.includes('ray_'));
  });

  it('cannot be made without targets', () => {
    assert.throws(() => scrapeConfig({ targets: [], reason: '', ray: {} }), /No target is known/);
  });

  it('have rules that fire for one engine', async () => {
    const rules = textOf(clusters['a Ray cluster by its dashboard'] as Discovery, 'skyrl-alerts.yml');
    writeFileSync(join(folder, 'skyrl-alerts.yml'), rules);
    writeFileSync(
      join(folder, 'test.yml'),
      JSON.stringify({
        rule_files: ['skyrl-alerts.yml'],
        evaluation_interval: '30s',
        tests: [
          {
            interval: '30s',
            input_series: [
              { series: 'ray_vllm_kv_cache_usage_perc{WorkerId="a"}', values: '0.95x20' },
              { series: 'ray_vllm_kv_cache_usage_perc{WorkerId="b"}', values: '0.5x20' },
            ],
            alert_rule_test: [
              {
                eval_time: '5m',
                alertname: 'SkyrlKvCacheUsagePerc',
                exp_alerts: [
                  {
                    exp_labels: { severity: 'warning', reporter: 'ray', WorkerId: 'a' },
                    exp_annotations: {
                      summary: 'KV cache, fullest: 95%',
                      description: JSON.parse(
                        /description: (".*fullest engine.*Limit 90 %.*")/.exec(rules)?.[1] ?? '""',
                      ) as string,
                    },
                  },
                ],
              },
            ],
          },
        ],
      }),
    );
    assert.match(await runToEnd(tool, ['test', 'rules', join(folder, 'test.yml')]), /SUCCESS/);
  });
});
