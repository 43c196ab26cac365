/** What the metrics tree shows, as plain rows: findings, SkyRL's eight with their engines, then the engines, worst first. */
import type { Engine, Measure, Snapshot } from '../api';
import { catalog, catalogRow, curated, type CatalogRow } from '../metrics/catalog';
import { formatDuration, formatValue } from '../shared/format';
import type { WayOn } from '../shared/states';

export interface Row {
  /** The same over refreshes. */
  id: string;
  label: string;
  description: string;
  /** Paragraphs of plain text. */
  tooltip: string[];
  icon: { name: string; colour?: string };
  context: string;
  /** What the inline commands copy. */
  value?: string;
  promql?: string;
  /** What `skyrl.chartMetric` charts: a catalog id, and `Engine.id` where the row is about one engine. */
  measure?: string;
  engine?: string;
  /** What a click does. */
  command?: WayOn;
  children: Row[];
}

const badStates: readonly Engine['state'][] = ['dead', 'gone', 'silent', 'starting', 'paused', 'asleep', 'active', 'quiet'];

const stateIcons: Record<Engine['state'], Row['icon']> = {
  starting: { name: 'loading' },
  active: { name: 'pulse', colour: 'charts.green' },
  quiet: { name: 'circle-large-outline' },
  silent: { name: 'question' },
  asleep: { name: 'debug-pause' },
  paused: { name: 'debug-pause' },
  dead: { name: 'error', colour: 'charts.red' },
  gone: { name: 'circle-slash' },
};

const severityIcons = {
  info: { name: 'info' },
  warning: { name: 'warning', colour: 'charts.yellow' },
  error: { name: 'error', colour: 'charts.red' },
} as const;

/** A mean that Ray rebuilt from buckets is shown as the interval they allow. */
function shown(row: CatalogRow, { value, bounds }: Measure): string {
  if (!bounds) return formatValue(value, row.unit);
  const low = formatValue(bounds.low, row.unit);
  return bounds.high === undefined ? `≥ ${low}` : `${low} – ${formatValue(bounds.high, row.unit)}`;
}

function covered({ from, to }: Measure, now: number): string {
  const age = formatDuration(now - to);
  return from === undefined ? `read ${age} ago` : `over ${formatDuration(to - from)}, to ${age} ago`;
}

function thresholdColour(row: CatalogRow, value: number): string | undefined {
  if (!row.thresholds) return undefined;
  if (value >= row.thresholds.error) return 'charts.red';
  return value >= row.thresholds.warning ? 'charts.yellow' : undefined;
}

function spread(row: CatalogRow, { lowest, highest, bounds, counted, of }: Measure): string {
  const parts = [];
  // An interval and a spread side by side would read as one; then the tooltip has the spread.
  if (lowest && highest && !bounds && (counted ?? 0) > 1) parts.push(`${formatValue(lowest.value, row.unit)} to ${formatValue(highest.value, row.unit)}`);
  if (counted !== undefined && of !== undefined && counted < of) parts.push(`${counted} of ${of} engines`);
  return parts.join(' · ');
}

/** Old numbers say so in the row itself. */
const oldAfterMs = 30_000;
const agedText = (measure: Measure, now: number): string[] => (now - measure.to > oldAfterMs ? [`${formatDuration(now - measure.to)} old`] : []);

function engineRow(row: CatalogRow, engine: Engine, measure: Measure, now: number): Row {
  const colour = thresholdColour(row, measure.value);
  return {
    id: `${row.id}/${engine.id}`,
    label: engine.name,
    description: [shown(row, measure), ...agedText(measure, now)].join(' · '),
    tooltip: [`${row.label}, ${engine.name} on ${engine.node}`, covered(measure, now), `Engine ${engine.id}`],
    icon: { name: 'server-process', ...(colour && { colour }) },
    context: 'value',
    value: shown(row, measure),
    promql: row.promql,
    measure: row.id,
    engine: engine.id,
    children: [],
  };
}

function byWorst(row: CatalogRow): (a: [Engine, Measure], b: [Engine, Measure]) => number {
  const sign = { high: -1, low: 1, neither: 0 }[row.worst];
  return ([, a], [, b]) => sign * (a.value - b.value);
}

function extreme(row: CatalogRow, snapshot: Snapshot, measure: Measure): string[] {
  const name = (id: string | undefined): string => snapshot.engines.find((engine) => engine.id === id)?.name ?? '';
  const { lowest, highest } = measure;
  if (!lowest || !highest || (measure.counted ?? 0) < 2) return [];
  return [`Lowest ${formatValue(lowest.value, row.unit)} (${name(lowest.engine)}), highest ${formatValue(highest.value, row.unit)} (${name(highest.engine)})`];
}

/** What SkyRL's log says, where that differs from what is true. */
function skyrlSays(row: CatalogRow, snapshot: Snapshot, measure: Measure): string[] {
  const logged = snapshot.values[`vllm/${row.id}`];
  if (logged === undefined || formatValue(logged, row.unit) === shown(row, measure)) return [];
  return [`SkyRL would log ${formatValue(logged, row.unit)} (vllm/${row.id}): its own arithmetic over the time since the scrape before.`];
}

function metricRow(row: CatalogRow, snapshot: Snapshot, now: number): Row {
  const measure = snapshot.measures[row.id];
  const base = { id: row.id, label: row.label, context: 'metric', promql: row.promql, measure: row.id };
  const since = snapshot.sinceStart[row.id];
  const engines = snapshot.engines.flatMap((engine): [Engine, Measure][] => (engine.measures[row.id] ? [[engine, engine.measures[row.id] as Measure]] : []));
  const children = engines.sort(byWorst(row)).map(([engine, own]) => engineRow(row, engine, own, now));
  if (!measure) {
    const description = since === undefined ? '–' : `${formatValue(since, row.unit)} since engine start`;
    return { ...base, description, tooltip: [row.help, 'Not measured in this window; absent is not zero.'], icon: { name: 'circle-outline' }, children };
  }
  const mean = row.id === 'kv_cache_usage_perc' ? snapshot.measures['kv_cache_usage_mean'] : undefined;
  const parts = [shown(row, measure), mean && `mean ${formatValue(mean.value, row.unit)}`, spread(row, measure), ...agedText(measure, now)];
  const colour = thresholdColour(row, measure.value);
  const limits = row.thresholds && `Warning from ${formatValue(row.thresholds.warning, row.unit)}, error from ${formatValue(row.thresholds.error, row.unit)}: ${row.thresholds.source}.`;
  const tooltip = [row.help, covered(measure, now), ...extreme(row, snapshot, measure), limits, `Families: ${row.families.join(', ')}`, `PromQL: ${row.promql}`, ...skyrlSays(row, snapshot, measure)];
  return {
    ...base,
    description: parts.filter(Boolean).join(' · '),
    tooltip: tooltip.filter((line) => line !== undefined),
    icon: { name: 'graph-line', ...(colour && { colour }) },
    value: shown(row, measure),
    children,
  };
}

function engineNode(engine: Engine, engines: readonly Engine[], now: number): Row {
  const followed = engines.find(({ id }) => id === engine.follows);
  const moved = engine.movedAt === undefined ? [] : [`moved ${formatDuration(now - engine.movedAt)} ago`];
  const waiting = engine.measures['num_requests_waiting'];
  const details = [engine.state, ...(waiting && waiting.value > 0 ? [`${formatValue(waiting.value, 'requests')} waiting`] : []), ...(followed ? [`follows ${followed.name}`] : []), engine.node];
  const identity = [engine.workerId && `Worker ${engine.workerId}`, engine.pid !== undefined && `Process ${engine.pid}`, engine.model && `Model ${engine.model}`];
  return {
    id: `engine/${engine.id}`,
    label: engine.name,
    description: details.join(' · '),
    tooltip: [`${engine.name}: ${engine.state}`, ...moved, ...identity.filter((line): line is string => typeof line === 'string')],
    icon: stateIcons[engine.state],
    context: 'engine',
    children: catalog.flatMap((row) => {
      const measure = engine.measures[row.id];
      return measure && row.id !== 'kv_cache_usage_mean' ? [{ ...engineRow(row, engine, measure, now), id: `engine/${engine.id}/${row.id}`, label: row.id === 'kv_cache_usage_perc' ? 'KV cache' : row.label }] : [];
    }),
  };
}

const worstFirst = (a: Engine, b: Engine): number => {
  const kv = (engine: Engine): number => engine.measures['kv_cache_usage_perc']?.value ?? -1;
  return badStates.indexOf(a.state) - badStates.indexOf(b.state) || kv(b) - kv(a);
};

function enginesRow(snapshot: Snapshot, expected: number | undefined, now: number): Row {
  const living = snapshot.engines.filter(({ state }) => state !== 'dead' && state !== 'gone').length;
  return {
    id: 'engines',
    label: 'Engines',
    description: expected === undefined ? String(living) : `${living} of ${expected}`,
    tooltip: ['Engines that live, and how many the config asks for (num_engines × data_parallel_size).'],
    icon: { name: 'server-environment' },
    context: 'engines',
    children: [...snapshot.engines].sort(worstFirst).map((engine) => engineNode(engine, snapshot.engines, now)),
  };
}

/** All rows; empty while there is no target, so that the view's welcome can speak. `now` is Unix ms. */
export function metricRows(snapshot: Snapshot | undefined, expected: number | undefined, now: number): Row[] {
  if (!snapshot || snapshot.engines.length === 0) return [];
  const findings = snapshot.findings.map((finding): Row => ({
    id: `finding/${finding.id}/${finding.engine ?? ''}`, label: finding.message, description: '', tooltip: [finding.message], icon: severityIcons[finding.severity], context: 'finding', children: [],
  }));
  return [...findings, ...curated.map((row) => metricRow(row, snapshot, now)), enginesRow(snapshot, expected, now)];
}

/** `$(database) KV 91% · 118 running · 3/4`, without the icon. Stable in width: numbers are padded, what is absent is a dash. */
export function statusText(snapshot: Snapshot, expected: number | undefined, now: number): string {
  const pad = (text: string, width: number): string => text.padStart(width, '\u2007');
  const kv = snapshot.measures[catalogRow('kv_cache_usage_perc').id];
  const running = snapshot.measures['num_requests_running'];
  const living = snapshot.engines.filter(({ state }) => state !== 'dead' && state !== 'gone').length;
  const parts = [
    `KV ${kv ? `${pad(String(Math.round(kv.value * 100)), 2)}%` : '–'}`,
    `${running ? pad(formatValue(running.value, 'requests'), 2) : '–'} running`,
    expected === undefined ? String(living) : `${living}/${expected}`,
  ];
  const age = now - snapshot.at;
  return [...parts, ...(age > oldAfterMs ? [formatDuration(age)] : [])].join(' · ');
}
