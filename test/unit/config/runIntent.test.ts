/** Tests of the typed view of a config and of external URLs. */
import { strict as assert } from 'node:assert';
import { resolveIntent } from '../../../src/config/runIntent';
import { readUrls } from '../../../src/config/urls';
import { config, engine, fixture, nestedConfig } from './support';

const old = { _SKYRL_USE_NEW_INFERENCE: '0' };

describe('config: intent', () => {
  it('is all defaults without a config, and no count is known', () => {
    const { statsReason, metricsPathReason, ...rest } = resolveIntent(undefined);
    assert.deepEqual(rest, {
      numEngines: undefined,
      dataParallelSize: undefined,
      expectedEngines: undefined,
      environmentHints: [],
      statsOn: true,
      statsStatus: 'default',
      asyncEngine: true,
      runEnginesLocally: true,
      externalServerUrls: [],
      externalProxyUrl: undefined,
      modelName: undefined,
      newInference: true,
      metricsPath: 'ray',
      fieldValues: {},
    });
    assert.match(statsReason, /on since SkyRL 0\.3/);
    assert.match(metricsPathReason, /report to Ray/);
  });

  it('reads the nested layout', async () => {
    const run = await config(fixture('nested.yaml'));
    const wants = resolveIntent(run);
    assert.equal(wants.numEngines, 4);
    assert.equal(wants.dataParallelSize, 2);
    assert.equal(wants.expectedEngines, 8);
    assert.equal(wants.statsStatus, 'written');
    assert.equal(wants.modelName, 'Qwen/Qwen2.5-7B-Instruct', 'served_model_name is null there');
    assert.equal(wants.metricsPath, 'ray');
    assert.equal(wants.fieldValues.numEngines, run.values.get(`${engine}.num_engines`));
    assert.equal(wants.fieldValues.modelName?.key, 'trainer.policy.model.path');
    assert.equal(wants.fieldValues.externalServerUrls, undefined);
    assert.match(wants.statsReason, /line 38/);
  });

  it('reads the legacy layout, where an unwritten flag is off and remote URLs do not count beside local engines', async () => {
    const run = await config(fixture('legacy.yaml'));
    assert.equal(resolveIntent(run).statsOn, false);
    assert.equal(resolveIntent(run).statsStatus, 'written');
    assert.equal(resolveIntent(run).metricsPath, 'servers');
    assert.deepEqual(resolveIntent(run).externalServerUrls, []);
    run.values.delete(`${engine}.enable_ray_prometheus_stats`);
    assert.equal(resolveIntent(run).statsOn, false);
    assert.equal(resolveIntent(run).statsStatus, 'default');
    assert.match(resolveIntent(run).statsReason, /off, the default of the legacy layout/);
    assert.equal(resolveIntent(run, old).metricsPath, 'none');
  });

  it('has an unwritten flag of the nested layout on', async () => {
    const wants = resolveIntent(await nestedConfig('num_engines: 2'));
    assert.deepEqual([wants.statsOn, wants.statsStatus, wants.metricsPath], [true, 'default', 'ray']);
  });

  it('says so when a flag does not resolve', async () => {
    const wants = resolveIntent(
      await nestedConfig('enable_ray_prometheus_stats: ${oc.env:NO_SUCH}', 'num_engines: ${oc.env:NO_SUCH}'),
    );
    assert.deepEqual([wants.statsOn, wants.statsStatus, wants.numEngines], [true, 'unresolved', undefined]);
    assert.match(wants.statsReason, /NO_SUCH is not set/);
    assert.ok(wants.fieldValues.numEngines?.unresolvedReason);
  });

  it('reads the old path from the environment', async () => {
    assert.equal(resolveIntent(await nestedConfig('async_engine: false'), old).metricsPath, 'none');
    assert.equal(resolveIntent(await nestedConfig('async_engine: true'), old).metricsPath, 'ray');
    assert.equal(resolveIntent(await nestedConfig('async_engine: false')).metricsPath, 'ray');
  });

  it('prefers the model name in engine_init_kwargs', async () => {
    assert.equal(resolveIntent(await config(fixture('dumped.yaml'))).modelName, 'policy');
    assert.equal(
      resolveIntent(await nestedConfig('engine_init_kwargs: {served_model_name: [first, second]}')).modelName,
      'first',
    );
    assert.equal(resolveIntent(await nestedConfig('served_model_name: mine')).modelName, 'mine');
  });

  it('converts text, and knows no count where one of the wrong type is written', async () => {
    assert.equal(resolveIntent(await nestedConfig('num_engines: "4"')).numEngines, 4);
    assert.equal(resolveIntent(await nestedConfig('num_engines: four')).numEngines, undefined);
    assert.equal(resolveIntent(await nestedConfig('num_engines: 0')).numEngines, undefined);
    assert.equal(resolveIntent(await nestedConfig('max_num_seqs: many')).expectedEngines, 1);
    assert.equal(resolveIntent(await nestedConfig('enable_ray_prometheus_stats: "false"')).statsOn, false);
  });
});

describe('config: external servers', () => {
  it('are read with schemes, and a proxy from the environment', async () => {
    const wants = resolveIntent(
      await config(fixture('external.yaml'), { EXTERNAL_PROXY_URL: 'http://10.0.0.1:40859/' }),
    );
    assert.deepEqual(wants.externalServerUrls, ['http://10.0.0.11:8000', 'http://10.0.0.12:8001']);
    assert.equal(wants.externalProxyUrl, 'http://10.0.0.1:40859');
    assert.deepEqual(wants.fieldValues.externalProxyUrl?.fromEnvironment, ['EXTERNAL_PROXY_URL']);
    assert.equal(wants.metricsPath, 'external-servers');
    assert.equal(wants.expectedEngines, 2);
    assert.equal(resolveIntent(await config(fixture('external.yaml'), {})).externalProxyUrl, undefined);
  });

  it('may be only a proxy', async () => {
    const wants = resolveIntent(await nestedConfig('run_engines_locally: false', 'external_proxy_url: 127.0.0.1:8000'));
    assert.deepEqual(
      [wants.metricsPath, wants.externalProxyUrl, wants.expectedEngines],
      ['external-proxy', 'http://127.0.0.1:8000', undefined],
    );
  });

  it('may be legacy remote URLs if no engines are local', async () => {
    const wants = resolveIntent(
      await config('generator:\n  run_engines_locally: false\n  remote_inference_engine_urls: ["127.0.0.1:8001"]\n'),
    );
    assert.deepEqual([wants.metricsPath, wants.externalServerUrls], ['external-servers', ['http://127.0.0.1:8001']]);
    assert.equal(wants.fieldValues.externalServerUrls?.key, `${engine}.remote_urls`);
  });

  it('are elsewhere even if the addresses do not resolve', async () => {
    const wants = resolveIntent(await nestedConfig('external_server_urls: ${oc.env:SERVERS}'));
    assert.deepEqual(
      [wants.metricsPath, wants.externalServerUrls, wants.expectedEngines],
      ['external-servers', [], undefined],
    );
  });

  for (const [written, urls] of [
    [
      ['http://a:1', 'b:2'],
      ['http://a:1', 'http://b:2'],
    ],
    ["['http://a:1','http://b:2']", ['http://a:1', 'http://b:2']],
    ['["http://a:1", "b:2"]', ['http://a:1', 'http://b:2']],
    ["['127.0.0.1:8001']", ['http://127.0.0.1:8001']],
    ['[a:1, b:2]', ['http://a:1', 'http://b:2']],
    ['http://a:1/, https://b', ['http://a:1', 'https://b']],
    ['http://[::1]:8000', ['http://[::1]:8000']],
    ['[fd00::7]:8000, [fd00::8]:8100', ['http://[fd00::7]:8000', 'http://[fd00::8]:8100']],
    ['["http://[fd00::7]:8000"]', ['http://[fd00::7]:8000']],
    ['fd00::7', ['http://[fd00::7]']],
    ['[fd00::7]', ['http://[fd00::7]']],
    [['http://a:1', 'http://a:1/'], ['http://a:1']],
    [null, []],
    ['', []],
    ['[]', []],
    ['None', []],
    [undefined, []],
  ] as const) {
    it(`are ${urls.join(', ') || 'none'} in ${JSON.stringify(written)}`, () => {
      assert.deepEqual(readUrls(written), { urls, bad: [] });
    });
  }

  it('do not include texts that are no address', () => {
    assert.deepEqual(readUrls(['file:///etc/passwd', 'http://', 'a b', 'ftp://x', { host: 1 }, 'ok:1']).bad, [
      'file:///etc/passwd',
      'http://',
      'a b',
      'ftp://x',
      '[object Object]',
    ]);
  });
});
