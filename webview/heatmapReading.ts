/** What a heat map says at a moment: values and states of its rows, in words. Pure. */
import { formatValue, type Unit } from '../src/shared/format';
import { pointAt } from './cells';
import type { Frame } from './frame';
import type { HeatmapEngine, HeatmapRow } from './heatmapRows';
import { newestIndex } from './seriesLookup';

type Moment = Pick<Frame, 'cursor' | 'isLive' | 'to'>;

/** The value of an engine at the cursor, else the newest one; undefined if nothing was measured there. */
export function engineValue({ series }: HeatmapEngine, { cursor, isLive, to }: Moment): number | undefined {
  if (!series) return undefined;
  const index = cursor === undefined && isLive ? newestIndex(series) : pointAt(series, cursor ?? to);
  return index === undefined ? undefined : (series.value[index] ?? undefined);
}

/** The state of an engine at the cursor, else at the end of the range; undefined if it is active or quiet. */
export function engineState({ states }: HeatmapEngine, { cursor, to }: Moment): string | undefined {
  const at = cursor ?? to;
  return states.findLast((band) => band.from <= at && (band.to ?? Infinity) > at)?.label;
}

interface ReadEngine {
  engine: HeatmapEngine;
  value: number;
}

/** The engines that have a value, the lowest first. */
function readEngines(engines: readonly HeatmapEngine[], moment: Moment): ReadEngine[] {
  return engines
    .flatMap((engine) => {
      const value = engineValue(engine, moment);
      return value === undefined ? [] : [{ engine, value }];
    })
    .sort((a, b) => a.value - b.value);
}

/** The engine that a row shows: the one with the highest value, else the first. */
export function shownEngine({ engines }: HeatmapRow, moment: Moment): HeatmapEngine | undefined {
  return readEngines(engines, moment).at(-1)?.engine ?? engines[0];
}

/** `2 dead, 1 asleep`: how many engines are in each state; empty if none is. */
function stateCounts(engines: readonly HeatmapEngine[], moment: Moment): string {
  const counts = new Map<string, number>();
  for (const engine of engines) {
    const state = engineState(engine, moment);
    if (state !== undefined) counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}

const nodeSuffix = (node: string | undefined): string => (node === undefined ? '' : ` on ${node}`);

/** `engine 12 on 10.0.0.3: 97 %, paused`; of several engines the highest: `10.0.0.3: highest 97 % (engine 12)`. */
export function rowText({ name, node, engines }: HeatmapRow, unit: Unit, moment: Moment): string {
  const [engine] = engines;
  const highest = readEngines(engines, moment).at(-1);
  if (engine && engines.length === 1) {
    const state = engineState(engine, moment);
    const value = highest ? formatValue(highest.value, unit) : state === undefined ? 'not measured' : undefined;
    return `${name}${nodeSuffix(node)}: ${[value, state].filter((text) => text !== undefined).join(', ')}`;
  }
  const value = highest
    ? `highest ${formatValue(highest.value, unit)} (${highest.engine.subject.name})`
    : 'not measured';
  const states = stateCounts(engines, moment);
  return `${name}: ${states === '' ? value : `${value}; ${states}`}`;
}

/** `highest 97 % (engine 5), median 40 %, lowest 3 % (engine 2); 1 dead`. */
export function overviewText(rows: readonly HeatmapRow[], unit: Unit, moment: Moment): string {
  const engines = rows.flatMap((row) => row.engines);
  const read = readEngines(engines, moment);
  const [lowest, middle, highest] = [read[0], read[Math.floor(read.length / 2)], read.at(-1)];
  const describe = ({ engine, value }: ReadEngine): string => `${formatValue(value, unit)} (${engine.subject.name})`;
  const values =
    lowest && middle && highest
      ? `highest ${describe(highest)}, median ${formatValue(middle.value, unit)}, lowest ${describe(lowest)}`
      : 'not measured';
  const states = stateCounts(engines, moment);
  return states === '' ? values : `${values}; ${states}`;
}
