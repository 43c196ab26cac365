/** The host's side of the chart, with a page that only listens: what is sent and when, and nothing while hidden. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { chartRows } from '../../src/metrics/chartRows';
import { newSeries, type ChartIncrement, type ChartQuery, type ChartSeries } from '../../src/shared/chartData';
import { isToPage, type ToPage } from '../../src/shared/protocol';
import { defaultViewOptions, engineLimit } from '../../src/shared/viewOptions';
import { Charts } from '../../src/views/chart/charts';
import type { ChartFeed } from '../../src/views/chart/chartFeed';

const now = 1_760_000_000_000;
const runningId = 'num_requests_running';

const series = (measure: string, engine?: number): ChartSeries => ({
  ...newSeries(measure, engine === undefined ? undefined : { id: `w${engine}`, name: `engine ${engine}` }),
  at: [now],
  value: [1],
  ...(engine === undefined && { lowest: [null], highest: [null] }),
});

class TransientMemento implements vscode.Memento {
  private readonly values = new Map<string, unknown>();
  keys(): readonly string[] {
    return [...this.values.keys()];
  }
  get<T>(key: string, defaultValue?: T): T | undefined {
    return (this.values.get(key) as T | undefined) ?? defaultValue;
  }
  update(key: string, value: unknown): Thenable<void> {
    this.values.set(key, value);
    return Promise.resolve();
  }
}

describe('the chart’s host', () => {
  const subscriptions: vscode.Disposable[] = [];
  afterEach(() => subscriptions.splice(0).forEach((one) => void one.dispose()));

  /** A chart in a view that the test shows and hides, over a run with this many engines. */
  function open(engines = 2) {
    const [added, received] = [new vscode.EventEmitter<ChartIncrement>(), new vscode.EventEmitter<unknown>()];
    const [replaced, shown, never] = [
      new vscode.EventEmitter<void>(),
      new vscode.EventEmitter<void>(),
      new vscode.EventEmitter<never>(),
    ];
    subscriptions.push(added, received, replaced, shown, never);
    const sent: ToPage[] = [];
    const warnings: string[] = [];
    const asked: ChartQuery[] = [];
    const known = Array.from({ length: engines }, (_, index) => ({ id: `w${index}`, name: `engine ${index}` }));
    let measured = new Set([runningId]);
    const feed: ChartFeed = {
      query: (query) => {
        asked.push(query);
        const single = known
          .filter(({ id }) => query.engines === 'each' || query.engines.includes(id))
          .map((_, index) => series(runningId, index));
        return {
          series: query.engines === 'aggregate' ? [series(runningId)] : single,
          bands: [],
          engineCount: engines,
        };
      },
      choices: () => ({ rows: chartRows((id) => measured.has(id)), engines: known }),
      now: () => now,
      onDidAdd: added.event,
      onDidReplace: replaced.event,
      onDidChangeStatus: never.event,
      status: { state: 'fresh', message: 'Up to date.' },
    };
    const view = {
      visible: true,
      onDidChangeVisibility: shown.event,
      onDidDispose: never.event,
      webview: {
        html: '',
        options: {},
        cspSource: 'self',
        asWebviewUri: (uri: vscode.Uri) => uri,
        onDidReceiveMessage: received.event,
        postMessage: (message: ToPage) => {
          sent.push(message);
          return Promise.resolve(true);
        },
      },
    };
    const charts = new Charts({
      extensionUri: vscode.Uri.file('/extension'),
      feed,
      memento: new TransientMemento(),
      defaultMinutes: () => 15,
      log: {
        warn: (text: string) => {
          warnings.push(text);
        },
      },
    });
    subscriptions.push(charts);
    charts.resolveWebviewView(view as unknown as vscode.WebviewView);
    /** The types of the messages that were sent. */
    const types = (): string[] => {
      assert.ok(sent.every(isToPage), 'every message fits the protocol');
      return sent.map(({ type }) => type);
    };
    /** The types of the messages since the last call. */
    const take = (): string[] => {
      const all = types();
      sent.length = 0;
      return all;
    };
    return {
      take,
      sent,
      warnings,
      asked,
      charts,
      receive: (message: unknown) => received.fire(message),
      add: (...more: ChartSeries[]) => added.fire({ series: more, bands: [], engineCount: engines }),
      measure: (...ids: string[]) => {
        measured = new Set([...measured, ...ids]);
      },
      replace: () => replaced.fire(),
      show: (visible: boolean) => {
        view.visible = visible;
        shown.fire();
      },
    };
  }

  const everything = ['options', 'status', 'choices', 'snapshot'];

  it('sends everything when the page is ready, then only points', () => {
    const { take, receive, add } = open();
    assert.deepEqual(take(), []);
    receive({ type: 'ready' });
    assert.deepEqual(take(), everything);
    add(series(runningId));
    add(series(runningId));
    assert.deepEqual(take(), ['append', 'append']);
  });

  it('sends and queries nothing while the page is hidden, and everything when it is shown again', () => {
    const { take, receive, add, replace, show, asked, charts } = open();
    receive({ type: 'ready' });
    take();
    show(false);
    asked.length = 0;
    for (let scrape = 0; scrape < 700; scrape++) add(series(runningId));
    replace();
    assert.deepEqual(take(), []);
    assert.deepEqual([asked.length, charts.visible], [0, false]);
    show(true);
    assert.deepEqual(take(), everything);
    assert.equal(charts.visible, true);
  });

  it('shows a range that another feature asks for, also if the page is not ready yet', async () => {
    const { take, sent, receive, asked, charts } = open();
    const range = { from: now - 7_200_000, to: now - 7_000_000 };
    await charts.showRange(range);
    sent.length = 0;
    receive({ type: 'ready' });
    assert.deepEqual(sent.at(-1), { type: 'range', range });
    asked.length = 0;
    receive({ type: 'zoom', range });
    assert.ok(asked.every(({ from, to }) => from <= range.from && to >= range.to && to < now));
    take();
    receive({ type: 'ready' });
    assert.deepEqual(take(), everything, 'once it was shown, a new page begins at now');
  });

  it('only logs messages that do not fit the protocol', () => {
    const { take, receive, warnings } = open();
    for (const message of [
      undefined,
      'ready',
      { type: 'eval', code: '1' },
      { type: 'setOptions', options: { minutes: 7 } },
    ])
      receive(message);
    assert.deepEqual([take(), warnings.length], [[], 4]);
    receive({ type: 'ignored' });
    assert.match(warnings[4] ?? '', /the page ignored/);
  });

  it('offers a metric that appears late, once', () => {
    const { take, receive, add, sent, measure } = open();
    receive({ type: 'ready' });
    take();
    measure('kv_cache_usage_perc');
    add(series(runningId), series('kv_cache_usage_perc'));
    const choices = sent.find((message) => message.type === 'choices');
    assert.ok(choices?.rows.some(({ id, available }) => id === 'kv_cache_usage_perc' && available));
    assert.deepEqual(take(), ['append', 'choices']);
    add(series(runningId));
    assert.deepEqual(take(), ['append'], 'once');
  });

  it('sends as many of 500 engines as a plot can show, and no points of others', async () => {
    const { take, receive, add, sent } = open(500);
    receive({ type: 'setOptions', options: { ...defaultViewOptions, engines: 'each' } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const snapshot = sent.find((message) => message.type === 'snapshot');
    assert.equal(snapshot?.data.series.filter(({ engine }) => engine).length, engineLimit);
    take();
    add(series(runningId), ...Array.from({ length: 500 }, (_, index) => series(runningId, index)));
    const append = sent.find((message) => message.type === 'append');
    assert.deepEqual(
      append?.data.series.map(({ engine }) => engine?.id),
      [undefined, ...Array.from({ length: engineLimit }, (_, index) => `w${index}`)],
    );
  });

  it('sends all of 500 engines to a heat map, as columns, and so what a scrape adds', async () => {
    const { take, receive, add, sent } = open(500);
    receive({ type: 'setOptions', options: { ...defaultViewOptions, form: 'heatmap' } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const snapshot = sent.find((message) => message.type === 'snapshot');
    assert.deepEqual(
      [snapshot?.data.series.length, snapshot?.data.columns?.subjects.length, snapshot?.data.columns?.measures.length],
      [1, 500, 1],
    );
    take();
    add(series(runningId), ...Array.from({ length: 501 }, (_, index) => series(runningId, index)));
    const append = sent.find((message) => message.type === 'append');
    assert.equal(append?.data.columns?.measures[0]?.rows.length, 501, 'also an engine that just appeared');
  });

  it('tells which engine a person selects', () => {
    const { receive, charts } = open();
    const selected: string[] = [];
    subscriptions.push(charts.onDidSelectEngine((id) => selected.push(id)));
    receive({ type: 'selectEngine', engine: 'w1' });
    receive({ type: 'selectEngine', engine: 1 });
    assert.deepEqual(selected, ['w1']);
  });
});
