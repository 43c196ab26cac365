import assert from 'node:assert/strict';
import { isToHost, isToPage } from '../../../src/shared/protocol';
import { packSeries } from '../../../src/shared/seriesColumns';
import { defaultViewOptions } from '../../../src/shared/viewOptions';

const series = {
  measure: 'kv',
  at: [1, 2, 3],
  value: [0.1, null, 0],
  lowest: [0, null, null],
  highest: [1, null, null],
};
const data = {
  series: [series, { measure: 'kv', engine: { id: 'w', name: '<img src=x onerror=alert(1)>' }, at: [1], value: [1] }],
  bands: [],
  engineCount: 1,
};
const report = { plots: [{ id: 'kv', series: 1, points: 3 }], foreground: '#fff', from: 1, to: 2 };
const row = {
  id: 'kv',
  label: '<b>KV</b>',
  short: 'KV',
  unit: 'fraction',
  category: 'KV cache',
  help: '',
  aggregate: 'max',
  available: true,
};

describe('the protocol of host and page', () => {
  it('accepts every message of either direction', () => {
    for (const message of [
      { type: 'snapshot', data, now: 5 },
      { type: 'snapshot', data, now: 5, id: 1 },
      { type: 'append', data: { series: [], bands: [], engineCount: 0 }, now: 5 },
      { type: 'status', message: '' },
      { type: 'options', options: defaultViewOptions },
      { type: 'capture', request: 1 },
      {
        type: 'choices',
        rows: [row, { ...row, thresholds: { warning: 0.9, error: 1, source: 'x' }, histogram: 'h' }],
        engines: [
          { id: 'w', name: 'engine 0' },
          { id: 'v', name: 'engine 1', node: '10.0.0.1', state: 'asleep' },
        ],
      },
      { type: 'snapshot', data: { ...data, columns: packSeries(data.series) }, now: 5 },
    ])
      assert.ok(isToPage(message), message.type);
    for (const message of [
      { type: 'ready' },
      { type: 'setOptions', options: defaultViewOptions },
      { type: 'drawn', report },
      { type: 'drawn', report, snapshot: 1 },
      { type: 'zoom' },
      { type: 'zoom', range: { from: 1, to: 2 } },
      { type: 'take', what: 'png' },
      { type: 'selectEngine', engine: 'w' },
      { type: 'picture', request: 1, png: 'iVBORw0KGgo=' },
    ])
      assert.ok(isToHost(message), message.type);
  });

  it('keeps the directions apart', () => {
    assert.equal(isToPage({ type: 'ready' }), false);
    assert.equal(isToHost({ type: 'snapshot', data, now: 5 }), false);
    assert.equal(isToPage({ type: 'snapshot', data, now: 5, id: -1 }), false);
    assert.equal(isToHost({ type: 'drawn', report, snapshot: '1' }), false);
  });

  it('refuses what is not a message', () => {
    for (const message of [
      undefined,
      null,
      1,
      'ready',
      [],
      ['ready'],
      {},
      { type: 1 },
      { type: 'other' },
      { type: '__proto__' },
      { type: 'constructor' },
      { type: 'toString' },
    ]) {
      assert.equal(isToPage(message), false);
      assert.equal(isToHost(message), false);
    }
  });

  const brokenSeries: Record<string, unknown> = {
    'no measure': { ...series, measure: undefined },
    'a measure that is not a text': { ...series, measure: 1 },
    'a column that is too short': { ...series, value: [1] },
    'a spread that is too long': { ...series, lowest: [1, 2, 3, 4] },
    'a text among numbers': { ...series, value: [1, '2', 3] },
    'a number that is not finite': { ...series, value: [1, Infinity, 3] },
    'a time that is null': { ...series, at: [1, null, 3] },
    'times out of order': { ...series, at: [1, 3, 2] },
    'a repeated time': { ...series, at: [1, 1, 2] },
    'an engine without a name': { ...series, engine: { id: 'x' } },
    'an engine that is null': { ...series, engine: null },
    'a text in place of an object': 'series',
  };
  for (const [what, broken] of Object.entries(brokenSeries)) {
    it(`refuses a snapshot with a series that has ${what}`, () => {
      assert.equal(
        isToPage({ type: 'snapshot', data: { series: [series, broken], bands: [], engineCount: 0 }, now: 5 }),
        false,
      );
    });
  }

  const band = { kind: 'state', engine: { id: 'w', name: 'engine 0' }, from: 1, to: 5, label: 'asleep' };
  const distribution = {
    histogram: 'ttft_seconds',
    bounds: [0.1, 1],
    from: [0, 10],
    to: [10, 20],
    counts: [
      [1, 2, 3],
      [0, 0, 0],
    ],
  };

  it('accepts bands and distributions', () => {
    const phase = { kind: 'phase', from: 1, label: '<b>generate</b>' };
    assert.ok(
      isToPage({
        type: 'snapshot',
        now: 5,
        data: {
          ...data,
          bands: [band, phase, { ...band, kind: 'reset', to: undefined }],
          distributions: [distribution],
        },
      }),
    );
  });

  const broken: Record<string, Record<string, unknown>> = {
    'bands that are not a list': { bands: band },
    'a band of another kind': { bands: [{ ...band, kind: 'weather' }] },
    'a band without a beginning': { bands: [{ ...band, from: undefined }] },
    'a band whose label is markup in an object': { bands: [{ ...band, label: { html: '' } }] },
    'a distribution with bounds out of order': { distributions: [{ ...distribution, bounds: [1, 0.1] }] },
    'a distribution with a bucket too few': {
      distributions: [
        {
          ...distribution,
          counts: [
            [1, 2, 3],
            [0, 0],
          ],
        },
      ],
    },
    'a distribution with a negative count': {
      distributions: [
        {
          ...distribution,
          counts: [
            [1, 2, 3],
            [0, -1, 0],
          ],
        },
      ],
    },
    'a distribution with a row too few': { distributions: [{ ...distribution, counts: [[1, 2, 3]] }] },
  };
  for (const [what, change] of Object.entries(broken)) {
    it(`refuses a snapshot with ${what}`, () => {
      assert.equal(isToPage({ type: 'snapshot', now: 5, data: { ...data, ...change } }), false);
    });
  }

  it('refuses data without a count of engines, and a message without the host’s clock', () => {
    assert.equal(isToPage({ type: 'append', data: { series: [], bands: [] }, now: 5 }), false);
    assert.equal(isToPage({ type: 'append', data: { series: [], bands: [], engineCount: -1 }, now: 5 }), false);
    assert.equal(isToPage({ type: 'append', data: { series: [], bands: [], engineCount: 0 } }), false);
    assert.equal(isToPage({ type: 'append', data: { series: [], bands: [], engineCount: 0 }, now: NaN }), false);
  });

  it('refuses requests that the page may not make', () => {
    for (const message of [
      { type: 'take', what: 'secret' },
      { type: 'zoom', range: { from: 2, to: 1 } },
      { type: 'zoom', range: { from: 1 } },
      { type: 'selectEngine' },
      { type: 'selectEngine', engine: { id: 'w' } },
      { type: 'picture', request: 1, png: '<svg>' },
      { type: 'picture', request: -1, png: '' },
    ])
      assert.equal(isToHost(message), false, JSON.stringify(message));
    assert.equal(isToPage({ type: 'choices', rows: [{ ...row, unit: 5 }], engines: [] }), false);
    assert.equal(isToPage({ type: 'choices', rows: [row], engines: [{ id: 'w' }] }), false);
    for (const broken of [{ state: 1 }, { node: 5 }, { nonEngine: false }])
      assert.equal(isToPage({ type: 'choices', rows: [row], engines: [{ id: 'w', name: 'w', ...broken }] }), false);
  });

  it('refuses a malformed report', () => {
    for (const broken of [
      {},
      { ...report, plots: [{ id: 'kv', series: -1, points: 0 }] },
      { ...report, foreground: 1 },
      { ...report, to: 1 },
      null,
    ]) {
      assert.equal(isToHost({ type: 'drawn', report: broken }), false);
    }
  });
});
