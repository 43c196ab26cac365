/** Tests of the config schema by release: types, defaults, and the words that say whose default it is. */
import { strict as assert } from 'node:assert';
import { defaultsFor, describeReleases, keyIn, keySchemas, schemaRelease } from '../../../src/config/schema';
import { engine } from './support';

type Release = Parameters<typeof defaultsFor>[1];

/** The default of an engine key with its description, as one line. */
function defaultOf(name: string, layout: 'nested' | 'legacy', release?: Release): string | undefined {
  const found = defaultsFor(layout, release).find(({ key }) => key === `${engine}.${name}`);
  return found && `${JSON.stringify(found.value)}, ${found.description}`;
}

describe('config: defaults by release', () => {
  it('are those of the release in use, with what others have', () => {
    assert.equal(defaultOf('num_engines', 'nested', '0.3'), '1, default of SkyRL 0.3');
    assert.equal(defaultOf('enforce_eager', 'nested', '0.4'), 'false, default of SkyRL 0.4; before true');
    assert.equal(
      defaultOf('enable_ray_prometheus_stats', 'nested', '0.2'),
      'false, default of SkyRL 0.2; since 0.3 true',
    );
  });

  it('are those of the newest release where the one in use is not known', () => {
    assert.equal(defaultOf('num_engines', 'nested'), '1, default of SkyRL 0.4');
    assert.equal(defaultOf('enforce_eager', 'nested'), 'false, default since SkyRL 0.3; before true');
    assert.equal(defaultOf('prefill_init_kwargs', 'nested'), '{}, default since SkyRL 0.4');
  });

  it('are those of the releases that read the legacy layout', () => {
    assert.equal(defaultOf('num_engines', 'legacy'), '1, default of SkyRL 0.1 and 0.2');
    assert.equal(defaultOf('enforce_eager', 'legacy'), 'true, default of SkyRL 0.1 and 0.2; since 0.3 false');
    assert.equal(defaultOf('distributed_executor_backend', 'legacy'), '"ray", default of SkyRL 0.2');
    assert.equal(defaultOf('remote_urls', 'legacy'), '["127.0.0.1:8001"], default of SkyRL 0.1 and 0.2');
  });

  it('leave out keys that the release does not have', () => {
    assert.equal(defaultOf('prefill_init_kwargs', 'nested', '0.3'), undefined);
    assert.equal(defaultOf('async_engine', 'nested', '0.4'), undefined);
    assert.equal(defaultOf('async_engine', 'nested', '0.2'), 'true, default of SkyRL 0.2');
  });
});

describe('config: keys by release', () => {
  it('have a type, and are null only where SkyRL takes null', () => {
    assert.deepEqual(keySchemas.get(`${engine}.num_engines`), { type: 'int', nullable: false });
    assert.deepEqual(keySchemas.get(`${engine}.fp8_weight_sync_mode`), { type: 'text', nullable: true });
    assert.deepEqual(keySchemas.get(`${engine}.decode_init_kwargs`), { type: 'dict', nullable: false });
    assert.equal(keySchemas.get(`${engine}.no_such_key`), undefined);
  });

  it('are in a release or not', () => {
    assert.equal(keyIn('0.3', `${engine}.fp8_weight_sync_mode`), undefined);
    assert.equal(keyIn('0.4', `${engine}.fp8_weight_sync_mode`)?.type, 'text?');
    assert.equal(describeReleases(`${engine}.fp8_weight_sync_mode`), 'since 0.4');
    assert.equal(describeReleases(`${engine}.remote_urls`), '0.1 to 0.2');
    assert.equal(describeReleases(`${engine}.no_such_key`), undefined);
  });

  it('are read as the nearest release of the schema', () => {
    const rows = [
      ['0.4.0', '0.4'],
      ['0.3.2+local', '0.3'],
      ['2.99', '0.4'],
      ['0.0.1', '0.1'],
      ['x', undefined],
    ] as const;
    for (const [version, release] of rows) assert.equal(schemaRelease(version), release, version);
  });
});
