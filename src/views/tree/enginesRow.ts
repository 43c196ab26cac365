/** The engines, worst first: state, waiting requests and why they wait, and which engine they replace. */
import type { Engine, Snapshot } from '../../api';
import { catalog } from '../../metrics/catalog/index';
import { failedTargetOf, readingAge } from '../../diagnosis/notReporting';
import { describeRelease } from '../../diagnosis/releases';
import { isLiving } from '../../metrics/engineState';
import { gaugeStaleAfterMs } from '../../metrics/gaugeValues';
import { formatDuration, formatValue } from '../../shared/format';
import { subjectRow } from './metricRow';
import type { TreeRow } from '../shared/treeRow';

const statesWorstFirst: readonly Engine['state'][] = [
  'dead',
  'gone',
  'silent',
  'starting',
  'paused',
  'asleep',
  'active',
  'quiet',
];

const stateIcons: Record<Engine['state'], TreeRow['icon']> = {
  starting: { name: 'loading' },
  active: { name: 'pulse', colour: 'charts.green' },
  quiet: { name: 'circle-large-outline' },
  silent: { name: 'question' },
  asleep: { name: 'debug-pause' },
  paused: { name: 'debug-pause' },
  dead: { name: 'error', colour: 'charts.red' },
  gone: { name: 'circle-slash' },
};

/** Of a histogram, an engine shows the mean and p95; its category has all of it. */
const engineCatalogRows = catalog.filter(
  (row) =>
    row.subject === 'engine' && row.id !== 'kv_cache_usage_mean' && (row.kind !== 'quantile' || row.quantile === 0.95),
);

function formatWaiting({ measures }: Engine): string[] {
  const count = (id: string): number => measures[id]?.value ?? 0;
  const waiting = count('num_requests_waiting');
  if (waiting === 0) return [];
  const reasons = [
    ['num_requests_waiting_capacity', 'capacity'],
    ['num_requests_waiting_deferred', 'deferred'],
  ] as const;
  const waitingReasons = reasons
    .filter(([id]) => count(id) > 0)
    .map(([id, reason]) => (count(id) === waiting ? reason : `${count(id)} ${reason}`));
  return [
    `${formatValue(waiting, 'requests')} waiting${waitingReasons.length > 0 ? ` (${waitingReasons.join(', ')})` : ''}`,
  ];
}

/** What the rows of all engines are made with. */
interface EngineContext {
  snapshot: Snapshot;
  byId: ReadonlyMap<string, Engine>;
  /** IDs of engines that another one follows. */
  replaced: ReadonlySet<string>;
  hasFailed: (engine: Engine) => boolean;
  /** Unix ms. */
  now: number;
}

/** How old the newest reading of an engine is, if it is too old to be called the present; and if its target failed. */
function formatUnread(engine: Engine, { snapshot, hasFailed }: EngineContext): string[] {
  const age = isLiving(engine) ? readingAge(engine, snapshot) : undefined;
  if (age === undefined || age < gaugeStaleAfterMs) return [];
  return [`nothing newer than ${formatDuration(age)}${hasFailed(engine) ? ', its target failed' : ''}`];
}

const cacheConfigKeys = [
  'kv_cache_size_tokens',
  'num_gpu_blocks',
  'block_size',
  'cache_dtype',
  'enable_prefix_caching',
  'gpu_memory_utilization',
] as const;

function engineTooltip(engine: Engine, now: number): string[] {
  const { name, state, movedAt, startedAt, workerId, pid, model, job, release, server, config, role } = engine;
  const cacheConfig = cacheConfigKeys.flatMap((key) => (config?.[key] === undefined ? [] : [`${key} ${config[key]}`]));
  const lines = [
    `${name}: ${state}`,
    role && `Role: ${role}, of prefill/decode disaggregation`,
    movedAt === undefined ? undefined : `Last moved ${formatDuration(now - movedAt)} ago`,
    startedAt === undefined ? undefined : `Started ${formatDuration(now - startedAt)} ago`,
    workerId && `Worker ${workerId}`,
    pid === undefined ? undefined : `Process ${pid}`,
    job && `Job ${job}`,
    model && `Model ${model}`,
    server?.version && `vLLM ${server.version}`,
    release && `vLLM ${describeRelease(release)}, by its metric families`,
    server?.weightVersion && `Weights ${server.weightVersion}`,
    cacheConfig.length > 0 ? `Cache: ${cacheConfig.join(', ')}` : undefined,
  ];
  return lines.filter((line): line is string => typeof line === 'string');
}

/** `isBelowNode`: it is below the row of its node, which it then need not name. */
function engineRow(engine: Engine, context: EngineContext, isBelowNode: boolean): TreeRow {
  const { now } = context;
  const { id, name, node, state, role } = engine;
  const predecessor = engine.follows === undefined ? undefined : context.byId.get(engine.follows);
  const unread = formatUnread(engine, context);
  return {
    id: engineRowId(id),
    label: name,
    description: [
      state,
      ...(role ? [role] : []),
      ...(unread.length > 0 ? unread : formatWaiting(engine)),
      ...(predecessor ? [`follows ${predecessor.name}`] : []),
      ...(isBelowNode ? [] : [node]),
    ].join(' · '),
    tooltip: () => engineTooltip(engine, now),
    icon: stateIcons[state],
    context: 'engine',
    children: engineCatalogRows.some((row) => engine.measures[row.id]) ? () => measureRows(engine, now) : [],
  };
}

function measureRows(engine: Engine, now: number): TreeRow[] {
  return engineCatalogRows.flatMap((row) => {
    const measure = engine.measures[row.id];
    if (!measure) return [];
    return [
      {
        ...subjectRow(row, engine, measure, now),
        id: `engine/${engine.id}/${row.id}`,
        label: row.id === 'kv_cache_usage_perc' ? 'KV cache' : row.label,
      },
    ];
  });
}

/** The ID of an engine's row, by `Engine.id`. */
export const engineRowId = (engine: string): string => `engine/${engine}`;

/** The ID of the row with all engines. */
export const enginesRowId = 'engines';

/** From so many engines on they are grouped by node. */
export const groupFrom = 32;

const unknownNode = 'Unknown node';

const kvUsageOf = ({ measures }: Engine): number | undefined => measures['kv_cache_usage_perc']?.value;

/** How bad the state of an engine is, the worst first; one that another engine has replaced is no trouble any more. */
const rankOf = ({ id, state }: Engine, { replaced }: EngineContext): number =>
  replaced.has(id) ? statesWorstFirst.length : statesWorstFirst.indexOf(state);

/** By state, then the fuller KV cache first. */
const compareWorstFirst =
  (context: EngineContext) =>
  (a: Engine, b: Engine): number =>
    rankOf(a, context) - rankOf(b, context) || (kvUsageOf(b) ?? -1) - (kvUsageOf(a) ?? -1);

/** `7 active, 1 dead and replaced`, the worst state first. */
function formatStates(worstFirst: readonly Engine[], { replaced }: EngineContext): string {
  const counts = new Map<string, number>();
  for (const { id, state } of worstFirst) {
    const name = replaced.has(id) ? `${state} and replaced` : state;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
}

const isTrouble = ({ id, state }: Engine, { replaced }: EngineContext): boolean =>
  state !== 'active' && state !== 'quiet' && !replaced.has(id);

/** The worst engine of a node by name, with what makes it the worst, as far as that is not said already. */
function formatWorst([worst]: readonly Engine[], context: EngineContext): string[] {
  if (!worst) return [];
  const kvUsage = kvUsageOf(worst);
  if (isTrouble(worst, context)) return [`worst: ${worst.name}`];
  return kvUsage === undefined ? [] : [`fullest: ${worst.name}, KV ${formatValue(kvUsage, 'fraction')}`];
}

function nodeRow(node: string, worstFirst: readonly Engine[], context: EngineContext): TreeRow {
  const [worst] = worstFirst;
  return {
    id: `engines/node/${node}`,
    label: node === '' ? unknownNode : node,
    description: [formatStates(worstFirst, context), ...formatWorst(worstFirst, context)].join(' · '),
    tooltip: [`${worstFirst.length} ${worstFirst.length === 1 ? 'engine' : 'engines'} on this node, the worst first.`],
    icon: worst && isTrouble(worst, context) ? stateIcons[worst.state] : { name: 'server' },
    context: 'node',
    isExpanded: true,
    isGroup: true,
    children: () => worstFirst.map((engine) => engineRow(engine, context, true)),
  };
}

/** A row for each node, that with the worst engine first. */
function nodeRows(worstFirst: readonly Engine[], context: EngineContext): TreeRow[] {
  const byNode = new Map<string, Engine[]>();
  for (const engine of worstFirst) {
    const ofNode = byNode.get(engine.node);
    if (ofNode) ofNode.push(engine);
    else byNode.set(engine.node, [engine]);
  }
  return [...byNode].map(([node, engines]) => nodeRow(node, engines, context));
}

/**
 * One row with all engines below it, from 32 on grouped by node. `expected` is what the config asks for, undefined if
 * unknown; `now` is Unix ms.
 */
export function enginesRow(snapshot: Snapshot, expected: number | undefined, now: number): TreeRow {
  const { engines, source } = snapshot;
  const living = engines.filter(isLiving).length;
  const children = (): TreeRow[] => {
    const context: EngineContext = {
      snapshot,
      byId: new Map(engines.map((engine) => [engine.id, engine])),
      replaced: new Set(engines.flatMap(({ follows }) => follows ?? [])),
      hasFailed: failedTargetOf(snapshot),
      now,
    };
    const worstFirst = [...engines].sort(compareWorstFirst(context));
    return engines.length >= groupFrom
      ? nodeRows(worstFirst, context)
      : worstFirst.map((engine) => engineRow(engine, context, false));
  };
  return {
    id: enginesRowId,
    label: 'Engines',
    description: expected === undefined ? String(living) : `${living} of ${expected}`,
    tooltip: [
      'Living engines, and how many the config asks for (num_engines × data_parallel_size).',
      ...(source?.kind === 'prometheus'
        ? ['Prometheus does not tell which engines prefill and which decode: no engine has a role.']
        : []),
    ],
    icon: { name: 'server-environment' },
    context: 'engines',
    children: engines.length > 0 ? children : [],
  };
}
