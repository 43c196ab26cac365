/** Tests of the catalog against the families that vLLM's releases declare: types, labels, and that none is left out silently. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { compareFamilies, type Row } from '../../../scripts/lib/drift/compare.mjs';
import type { Family } from '../../../scripts/lib/drift/facts.mjs';
import { leftOutOfVllm, olderFamilies } from '../../../scripts/lib/drift/knownDifferences.mjs';
import { catalog } from '../../../src/metrics/catalog';
import { newestKnown } from '../../../src/shared/knownReleases';
import { fixturePath } from '../../demonstration/paths';

const exporters = /^(skyrl|node|dynamo|lmcache|http)_/;
const rows = catalog.filter(({ families }) => families.some((family) => !exporters.test(family))) as Row[];

function familiesOf(release: string): Family[] {
  const lines = readFileSync(fixturePath(`vllm-families/${release}.tsv`), 'utf8')
    .trim()
    .split('\n');
  return lines
    .filter((line) => !line.startsWith('#'))
    .map((line) => {
      const [name = '', type = '', labels = '', path = ''] = line.split('\t');
      return { name: name.replace(/^vllm:/, ''), type: type as Family['type'], labels: labels.split(','), path };
    });
}

describe('the catalog and the newest vLLM that it was checked with', () => {
  const families = familiesOf(newestKnown.vLLM);

  it('agree on every family, its type and the labels that rows select by', () => {
    assert.ok(families.length > 130, `${families.length} families`);
    assert.deepEqual(compareFamilies({ rows, families, older: olderFamilies, leftOut: leftOutOfVllm }), {
      gone: [],
      changed: [],
      added: [],
    });
  });

  it('leave out only families that exist', () => {
    for (const [pattern] of leftOutOfVllm)
      assert.ok(
        families.some(({ name }) => pattern.test(name)),
        String(pattern),
      );
    for (const name of Object.keys(olderFamilies)) assert.ok(!families.some((family) => family.name === name), name);
  });
});

describe('the catalog and the vLLM before', () => {
  it('differ only in what came with the newest', () => {
    const older = compareFamilies({ rows, families: familiesOf('0.32'), older: olderFamilies, leftOut: leftOutOfVllm });
    assert.deepEqual([older.changed, older.added], [[], []]);
    assert.deepEqual(older.gone.map((each) => each.replace(/, which.*/, '')).sort(), [
      'kv_offload_config_info',
      'kv_offload_tiering_promotion_latency_seconds',
      'mooncake_bytes_transferred',
      'mooncake_num_descriptors',
      'mooncake_num_failed_recvs',
      'mooncake_num_failed_transfers',
      'mooncake_num_kv_expired_reqs',
      'mooncake_xfer_time_seconds',
      'umbp_transfer_bytes',
      'umbp_transfer_completed',
      'umbp_transfer_failed',
      'umbp_transfer_submitted',
    ]);
  });
});
