/** What the row of an engine says of its last readings. */
import { strict as assert } from 'node:assert';
import type { Engine, Snapshot } from '../../../../src/api';
import { RowStore } from '../../../../src/views/shared/rowStore';
import { childrenOf, type TreeRow } from '../../../../src/views/shared/treeRow';
import { enginesRow } from '../../../../src/views/tree/enginesRow';
import { actor, at, newScene, rayEngine } from '../../metrics/scene';

const agent = 'http://192.0.2.2:1/metrics';
const descriptions = (snapshot: Snapshot): string[] =>
  childrenOf(enginesRow(snapshot, undefined, snapshot.at)).map(({ description }) => description);

describe('the row of an engine', () => {
  const body = (second: number): string =>
    rayEngine('w1', { num_requests_running: 8, num_requests_waiting: 3, generation_tokens_total: 100 * second });
  const actors = [actor('w1', 'ALIVE')];

  it('says that nothing newer is known and why, instead of what waited before its target failed', () => {
    const scene = newScene();
    const rows = [0, 10, 20, 30, 40, 50].map(
      (second) =>
        descriptions(
          scene.scrape(second, { [agent]: second >= 20 && second < 50 ? undefined : body(second) }, { actors }),
        )[0],
    );
    assert.deepEqual(rows, [
      'active · 3 waiting · 192.0.2.2',
      'active · 3 waiting · 192.0.2.2',
      'active · 3 waiting · 192.0.2.2',
      'quiet · nothing newer than 20 s, its target failed · 192.0.2.2',
      'quiet · nothing newer than 30 s, its target failed · 192.0.2.2',
      'active · 3 waiting · 192.0.2.2',
    ]);
  });

  it('says nothing of that kind between two scrapes that are far apart', () => {
    const snapshot = newScene().scrape(0, { [agent]: body(1) }, { actors });
    assert.match(childrenOf(enginesRow(snapshot, undefined, at(600)))[0]?.description ?? '', /^active · 3 waiting/);
  });
});

describe('the rows of many engines', () => {
  const engines = (count: number): Engine[] =>
    Array.from({ length: count }, (_, index) => ({
      id: `w${index}`,
      name: `engine ${index}`,
      node: `10.0.0.${index >> 3}`,
      state: index === 19 ? ('dead' as const) : index % 8 === 1 ? ('quiet' as const) : ('active' as const),
      measures: { kv_cache_usage_perc: { value: (index % 50) / 100, to: at(0) } },
    }));
  const rowOf = (count: number): TreeRow =>
    enginesRow({ ...newScene().scrape(0, {}), engines: engines(count) }, undefined, at(0));

  it('are grouped by node from 32 engines on, the node with the worst engine first', () => {
    assert.equal(childrenOf(rowOf(31)).length, 31);
    const nodes = childrenOf(rowOf(40));
    assert.deepEqual(
      nodes.map(({ label, description }) => [label, description]),
      [
        ['10.0.0.2', '1 dead, 6 active, 1 quiet · worst: engine 19'],
        ['10.0.0.4', '7 active, 1 quiet · fullest: engine 39, KV 39 %'],
        ['10.0.0.3', '7 active, 1 quiet · fullest: engine 31, KV 31 %'],
        ['10.0.0.1', '7 active, 1 quiet · fullest: engine 15, KV 15 %'],
        ['10.0.0.0', '7 active, 1 quiet · fullest: engine 7, KV 7.0 %'],
      ],
    );
    const [first] = nodes;
    assert.equal(first?.icon.name, 'error');
    const below = first ? childrenOf(first) : [];
    assert.deepEqual([below.length, below[0]?.label, below[0]?.description], [8, 'engine 19', 'dead']);
    assert.ok(
      nodes.every(({ isExpanded }) => isExpanded),
      'engines are there to be found by typing',
    );
  });

  it('put an engine that was replaced last: it is no trouble any more', () => {
    const all = engines(40).map((engine, index) => (index === 3 ? { ...engine, follows: 'w19' } : engine));
    const nodes = childrenOf(enginesRow({ ...newScene().scrape(0, {}), engines: all }, undefined, at(0)));
    const node = nodes.find(({ label }) => label === '10.0.0.2') ?? assert.fail();
    assert.notEqual(nodes[0], node);
    assert.match(node.description, /^6 active, 1 quiet, 1 dead and replaced · fullest: /);
    assert.equal(node.icon.name, 'server');
    assert.equal(childrenOf(node).at(-1)?.label, 'engine 19');
  });

  it('are made only where VS Code asks for them, and reported only if they changed', () => {
    const store = new RowStore();
    const shown = (
      change: (engine: Engine, index: number) => Engine = (engine) => engine,
    ): ReturnType<RowStore['update']> =>
      store.update([enginesRow({ ...newScene().scrape(0, {}), engines: engines(512).map(change) }, undefined, at(0))]);
    assert.equal(shown(), 'all', 'the first time');
    const [root] = store.children();
    assert.deepEqual(shown(), []);
    const fuller = (engine: Engine, index: number): Engine =>
      index === 100 ? { ...engine, measures: { num_requests_waiting: { value: 7, to: at(0) } } } : engine;
    assert.deepEqual(shown(fuller), [], 'nothing below was opened');
    const nodes = store.children(root);
    assert.equal(nodes.length, 64);
    for (const node of nodes) assert.equal(store.children(node).length, 8);
    assert.deepEqual(shown(fuller), []);
    const changes = shown((engine, index) =>
      index === 200 ? { ...fuller(engine, 100), name: 'engine 200' } : fuller(engine, index),
    );
    assert.ok(changes !== 'all');
    assert.deepEqual(
      changes.map(({ label }) => label),
      ['engine 200'],
    );
    const found = store.find('engines', 'engine/w400');
    assert.equal(found?.label, 'engine 400');
    assert.equal(found && store.parent(found)?.label, '10.0.0.50');
  });

  it('are reported when the tooltip that VS Code has is out of date', () => {
    const store = new RowStore();
    const moved = engines(64).map((engine) => ({ ...engine, movedAt: at(0) }));
    const shown = (second: number): ReturnType<RowStore['update']> =>
      store.update([enginesRow({ ...newScene().scrape(0, {}), engines: moved }, undefined, at(second))]);
    shown(3);
    const row = store.find('engines', 'engine/w5') ?? assert.fail();
    assert.deepEqual(shown(4), [], 'VS Code has no tooltip yet');
    assert.ok(store.tooltip(row).includes('Last moved 4 s ago'));
    const changes = shown(9);
    assert.deepEqual(changes !== 'all' && changes.map(({ label }) => label), ['engine 5']);
    assert.deepEqual(shown(14), [], 'VS Code has dropped it');
    assert.ok(store.tooltip(row).includes('Last moved 14 s ago'));
  });

  it('are found also if nothing was opened', () => {
    const store = new RowStore();
    store.update([rowOf(512)]);
    const row = store.find('engines', 'engine/w77');
    assert.equal(row?.label, 'engine 77');
    assert.equal(row && store.parent(row)?.label, '10.0.0.9');
    assert.equal(store.find('engines', 'engine/none'), undefined);
  });
});
