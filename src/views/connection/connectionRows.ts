/** What the Connection view shows: the state with its ways on, the config, Ray, the targets, the timer. */
import type { Engine, TargetReport } from '../../api';
import type { Round } from '../../collector/round';
import type { SourceReport } from '../../collector/snapshotSource';
import { describeRun } from '../../collector/runFindings';
import { formatDuration } from '../../shared/format';
import { describeUnknownVersions } from '../../shared/knownReleases';
import { states } from '../../shared/states';
import { releaseOf } from '../../shared/version';
import type { Status } from '../../api';
import { describeServerFacts, describeTokenState } from '../../discovery/describeFacts';
import { errorAdvice } from '../../http/errorAdvice';
import type { ActiveConfig } from '../config/configs';
import { commandIds } from '../shared/ids';
import type { Row } from '../tree/metricsTreeRows';

export interface ConnectionFacts {
  status: Status;
  config: { inUse: ActiveConfig | undefined; name: string; candidates: number };
  round: Round | undefined;
  targets: readonly TargetReport[];
  engines: readonly Engine[];
  timer: 'running' | 'stopped' | 'on command';
  intervalMs: number;
  ignoreHold: boolean;
  now: number;
}

const toneIcons = {
  neutral: { name: 'circle-large-outline' },
  good: { name: 'pass', colour: 'charts.green' },
  wait: { name: 'watch' },
  broken: { name: 'warning', colour: 'charts.yellow' },
} as const;

const connectionRow = (id: string, label: string, description: string, icon: string, tooltip: string[] = []): Row => ({
  id,
  label,
  description,
  tooltip: tooltip.length > 0 ? tooltip : [`${label}: ${description}`],
  icon: { name: icon },
  context: 'connection',
  children: [],
});

function stateRow({ status }: ConnectionFacts): Row {
  const { tone, actions } = states[status.state];
  const children = actions.map((action): Row => ({
    ...connectionRow(`way/${action.command}`, action.title, '', 'arrow-right'),
    command: action,
  }));
  return {
    ...connectionRow('state', status.message, '', ''),
    tooltip: [status.message],
    icon: toneIcons[tone],
    children,
  };
}

function configRow({ config }: ConnectionFacts): Row {
  const { inUse, name, candidates } = config;
  if (!inUse) {
    const description = candidates > 1 ? `none chosen of ${candidates}` : 'none found';
    const row = connectionRow('config', 'Config', description, 'settings-gear');
    return candidates > 1 ? { ...row, command: { command: commandIds.selectConfig, title: 'Choose a config' } } : row;
  }
  const { intent, broken } = inUse;
  const children = [
    connectionRow('config/path', 'Metrics', intent.metricsPathReason, 'arrow-swap'),
    connectionRow('config/stats', 'Engine stats', intent.statsReason, 'graph'),
    connectionRow(
      'config/expected',
      'Engines expected',
      String(intent.expectedEngines ?? 'nobody says'),
      'server-environment',
    ),
  ];
  const { release } = inUse;
  if (release)
    children.push(
      connectionRow(
        'config/skyrl',
        'SkyRL',
        `${release.version} (${release.source}), read as ${release.release}`,
        'package',
      ),
    );
  const description = broken ? `${name} · cannot be read now; the last good one counts` : name;
  return {
    ...connectionRow('config', 'Config', description, 'settings-gear'),
    command: { command: commandIds.openConfig, title: 'Open the config' },
    children,
  };
}

function dashboardRows({ round }: ConnectionFacts): Row[] {
  const dashboard = round?.discovery.dashboard;
  if (!round || !dashboard) return [];
  const { version, session } = round.discovery.ray;
  const { token } = dashboard;
  const said = dashboard.error ? dashboard.error.message : version === undefined ? 'answers' : `Ray ${version}`;
  const tooltip = [
    dashboard.url,
    `Named by: ${dashboard.configuredBy}`,
    ...(session === undefined ? [] : [`Session ${session}`]),
  ];
  const row = connectionRow(
    'dashboard',
    'Ray dashboard',
    `${said} · ${dashboard.url}`,
    dashboard.error ? 'debug-disconnect' : 'plug',
    dashboard.error ? [...tooltip, errorAdvice[dashboard.error.kind]] : tooltip,
  );
  const setToken = { command: commandIds.setToken, title: 'Set the token' };
  return [
    row,
    {
      ...connectionRow('token', 'Token', describeTokenState(token), 'key'),
      ...(token.state !== 'sent' && dashboard.error && { command: setToken }),
    },
  ];
}

const sourceStateText: Record<SourceReport['state'], string> = {
  ok: 'answers',
  empty: 'has nothing of this run',
  old: 'has nothing new',
  partial: 'answers in part',
  failed: 'did not answer',
};

/** Where the numbers come from; a click chooses. */
function sourceRow({ round, targets }: ConnectionFacts): Row {
  const command = { command: commandIds.selectSource, title: 'Choose the source' };
  const report = round?.sourceReport;
  if (!report) return { ...connectionRow('source', 'Source', 'the targets themselves', 'cloud-download'), command };
  const good = report.state === 'ok';
  const asked = targets
    .filter(({ url }) => url === report.url)
    .map(({ samples, bytes, tookMs }) =>
      connectionRow(
        'source/answers',
        'Answers',
        `${samples} samples, ${formatKilobytes(bytes)}, ${Math.round(tookMs)} ms`,
        'list-tree',
      ),
    );
  const row = connectionRow(
    'source',
    'Source',
    `Prometheus, which ${sourceStateText[report.state]} · ${report.url}`,
    good ? 'database' : 'warning',
    [report.url, ...(report.message === '' ? [] : [report.message]), 'No target is asked.'],
  );
  const children = [
    ...(report.message === '' ? [] : [connectionRow('source/words', 'It says', report.message, 'warning')]),
    ...(report.matchReason === ''
      ? []
      : [connectionRow('source/matched', 'Series of this run', report.matchReason, 'filter')]),
    ...asked,
  ];
  return { ...row, children, command };
}

/** The runs of a cluster that several share; a click chooses another. */
function runRows({ round }: ConnectionFacts): Row[] {
  const { runs = [], job, reason, isAmbiguous = false } = round?.runChoice ?? {};
  const ours = runs.find((run) => run.job === job);
  if (!ours) return [];
  const choose = { command: commandIds.selectRun, title: 'Select a run' };
  const children =
    runs.length < 2
      ? []
      : runs.map((run) => ({
          ...connectionRow(`run/${run.job}`, describeRun(run), run === ours ? 'shown' : 'left out', 'symbol-event'),
          command: choose,
        }));
  const row = connectionRow(
    'run',
    'Run',
    [describeRun(ours), reason].filter(Boolean).join(' · '),
    isAmbiguous ? 'question' : 'symbol-event',
  );
  return [{ ...row, children, ...(runs.length > 1 && { command: choose }) }];
}

function discoveryFileRows({ round, now }: ConnectionFacts): Row[] {
  const file = round?.discovery.file;
  if (!file) return [];
  const age = formatDuration(now - file.writtenAt);
  return [
    connectionRow('file', 'Service-discovery file', `${file.isFresh ? 'fresh' : 'stale'}, written ${age} ago`, 'file', [
      file.path,
    ]),
  ];
}

const formatKilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;

function targetRow(target: TargetReport, { round, engines }: ConnectionFacts): Row {
  const { url, kind, about, state, error, bytes, samples, tookMs } = target;
  const met = round?.errors.get(url);
  const said = {
    ok: `${samples} samples, ${formatKilobytes(bytes)}, ${Math.round(tookMs)} ms`,
    empty: 'no engine series',
    failed: error ?? 'failed',
  }[state];
  const icon = {
    ok: { name: 'pass', colour: 'charts.green' },
    empty: { name: 'circle-outline' },
    failed: { name: 'error', colour: 'charts.red' },
  }[state];
  const source = round?.discovery.targets.find((one) => one.url === url)?.discoveredBy;
  const tooltip = [
    url,
    `${about ?? kind}: ${said}`,
    ...(source ? [targetSourceText[source]] : []),
    ...(met ? [errorAdvice[met.kind]] : []),
  ];
  const own = engines
    .filter((engine) => engine.id.startsWith(`${url} `))
    .flatMap(({ server }) => (server ? [server] : []));
  const facts = own[0]
    ? [connectionRow(`target/${url}/server`, 'Its server says', describeServerFacts(own[0]), 'server-process')]
    : [];
  return {
    ...connectionRow(`target/${url}`, url, `${about ?? kind} · ${said}`, '', tooltip),
    icon,
    context: 'target',
    exposition: { target: url },
    children: facts,
  };
}

const targetSourceText = {
  file: 'Named by Ray’s service-discovery file',
  dashboard: 'Named by the dashboard’s service discovery',
  nodes: 'Found on a node that Ray names',
  config: 'Named by the config',
  setting: 'Named by skyrl.endpoints',
} as const;

/** What the servers of engines on Ray say; nobody else's row shows it. */
function serverRows({ engines }: ConnectionFacts): Row[] {
  const known = engines.filter(({ workerId, server }) => workerId !== undefined && server !== undefined);
  if (known.length === 0) return [];
  const children = known.map(({ id, name, node, server = {} }) =>
    connectionRow(`server/${id}`, name, `${describeServerFacts(server)} · ${node}`, 'server-process'),
  );
  return [
    { ...connectionRow('servers', 'Servers', `${known.length} say how they are`, 'server-environment'), children },
  ];
}

/** Versions that this extension was not checked with. SkyRL's may be a requirement, which is none. */
function versionRows({ round, engines, config }: ConnectionFacts): Row[] {
  const installed = config.inUse?.release?.version;
  const unknown = describeUnknownVersions({
    Ray: [round?.discovery.ray.version],
    vLLM: engines.map(({ server }) => server?.version),
    SkyRL: [installed !== undefined && releaseOf(installed) !== undefined ? installed : undefined],
  });
  return unknown.map((text, index) => connectionRow(`version/${index}`, 'Version', text, 'info', [text]));
}

function timerRow({ timer, intervalMs, round, ignoreHold }: ConnectionFacts): Row {
  const held = timer === 'running' && round?.hold !== undefined && !ignoreHold;
  const words = {
    running: held ? 'holds' : `every ${formatDuration(intervalMs)}`,
    stopped: 'stopped',
    'on command': 'off; scrapes on command',
  }[timer];
  return connectionRow('timer', 'Timer', words, held ? 'debug-pause' : 'clock');
}

export function connectionRows(facts: ConnectionFacts): Row[] {
  const targets =
    facts.targets.length === 0 || facts.round?.sourceReport
      ? []
      : [
          {
            ...connectionRow(
              'targets',
              'Targets',
              `${facts.targets.filter(({ state }) => state !== 'failed').length} of ${facts.targets.length} answer`,
              'list-tree',
              [facts.round?.discovery.reason ?? ''],
            ),
            children: facts.targets.map((target) => targetRow(target, facts)),
          },
        ];
  const why = facts.round ? [connectionRow('why', 'Why these', facts.round.discovery.reason, 'info')] : [];
  return [
    stateRow(facts),
    configRow(facts),
    sourceRow(facts),
    ...dashboardRows(facts),
    ...discoveryFileRows(facts),
    ...runRows(facts),
    ...why,
    ...targets,
    ...serverRows(facts),
    ...versionRows(facts),
    timerRow(facts),
  ];
}
