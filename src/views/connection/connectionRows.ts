/** What the Connection view shows: the state with its ways on, the config, Ray, the targets, the timer. */
import type { Engine, TargetReport } from '../../api';
import type { Round } from '../../collector/collector';
import type { SourceReport } from '../../collector/snapshotSource';
import { runWords } from '../../collector/runFindings';
import { formatDuration } from '../../shared/format';
import { states } from '../../shared/states';
import type { Status } from '../../api';
import { advice, factWords, tokenWords } from '../../discovery/errorAdvice';
import type { ConfigInUse } from '../config/configs';
import { commands } from '../shared/ids';
import type { Row } from '../tree/metricsTreeRows';

export interface ConnectionFacts {
  status: Status;
  config: { inUse: ConfigInUse | undefined; name: string; candidates: number };
  round: Round | undefined;
  targets: readonly TargetReport[];
  engines: readonly Engine[];
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
  id,
  label,
  description,
  tooltip: tooltip.length > 0 ? tooltip : [`${label}: ${description}`],
  icon: { name: icon },
  context: 'connection',
  children: [],
});

function stateRow({ status }: ConnectionFacts): Row {
  const { tone, ways } = states[status.state];
  const children = ways.map((way): Row => ({
    ...line(`way/${way.command}`, way.title, '', 'arrow-right'),
    command: way,
  }));
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
  return {
    ...line('config', 'Config', description, 'settings-gear'),
    command: { command: commands.openConfig, title: 'Open the config' },
    children,
  };
}

function dashboardRow({ round }: ConnectionFacts): Row[] {
  const dashboard = round?.discovery.dashboard;
  if (!round || !dashboard) return [];
  const { version, session } = round.discovery.ray;
  const { token } = dashboard;
  const said = dashboard.error ? dashboard.error.message : version === undefined ? 'answers' : `Ray ${version}`;
  const tooltip = [
    dashboard.url,
    `Named by: ${dashboard.from}`,
    ...(session === undefined ? [] : [`Session ${session}`]),
  ];
  const row = line(
    'dashboard',
    'Ray dashboard',
    `${said} · ${dashboard.url}`,
    dashboard.error ? 'debug-disconnect' : 'plug',
    dashboard.error ? [...tooltip, advice[dashboard.error.kind]] : tooltip,
  );
  const setToken = { command: commands.setToken, title: 'Set the token' };
  return [
    row,
    {
      ...line('token', 'Token', tokenWords(token), 'key'),
      ...(token.state !== 'sent' && dashboard.error && { command: setToken }),
    },
  ];
}

const sourceWords: Record<SourceReport['state'], string> = {
  ok: 'answers',
  empty: 'has nothing of this run',
  old: 'has nothing new',
  partial: 'answers in part',
  failed: 'did not answer',
};

/** Where the numbers come from; a click chooses. */
function sourceRow({ round, targets }: ConnectionFacts): Row {
  const command = { command: commands.selectSource, title: 'Choose the source' };
  const report = round?.report;
  if (!report) return { ...line('source', 'Source', 'the targets themselves', 'cloud-download'), command };
  const good = report.state === 'ok';
  const asked = targets
    .filter(({ url }) => url === report.url)
    .map(({ samples, bytes, tookMs }) =>
      line(
        'source/answers',
        'Answers',
        `${samples} samples, ${kilobytes(bytes)}, ${Math.round(tookMs)} ms`,
        'list-tree',
      ),
    );
  const row = line(
    'source',
    'Source',
    `Prometheus, which ${sourceWords[report.state]} · ${report.url}`,
    good ? 'database' : 'warning',
    [report.url, ...(report.words === '' ? [] : [report.words]), 'No target is asked.'],
  );
  const children = [
    ...(report.words === '' ? [] : [line('source/words', 'It says', report.words, 'warning')]),
    ...(report.matched === '' ? [] : [line('source/matched', 'Series of this run', report.matched, 'filter')]),
    ...asked,
  ];
  return { ...row, children, command };
}

/** The runs of a cluster that several share; a click chooses another. */
function runRows({ round }: ConnectionFacts): Row[] {
  const { runs = [], job, why, unclear = false } = round?.runs ?? {};
  const ours = runs.find((run) => run.job === job);
  if (!ours) return [];
  const choose = { command: commands.selectRun, title: 'Select a run' };
  const children =
    runs.length < 2
      ? []
      : runs.map((run) => ({
          ...line(`run/${run.job}`, runWords(run), run === ours ? 'shown' : 'left out', 'symbol-event'),
          command: choose,
        }));
  const row = line(
    'run',
    'Run',
    [runWords(ours), why].filter(Boolean).join(' · '),
    unclear ? 'question' : 'symbol-event',
  );
  return [{ ...row, children, ...(runs.length > 1 && { command: choose }) }];
}

function fileRow({ round, now }: ConnectionFacts): Row[] {
  const file = round?.discovery.file;
  if (!file) return [];
  const age = formatDuration(now - file.writtenAt);
  return [
    line('file', 'Service-discovery file', `${file.fresh ? 'fresh' : 'stale'}, written ${age} ago`, 'file', [
      file.path,
    ]),
  ];
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;

function targetRow(target: TargetReport, { round, engines }: ConnectionFacts): Row {
  const { url, kind, about, state, error, bytes, samples, tookMs } = target;
  const met = round?.errors.get(url);
  const said = {
    ok: `${samples} samples, ${kilobytes(bytes)}, ${Math.round(tookMs)} ms`,
    empty: 'no engine series',
    failed: error ?? 'failed',
  }[state];
  const icon = {
    ok: { name: 'pass', colour: 'charts.green' },
    empty: { name: 'circle-outline' },
    failed: { name: 'error', colour: 'charts.red' },
  }[state];
  const source = round?.discovery.targets.find((one) => one.url === url)?.source;
  const tooltip = [
    url,
    `${about ?? kind}: ${said}`,
    ...(source ? [targetSources[source]] : []),
    ...(met ? [advice[met.kind]] : []),
  ];
  const own = engines
    .filter((engine) => engine.id.startsWith(`${url} `))
    .flatMap(({ server }) => (server ? [server] : []));
  const facts = own[0] ? [line(`target/${url}/server`, 'Its server says', factWords(own[0]), 'server-process')] : [];
  return {
    ...line(`target/${url}`, url, `${about ?? kind} · ${said}`, '', tooltip),
    icon,
    context: 'target',
    exposition: { target: url },
    children: facts,
  };
}

const targetSources = {
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
    line(`server/${id}`, name, `${factWords(server)} · ${node}`, 'server-process'),
  );
  return [{ ...line('servers', 'Servers', `${known.length} say how they are`, 'server-environment'), children }];
}

function timerRow({ timer, intervalMs, round, anyway }: ConnectionFacts): Row {
  const held = timer === 'running' && round?.hold !== undefined && !anyway;
  const words = {
    running: held ? 'holds' : `every ${formatDuration(intervalMs)}`,
    stopped: 'stopped',
    'on command': 'off; scrapes on command',
  }[timer];
  return line('timer', 'Timer', words, held ? 'debug-pause' : 'clock');
}

export function connectionRows(facts: ConnectionFacts): Row[] {
  const targets =
    facts.targets.length === 0 || facts.round?.report
      ? []
      : [
          {
            ...line(
              'targets',
              'Targets',
              `${facts.targets.filter(({ state }) => state !== 'failed').length} of ${facts.targets.length} answer`,
              'list-tree',
              [facts.round?.discovery.why ?? ''],
            ),
            children: facts.targets.map((target) => targetRow(target, facts)),
          },
        ];
  const why = facts.round ? [line('why', 'Why these', facts.round.discovery.why, 'info')] : [];
  return [
    stateRow(facts),
    configRow(facts),
    sourceRow(facts),
    ...dashboardRow(facts),
    ...fileRow(facts),
    ...runRows(facts),
    ...why,
    ...targets,
    ...serverRows(facts),
    timerRow(facts),
  ];
}
