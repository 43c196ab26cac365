/** The rows of a heat map: which engines have one, in which order, and which share one. Pure. */
import type { ChartBand, ChartSeries, ChartSubject } from '../src/shared/chartData';
import type { TimeRange } from '../src/shared/protocol';
import type { SubjectChoice } from '../src/shared/subjectChoice';
import type { EngineOrder } from '../src/shared/viewOptions';
import { pointAt } from './cells';
import { meanIn, newestIndex } from './seriesLookup';

/** An engine, or another subject that a metric is about. */
export interface HeatmapEngine {
  subject: SubjectChoice;
  /** Undefined if it was never measured. */
  series: ChartSeries | undefined;
  /** Its states other than active and quiet. */
  states: readonly ChartBand[];
}

/** A row: an engine, or several whose highest value it shows. */
export interface HeatmapRow {
  /** ID of the engine, or of its group. */
  id: string;
  name: string;
  /** Address of the node; undefined if unknown, or if the row has several nodes. */
  node: string | undefined;
  engines: readonly HeatmapEngine[];
}

/** What there is to show. */
export interface HeatmapInput {
  /** Of one metric. */
  series: readonly ChartSeries[];
  /** What the host lists. */
  subjects: readonly SubjectChoice[];
  /** By ID of an engine. */
  statesById: ReadonlyMap<string, readonly ChartBand[]>;
  /** IDs of the selected engines; undefined for all. */
  selected: ReadonlySet<string> | undefined;
}

const collator = new Intl.Collator('en', { numeric: true });
const unknownNode = 'unknown node';

function touches({ at }: ChartSeries, { from, to }: TimeRange): boolean {
  return (at[0] ?? Infinity) <= to && (at.at(-1) ?? -Infinity) >= from;
}

const overlaps = ({ from, to }: ChartBand, range: TimeRange): boolean =>
  from <= range.to && (to ?? Infinity) >= range.from;

/**
 * The engines that have a row in a time range, by node and name: those that the newest snapshot lists, and others that
 * were measured or had a state in this time; of engines that were replaced, only those that were measured. Of a metric
 * of nodes or GPUs, those instead.
 */
export function heatmapEngines(
  { series, subjects, statesById, selected }: HeatmapInput,
  range: TimeRange,
): HeatmapEngine[] {
  const shown = series.filter((one) => one.engine && touches(one, range));
  const isAboutEngines = shown.every(({ engine }) => !engine?.nonEngine);
  const engines = new Map<string, HeatmapEngine>();
  const add = (subject: SubjectChoice, ofSubject: ChartSeries | undefined): void => {
    if (selected && isAboutEngines && !selected.has(subject.id)) return;
    engines.set(subject.id, { subject, series: ofSubject, states: statesById.get(subject.id) ?? [] });
  };
  if (isAboutEngines) {
    const replaced = new Set(subjects.flatMap(({ id, isReplaced }) => (isReplaced ? [id] : [])));
    for (const subject of subjects)
      if (!subject.nonEngine && subject.state !== undefined && !subject.isReplaced) add(subject, undefined);
    for (const bands of statesById.values()) {
      const engine = bands.find((band) => overlaps(band, range))?.engine;
      if (engine && !engines.has(engine.id) && !replaced.has(engine.id)) add(engine, undefined);
    }
  }
  for (const one of shown) if (one.engine) add({ ...one.engine, ...engines.get(one.engine.id)?.subject }, one);
  return [...engines.values()].sort((a, b) => compareSubjects(a.subject, b.subject));
}

function compareSubjects(a: ChartSubject, b: ChartSubject): number {
  if (a.node !== b.node) {
    if (a.node === undefined || b.node === undefined) return a.node === undefined ? 1 : -1;
    return collator.compare(a.node, b.node);
  }
  return collator.compare(a.name, b.name) || collator.compare(a.id, b.id);
}

/** The value that decides a row's place; undefined if there is none. `isLive`: whether the range ends now. */
type SortKey = (series: ChartSeries, range: TimeRange, isLive: boolean) => number | undefined;

const sortKeys: Record<Exclude<EngineOrder, 'node'>, SortKey> = {
  value: (series, { to }, isLive) => {
    const index = isLive ? newestIndex(series) : pointAt(series, to);
    return index === undefined ? undefined : (series.value[index] ?? undefined);
  },
  mean: (series, range) => meanIn(series, range),
};

/** Engines in an order, the highest first; those without a value last. By node they stay as they are. */
export function orderEngines(
  engines: readonly HeatmapEngine[],
  order: EngineOrder,
  range: TimeRange,
  isLive: boolean,
): readonly HeatmapEngine[] {
  if (order === 'node') return engines;
  const keys = new Map(
    engines.map((engine) => [engine, (engine.series && sortKeys[order](engine.series, range, isLive)) ?? -Infinity]),
  );
  // Both may be -Infinity, whose difference is not a number.
  return engines.toSorted((a, b) => {
    const [keyA, keyB] = [keys.get(a) ?? -Infinity, keys.get(b) ?? -Infinity];
    return keyA === keyB ? 0 : keyB - keyA;
  });
}

/** The states that engines have in a time range, each once. */
export function statesIn(engines: readonly HeatmapEngine[], range: TimeRange): string[] {
  const labels = engines.flatMap(({ states }) =>
    states.filter((band) => overlaps(band, range)).map(({ label }) => label),
  );
  return [...new Set(labels)].sort();
}

/** How many engines share a row. */
export type RowKind = 'engine' | 'node' | 'nodes';

/** Rows, and what they are. */
export interface HeatmapRows {
  kind: RowKind;
  rows: readonly HeatmapRow[];
}

/**
 * A row for each engine; if more than `maxRows`, for each node, in the order of their first engines; if that is still
 * too many, for as many neighbouring nodes as it takes.
 */
export function arrangeRows(engines: readonly HeatmapEngine[], maxRows: number): HeatmapRows {
  if (engines.length <= maxRows) {
    const rows = engines.map((engine): HeatmapRow => {
      const { id, name, node } = engine.subject;
      return { id, name, node, engines: [engine] };
    });
    return { kind: 'engine', rows };
  }
  const byNode = new Map<string | undefined, HeatmapEngine[]>();
  for (const engine of engines) {
    const { node } = engine.subject;
    const ofNode = byNode.get(node);
    if (ofNode) ofNode.push(engine);
    else byNode.set(node, [engine]);
  }
  const nodeRows = [...byNode].map(([node, members]): HeatmapRow => ({
    id: `node ${node ?? ''}`,
    name: node ?? unknownNode,
    node,
    engines: members,
  }));
  const perRow = Math.ceil(nodeRows.length / Math.max(1, maxRows));
  if (perRow === 1) return { kind: 'node', rows: nodeRows };
  const rows = Array.from({ length: Math.ceil(nodeRows.length / perRow) }, (_, index): HeatmapRow => {
    const members = nodeRows.slice(index * perRow, (index + 1) * perRow);
    const [first, last] = [members[0], members.at(-1)];
    const name = members.length === 1 ? (first?.name ?? '') : `${first?.name} – ${last?.name}`;
    return { id: `nodes ${first?.name}`, name, node: undefined, engines: members.flatMap((row) => row.engines) };
  });
  return { kind: 'nodes', rows };
}

/** Says that rows have several engines; empty if each has one. */
export function mergedText({ kind, rows }: HeatmapRows): string {
  if (kind === 'engine') return '';
  const engines = rows.reduce((sum, row) => sum + row.engines.length, 0);
  const what = kind === 'node' ? 'a node' : 'several nodes';
  return `Too little room for ${engines} rows: each row is ${what} and shows its highest engine.`;
}
