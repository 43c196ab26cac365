/** Measures what the views cost the extension host after a snapshot of 512 engines on 64 nodes. */
import type { Snapshot } from '../../src/api';
import { History } from '../../src/history/history';
import type { ChartIncrement } from '../../src/shared/chartData';
import { packSeries } from '../../src/shared/seriesColumns';
import { defaultViewOptions, type ViewOptions } from '../../src/shared/viewOptions';
import { SentSubjects } from '../../src/views/chart/sentSubjects';
import { RowStore } from '../../src/views/shared/rowStore';
import { childrenOf, type TreeRow } from '../../src/views/shared/treeRow';
import { statusBarText } from '../../src/views/statusBar/statusBarText';
import { metricsTreeRows } from '../../src/views/tree/metricsTreeRows';
import { manyEngines } from './manyEngines';
import { result, smoke, table } from './report';
import { processorTimes, rounds, timed } from './timing';

const nodes = smoke ? 8 : 64;
const enginesRowId = 'engines';
const heatmap: ViewOptions = { ...defaultViewOptions, form: 'heatmap' };

/** As the scrape has them: the snapshot, and what it adds to the history. */
interface Round {
  snapshot: Snapshot;
  increment: ChartIncrement;
}

/** Snapshots of a run that works; a few engines have another node agent's delay, as the recording has. */
function roundsOf(count: number): Round[] {
  const engines = manyEngines(nodes);
  const history = new History();
  return Array.from({ length: count }, () => {
    engines.buildNext();
    const { snapshot } = engines;
    if (!snapshot) throw new Error('no snapshot');
    // The recording has one node only.
    snapshot.engines.forEach((engine, index) => (engine.node = `10.0.0.${index >> 3}`));
    return { snapshot, increment: history.add(snapshot) };
  });
}

/** Runs a call for each round; processor times in ms, which other programs on the machine do not change. */
const timesOf = (all: readonly Round[], call: (round: Round) => void): number[] =>
  all.map((round) => processorTimes(1, () => call(round))[0] ?? NaN);

/** Opens a row with all below it that is open from the beginning; returns how many rows that are. */
function open(store: RowStore, row: TreeRow): number {
  const children = store.children(row);
  return children.reduce((sum, child) => sum + (child.isExpanded ? open(store, child) : 0), children.length);
}

function measureTree(all: readonly Round[]): void {
  const expected = nodes * 8;
  const rowsOf = ({ snapshot }: Round): TreeRow[] => metricsTreeRows(snapshot, expected, snapshot.at + 4_000);
  const closed = new RowStore();
  result(
    timed(
      'the tree, with nothing open',
      timesOf(all, (round) => void closed.update(rowsOf(round))),
    ),
  );
  const expansions: number[] = [];
  let opened = 0;
  for (const round of all) {
    const store = new RowStore();
    store.update(rowsOf(round));
    const engines = store.children().find(({ id }) => id === enginesRowId);
    expansions.push(...processorTimes(1, () => (opened = engines ? open(store, engines) : 0)));
  }
  result(timed(`opening the engines: ${opened} rows`, expansions));
  const store = new RowStore();
  const changes: number[] = [];
  let isOpen = false;
  const updates = timesOf(all, (round) => {
    const changed = store.update(rowsOf(round));
    // 'all': rows of the root came or went, so that VS Code asks for every row anew.
    if (changed !== 'all') changes.push(changed.length);
    if (isOpen) return;
    isOpen = true;
    const engines = store.children().find(({ id }) => id === enginesRowId);
    if (engines) open(store, engines);
  });
  result(timed('the tree, with all engines open', updates));
  const told = changes.at(-1);
  if (told !== undefined) result({ work: '  rows that VS Code is told to have changed', value: told, unit: 'rows' });
  const [round] = all;
  if (round) {
    const flat = (rows: readonly TreeRow[]): number => rows.reduce((sum, row) => sum + 1 + flat(childrenOf(row)), 0);
    result({ work: '  rows that there are, if all were made', value: flat(rowsOf(round)), unit: 'rows' });
  }
}

/** What the chart's host does with an increment: choosing series, and packing them for the page. */
function measureChart(all: readonly Round[]): void {
  const [first] = all;
  if (!first) return;
  for (const options of [defaultViewOptions, heatmap]) {
    const sent = new SentSubjects();
    sent.reset(first.increment.series);
    let bytes = 0;
    const times = timesOf(all, ({ increment }) => {
      const series = sent.filter(increment, options);
      if (options.form === 'heatmap') {
        const { subjects, measures } = packSeries(series);
        bytes = JSON.stringify(subjects).length;
        for (const { subject, rows, at: ats, value } of measures)
          bytes += subject.byteLength + rows.byteLength + ats.byteLength + value.byteLength;
      } else bytes = JSON.stringify(series.filter(({ engine }) => !engine)).length;
    });
    const name = options.form === 'heatmap' ? 'heat maps' : 'lines';
    result(timed(`an increment for the page: ${options.measures.length} ${name}`, times));
    result({ work: '  its size', value: bytes / 1024, unit: 'kB' });
  }
}

function main(): void {
  const all = roundsOf(rounds(40));
  const [last] = all.slice(-1);
  if (!last) return;
  table(
    `The views after a snapshot of ${last.snapshot.engines.length} engines on ${nodes} nodes, extension host, processor time`,
  );
  measureTree(all);
  result(
    timed(
      'the text of the status bar',
      timesOf(all, ({ snapshot }) => void statusBarText(snapshot, nodes * 8, snapshot.at)),
    ),
  );
  measureChart(all);
}

main();
