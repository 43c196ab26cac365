/** What the Connection view shows: the state with its ways on, the config, Ray, the targets, the timer. */
import type { TargetReport } from '../api';
import type { Round } from '../metrics/monitor';
import { formatDuration } from '../shared/format';
import { states } from '../shared/states';
import type { Status } from '../api';
import type { ConfigInUse } from './configs';
import { commands } from './ids';
import type { Row } from './rows';

export interface ConnectionFacts {
  status: Status;
  config: { inUse: ConfigInUse | undefined; name: string; candidates: number };
  round: Round | undefined;
  targets: readonly TargetReport[];
  timer: 'running' | 'stopped' | 'on command';
  intervalMs: number;
  anyway: boolean;
  now: number;
}

const toneIcons = {
  neutral: { name: 'circle-large-outline' },
  good: { name: 'pass', colour: 'charts.green' },
  wait: { name: 'watch' },
  broken: { name: 'warning', colour: 'charts.yellow' },
} as const;

const line = (id: string, label: string, description: string, icon: string, tooltip: string[] = []): Row => ({
  id, label, description, tooltip: tooltip.length > 0 ? tooltip : [`${label}: ${description}`], icon: { name: icon }, context: 'connection', children: [],
});

function stateRow({ status }: ConnectionFacts): Row {
  const { tone, ways } = states[status.state];
  const children = ways.map((way): Row => ({ ...line(`way/${way.command}`, way.title, '', 'arrow-right'), command: way }));
  return { ...line('state', status.message, '', ''), tooltip: [status.message], icon: toneIcons[tone], children };
}

function configRow({ config }: ConnectionFacts): Row {
  const { inUse, name, candidates } = config;
  if (!inUse) {
    const description = candidates > 1 ? `none chosen of ${candidates}` : 'none found';
    const row = line('config', 'Config', description, 'settings-gear');
    return candidates > 1 ? { ...row, command: { command: commands.selectConfig, title: 'Choose a config' } } : row;
  }
  const { intent, broken } = inUse;
  const children = [
    line('config/path', 'Metrics', intent.metricsPathWords, 'arrow-swap'),
    line('config/stats', 'Engine stats', intent.statsWords, 'graph'),
    line('config/expected', 'Engines expected', String(intent.expectedEngines ?? 'nobody says'), 'server-environment'),
  ];
  const description = broken ? `${name} · cannot be read now; the last good one counts` : name;
  return { ...line('config', 'Config', description, 'settings-gear'), command: { command: commands.openConfig, title: 'Open the config' }, children };
}

function dashboardRow({ round }: ConnectionFacts): Row[] {
  const dashboard = round?.discovery.dashboard;
  if (!round || !dashboard) return [];
  const { version, session } = round.discovery.ray;
  const said = dashboard.error ? dashboard.error.message : version === undefined ? 'answers' : `Ray ${version}`;
  const tooltip = [dashboard.url, `Named by: ${dashboard.from}`, ...(session === undefined ? [] : [`Session ${session}`])];
  return [line('dashboard', 'Ray dashboard', `${said} · ${dashboard.url}`, dashboard.error ? 'debug-disconnect' : 'plug', tooltip)];
}

function fileRow({ round, now }: ConnectionFacts): Row[] {
  const file = round?.discovery.file;
  if (!file) return [];
  const age = formatDuration(now - file.writtenAt);
  return [line('file', 'Service-discovery file', `${file.fresh ? 'fresh' : 'stale'}, written ${age} ago`, 'file', [file.path])];
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;

function targetRow(target: TargetReport): Row {
  const { url, kind, state, error, bytes, samples, tookMs } = target;
  const said = { ok: `${samples} samples, ${kilobytes(bytes)}, ${Math.round(tookMs)} ms`, empty: 'no engine series', failed: error ?? 'failed' }[state];
  const icon = { ok: { name: 'pass', colour: 'charts.green' }, empty: { name: 'circle-outline' }, failed: { name: 'error', colour: 'charts.red' } }[state];
  return { ...line(`target/${url}`, url, `${kind} · ${said}`, ''), icon };
}

function timerRow({ timer, intervalMs, round, anyway }: ConnectionFacts): Row {
  const held = timer === 'running' && round?.hold !== undefined && !anyway;
  const words = { running: held ? 'holds' : `every ${formatDuration(intervalMs)}`, stopped: 'stopped', 'on command': 'off; scrapes on command' }[timer];
  return line('timer', 'Timer', words, held ? 'debug-pause' : 'clock');
}

export function connectionRows(facts: ConnectionFacts): Row[] {
  const targets = facts.targets.length === 0 ? [] : [{
    ...line('targets', 'Targets', `${facts.targets.filter(({ state }) => state !== 'failed').length} of ${facts.targets.length} answer`, 'list-tree', [facts.round?.discovery.why ?? '']),
    children: facts.targets.map(targetRow),
  }];
  const why = facts.round ? [line('why', 'Why these', facts.round.discovery.why, 'info')] : [];
  return [stateRow(facts), configRow(facts), ...dashboardRow(facts), ...fileRow(facts), ...why, ...targets, timerRow(facts)];
}
