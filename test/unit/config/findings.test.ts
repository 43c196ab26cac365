/** Tests of the findings about what a config means for metrics. */
import { strict as assert } from 'node:assert';
import { configFindings } from '../../../src/config/findings';
import { config, textInRange, fixture, nestedConfig, findingLines } from './support';

async function findingsOfText(text: string, environment: Record<string, string | undefined> = {}): Promise<string[]> {
  return findingLines(configFindings(await config(text), environment));
}

/** `severity id line` of the findings for lines of `generator.inference_engine`, which begin at line 4. */
async function findingsOfLines(environment: Record<string, string | undefined>, ...lines: string[]): Promise<string[]> {
  return configFindings(await nestedConfig(...lines), environment).map(
    ({ id, severity, range }) => `${severity} ${id.replace('config-', '')} ${range.startLine + 1}`,
  );
}

describe('config: findings on the line that causes them', () => {
  it('are absent for a good config', async () => {
    assert.deepEqual(await findingsOfText(fixture('nested.yaml')), []);
    assert.deepEqual(await findingsOfText(fixture('documents.yaml')), []);
    assert.deepEqual(await findingsOfText(fixture('dotted.yaml')), []);
  });

  it('name every refused key of a config for an older SkyRL', async () => {
    const text = fixture('rejected.yaml');
    const findings = configFindings(await config(text), {});
    assert.deepEqual(findingLines(findings), [
      'config-rejected-key@3',
      'config-rejected-key@6',
      'config-rejected-key@7',
      'config-rejected-key@8',
      'config-rejected-key@9',
      'config-rejected-key@10',
      'config-chunked-prefill@11',
      'config-stats-off@12',
      'config-overridden@13',
      'config-overridden@15',
      'config-log-stats-off@17',
    ]);
    const overridden = findings.find(({ id }) => id === 'config-overridden');
    assert.ok(overridden);
    assert.equal(textInRange(text, overridden.range), '1024');
    assert.match(
      overridden.message,
      /max_num_seqs is overridden by .*engine_init_kwargs\.max_num_seqs at line 18: 128/,
    );
  });

  it('name the legacy layout', async () => {
    assert.deepEqual(await findingsOfText(fixture('legacy.yaml')), [
      'config-legacy-layout@22',
      'config-stats-off@33',
      'config-log-stats-off@42',
    ]);
  });

  it('say where the metrics of external servers are', async () => {
    const findings = configFindings(await config(fixture('external.yaml')), {});
    assert.deepEqual(
      findings.map(({ id, severity }) => [id, severity]),
      [
        ['config-external-servers', 'info'],
        ['config-url-scheme', 'warning'],
      ],
    );
    assert.equal(findings[0]?.range.startLine, 15);
    assert.match(findings[0]?.message ?? '', /not on this Ray cluster/);
  });

  const old = { _SKYRL_USE_NEW_INFERENCE: '0' };
  for (const [what, environment, lines, expected] of [
    ['stats off', {}, ['enable_ray_prometheus_stats: false'], ['warning stats-off 4']],
    [
      'stats off beside external servers',
      {},
      ['enable_ray_prometheus_stats: false', 'external_server_urls: [a:1]'],
      ['info external-servers 5', 'warning url-scheme 5'],
    ],
    ['stats that do not resolve', {}, ['enable_ray_prometheus_stats: ${oc.env:NO_SUCH}'], []],
    ['log stats off', {}, ['engine_init_kwargs: {disable_log_stats: true}'], ['warning log-stats-off 4']],
    ['log stats on', {}, ['engine_init_kwargs: {disable_log_stats: false}'], []],
    ['the synchronous engine on the old path', old, ['async_engine: false'], ['warning synchronous-engine 4']],
    ['async_engine=false on the new path', {}, ['async_engine: false'], ['info rejected-key 4']],
    ['async_engine=true', {}, ['async_engine: true'], []],
    ['a key that is refused by now, for a SkyRL that took it', old, ['enable_http_endpoint: true'], []],
    ['only a proxy', {}, ['external_proxy_url: http://p:1'], ['info external-proxy 4']],
    ['nobody runs engines', {}, ['run_engines_locally: false'], ['warning no-engines 4']],
    [
      'an address that is none',
      {},
      ['external_server_urls: ["ftp://a", "b:1"]'],
      ['info external-servers 4', 'warning bad-url 4', 'warning url-scheme 4'],
    ],
    [
      'external servers on the trainer’s GPUs',
      {},
      ['external_server_urls: [http://a:1]', 'num_engines: 1\ntrainer: {placement: {colocate_all: true}}'],
      ['info external-servers 4', 'error external-colocated 6'],
    ],
    ['chunked prefill, asked for', {}, ['enable_chunked_prefill: true'], []],
    ['chunked prefill, turned off in vain', {}, ['enable_chunked_prefill: false'], ['warning chunked-prefill 4']],
    [
      'chunked prefill, said in both',
      {},
      ['enable_chunked_prefill: false', 'engine_init_kwargs: {enable_chunked_prefill: false}'],
      [],
    ],
    ['chunked prefill where it is passed on', {}, ['engine_init_kwargs: {enable_chunked_prefill: false}'], []],
    ['the same value in engine_init_kwargs', {}, ['max_num_seqs: 4', 'engine_init_kwargs: {max_num_seqs: 4}'], []],
    [
      'a mapping that is overridden',
      {},
      ['speculative_config: {method: ngram}', 'engine_init_kwargs: {speculative_config: {method: mtp}}'],
      ['warning overridden 4'],
    ],
    ['only in engine_init_kwargs', {}, ['engine_init_kwargs: {max_num_seqs: 4}'], []],
    [
      'a rope mapping',
      {},
      ['engine_init_kwargs: {hf_overrides: {rope_scaling: {factor: 2}}}'],
      ['info rejected-key 4'],
    ],
  ] as const) {
    it(`report ${expected.join(', ') || 'nothing'} for ${what}`, async () => {
      assert.deepEqual(await findingsOfLines(environment, ...lines), expected);
    });
  }

  it('warn of the synchronous engine on the old path, and mention it if the path of a legacy config is not known', async () => {
    const text = 'generator:\n  num_inference_engines: 2\n  async_engine: false\n';
    const severity = async (environment: Record<string, string>): Promise<string | undefined> =>
      configFindings(await config(text), environment).find(({ id }) => id === 'config-synchronous-engine')?.severity;
    assert.equal(await severity(old), 'warning');
    assert.equal(await severity({}), 'info');
    assert.equal(await severity({ _SKYRL_USE_NEW_INFERENCE: '1' }), undefined);
  });
});
