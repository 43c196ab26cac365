/** Tests of the table from a config to where its metrics are. */
import { strict as assert } from 'node:assert';
import { externalRow, pathFor, pathTable, usesNewInference, type PathFacts } from '../../../src/config/metricsPath';
import type { MetricsPath } from '../../../src/config/types';

const base: PathFacts = {
  hasServers: false,
  hasProxy: false,
  runsLocally: true,
  newInference: true,
  asyncEngine: true,
  statsOn: true,
};

/** Which row must hold, one line per row of the table and more where two could fit. */
const cases: readonly (readonly [string, Partial<PathFacts>, row: number, MetricsPath])[] = [
  ['external servers', { hasServers: true, runsLocally: false }, 0, 'external-servers'],
  ['external servers and a proxy', { hasServers: true, hasProxy: true, runsLocally: false }, 0, 'external-servers'],
  ['external servers beside run_engines_locally', { hasServers: true }, 0, 'external-servers'],
  ['external servers with stats off', { hasServers: true, statsOn: false }, 0, 'external-servers'],
  ['only a proxy', { hasProxy: true, runsLocally: false }, 1, 'external-proxy'],
  ['nobody', { runsLocally: false }, 2, 'none'],
  ['new inference', {}, 3, 'ray'],
  ['new inference, async_engine=false', { asyncEngine: false }, 3, 'ray'],
  ['new inference, stats off', { statsOn: false }, 4, 'servers'],
  ['old inference, synchronous', { newInference: false, asyncEngine: false }, 5, 'none'],
  ['old inference, synchronous, stats off', { newInference: false, asyncEngine: false, statsOn: false }, 5, 'none'],
  ['old inference, asynchronous', { newInference: false }, 6, 'ray'],
  ['old inference, asynchronous, stats off', { newInference: false, statsOn: false }, 7, 'none'],
];

describe('config: the inference-path table', () => {
  for (const [what, facts, row, path] of cases) {
    it(`reads from ${path} for ${what}`, () => {
      const found = pathFor({ ...base, ...facts });
      assert.equal(pathTable.indexOf(found), row);
      assert.equal(found.path, path);
    });
  }

  it('has a test case for each of its rows', () => {
    assert.deepEqual(
      [...new Set(cases.map(([, , row]) => row))],
      pathTable.map((_, index) => index),
    );
  });

  it('has a row for every combination of facts', () => {
    const names = Object.keys(base) as (keyof PathFacts)[];
    for (let bits = 0; bits < 2 ** names.length; bits++) {
      const facts = Object.fromEntries(
        names.map((name, index) => [name, (bits >> index) % 2 === 1]),
      ) as unknown as PathFacts;
      const { conditions } = pathFor(facts);
      assert.ok(names.every((name) => conditions[name] === undefined || conditions[name] === facts[name]));
    }
  });

  for (const [text, on] of [
    [undefined, true],
    ['1', true],
    ['true', true],
    ['YES', true],
    ['0', false],
    ['false', false],
    ['', false],
    ['on', false],
  ] as const) {
    it(`uses ${on ? 'the new' : 'the old'} path for _SKYRL_USE_NEW_INFERENCE=${text ?? '(unset)'}`, () => {
      assert.equal(usesNewInference(text === undefined ? {} : { _SKYRL_USE_NEW_INFERENCE: text }), on);
    });
  }
});

describe('config: the matrix of external URLs', () => {
  for (const [proxy, servers, words] of [
    [false, false, /servers and a router of its own/],
    [true, false, /data and control plane/],
    [false, true, /Created router over external servers/],
    [true, true, /fully external setup/],
  ] as const) {
    it(`describes what SkyRL does with proxy ${proxy} and servers ${servers}`, () => {
      assert.match(externalRow({ hasProxy: proxy, hasServers: servers }).message, words);
    });
  }
});
