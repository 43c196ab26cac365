/** The engines, worst first: state, waiting requests and why they wait, and which engine they replace. */
import type { Engine, Snapshot } from '../../api';
import { catalog } from '../../metrics/catalog/index';
import { describeRelease } from '../../diagnosis/releases';
import { hostOf } from '../../http/hostNames';
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

/** How old the newest reading of an engine is, if it is too old to be called the present; and if its target failed. */
function formatUnread({ id, node, measures, state }: Engine, { at, targets }: Snapshot): string[] {
  const newest = Math.max(...Object.values(measures).map(({ to }) => to));
  if (!isLiving({ state }) || !Number.isFinite(newest) || at - newest < gaugeStaleAfterMs) return [];
  const hasFailed = targets.some(
    (target) => target.state === 'failed' && (hostOf(target.url) === node || id.startsWith(`${target.url} `)),
  );
  return [`nothing newer than ${formatDuration(at - newest)}${hasFailed ? ', its target failed' : ''}`];
}

const cacheConfigKeys = [
  'kv_cache_size_tokens',
  'num_gpu_blocks',
  'block_size',
  'cache_dtype',
  'enable_prefix_caching',
  'gpu_memory_utilization',
] as const;

function engineRow(engine: Engine, snapshot: Snapshot, now: number): TreeRow {
  const { id, name, node, state, movedAt, startedAt, workerId, pid, model, job, release, server, config, role } =
    engine;
  const predecessor = snapshot.engines.find((other) => other.id === engine.follows);
  const cacheConfig = cacheConfigKeys.flatMap((key) => (config?.[key] === undefined ? [] : [`${key} ${config[key]}`]));
  const unread = formatUnread(engine, snapshot);
  const tooltip = [
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
  return {
    id: engineRowId(id),
    label: name,
    description: [
      state,
      ...(role ? [role] : []),
      ...(unread.length > 0 ? unread : formatWaiting(engine)),
      ...(predecessor ? [`follows ${predecessor.name}`] : []),
      node,
    ].join(' · '),
    tooltip: tooltip.filter((line): line is string => typeof line === 'string'),
    icon: stateIcons[state],
    context: 'engine',
    children: engineCatalogRows.flatMap((row) => {
      const measure = engine.measures[row.id];
      return measure
        ? [
            {
              ...subjectRow(row, engine, measure, now),
              id: `engine/${id}/${row.id}`,
              label: row.id === 'kv_cache_usage_perc' ? 'KV cache' : row.label,
            },
          ]
        : [];
    }),
  };
}

/** The ID of an engine's row, by `Engine.id`. */
export const engineRowId = (engine: string): string => `engine/${engine}`;

/** By state, then the fuller KV cache first. */
const compareWorstFirst = (a: Engine, b: Engine): number => {
  const kvUsage = (engine: Engine): number => engine.measures['kv_cache_usage_perc']?.value ?? -1;
  return statesWorstFirst.indexOf(a.state) - statesWorstFirst.indexOf(b.state) || kvUsage(b) - kvUsage(a);
};

/**
 * One row with all engines below it. `expected` is what the config asks for, undefined if unknown; `now` is Unix ms.
 */
export function enginesRow(snapshot: Snapshot, expected: number | undefined, now: number): TreeRow {
  const { engines, source } = snapshot;
  const living = engines.filter(isLiving).length;
  return {
    id: 'engines',
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
    children: [...engines].sort(compareWorstFirst).map((engine) => engineRow(engine, snapshot, now)),
  };
}
