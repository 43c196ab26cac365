/** Tests of the table of config keys by release, and of the data file that was made with it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  newestFields,
  schemaTable,
  schemaVersions,
  type SchemaTable,
} from '../../../../scripts/lib/drift/schemaTable.mjs';
import { root } from '../../../../scripts/lib/paths.mjs';

const size = { key: 'size', type: 'int', default: 1 };
const eager = (value: boolean) => ({ key: 'eager', type: 'bool', default: value });

describe('the table of config keys by release', () => {
  const table = schemaTable([
    { release: '0.1', fields: [size, eager(true), { key: 'urls', type: 'list', default: [] }] },
    { release: '0.2', fields: [size, eager(true)] },
    { release: '0.3', fields: [{ key: 'mode', type: 'text?', default: null }, size, eager(false)] },
    { release: '0.4', fields: [{ key: 'mode', type: 'text?', default: null }, size, eager(false)] },
  ]);

  it('has a span for each time in which a key is the same, open where the newest release has it', () => {
    assert.deepEqual(Object.fromEntries(table.keys.map(({ key, spans }) => [key, spans])), {
      mode: [{ from: '0.3', type: 'text?', default: null }],
      size: [{ from: '0.1', type: 'int', default: 1 }],
      eager: [
        { from: '0.1', to: '0.2', type: 'bool', default: true },
        { from: '0.3', type: 'bool', default: false },
      ],
      urls: [{ from: '0.1', to: '0.1', type: 'list', default: [] }],
    });
  });

  it('has the keys in the newest release’s order, then those that are gone', () => {
    assert.deepEqual(
      table.keys.map(({ key }) => key),
      ['mode', 'size', 'eager', 'urls'],
    );
  });

  it('has a gap where a release lacks a key that a later one has again', () => {
    const again = schemaTable([
      { release: '0.1', fields: [size] },
      { release: '0.2', fields: [] },
      { release: '0.3', fields: [size] },
    ]);
    assert.deepEqual(again.keys[0]?.spans, [
      { from: '0.1', to: '0.1', type: 'int', default: 1 },
      { from: '0.3', type: 'int', default: 1 },
    ]);
  });

  it('gives the newest release’s fields back', () => {
    assert.deepEqual(newestFields(table), [{ key: 'mode', type: 'text?', default: null }, size, eager(false)]);
  });

  it('is made from the newest version of each minor release from 0.1 on', () => {
    assert.deepEqual(schemaVersions(['0.4.1', '0.4.0', '0.3.0', '0.1.2', '0.1.0', '0.0.1']), [
      '0.1.2',
      '0.3.0',
      '0.4.1',
    ]);
  });
});

describe('the data file of SkyRL’s config keys', () => {
  const file = join(root, 'src', 'config', 'schema', 'releases.json');
  const { releases, keys } = JSON.parse(readFileSync(file, 'utf8')) as SchemaTable;

  it('has only types that the extension knows, and spans in the order of releases', () => {
    assert.ok(keys.length > 40);
    for (const { key, spans } of keys) {
      let last = -1;
      for (const { from, to = releases.at(-1), type } of spans) {
        assert.match(type, /^(bool|int|float|text|list|dict)\??$/, key);
        const [first, end] = [releases.indexOf(from), releases.indexOf(to ?? '')];
        assert.ok(first > last && end >= first, `${key} from ${from} to ${to}`);
        last = end;
      }
    }
  });

  it('has what is known of SkyRL’s releases: defaults that changed, keys that came and went', () => {
    const spans = new Map(keys.map((each) => [each.key.replace('generator.inference_engine.', ''), each.spans]));
    assert.deepEqual(spans.get('enable_ray_prometheus_stats'), [
      { from: '0.1', to: '0.2', type: 'bool', default: false },
      { from: '0.3', type: 'bool', default: true },
    ]);
    assert.deepEqual(spans.get('prefill_init_kwargs'), [{ from: '0.4', type: 'dict', default: {} }]);
    assert.deepEqual(spans.get('async_engine'), [{ from: '0.1', to: '0.2', type: 'bool', default: true }]);
    assert.deepEqual(spans.get('speculative_config'), [{ from: '0.3', type: 'dict?', default: null }]);
  });
});
