/** What the Connection view shows: the state with its actions, the config, the source, Ray, the targets, the timer. */
import { formatDuration } from '../../shared/format';
import { describeUnknownVersions } from '../../shared/knownReleases';
import { states } from '../../shared/states';
import { releaseOf } from '../../shared/version';
import { commandIds } from '../shared/ids';
import { actionRows } from '../shared/stateRows';
import type { TreeRow } from '../shared/treeRow';
import { connectionRow, type ConnectionFacts } from './connectionRow';
import { dashboardRows, discoveryFileRows, runRows, scriptRows } from './rayRows';
import { sourceRow } from './sourceRow';
import { serverRows, targetRows } from './targetRows';

const toneIcons = {
  neutral: { name: 'circle-large-outline' },
  good: { name: 'pass', colour: 'charts.green' },
  wait: { name: 'watch' },
  broken: { name: 'warning', colour: 'charts.yellow' },
} as const;

function stateRow({ status }: ConnectionFacts): TreeRow {
  return {
    ...connectionRow('state', status.message, '', '', [status.message]),
    icon: toneIcons[states[status.state].tone],
    children: actionRows(status, 'connection'),
  };
}

function configRow({ config: { active, name, candidates } }: ConnectionFacts): TreeRow {
  if (!active) {
    const description = candidates > 1 ? `none chosen of ${candidates}` : 'none found';
    const row = connectionRow('config', 'Config', description, 'settings-gear');
    return candidates > 1 ? { ...row, command: { command: commandIds.selectConfig, title: 'Select Config' } } : row;
  }
  const { intent, broken, release } = active;
  const description = broken ? `${name} · cannot be read now; the last good reading counts` : name;
  return {
    ...connectionRow('config', 'Config', description, 'settings-gear'),
    command: { command: commandIds.openConfig, title: 'Open Config' },
    children: [
      connectionRow('config/path', 'Metrics', intent.metricsPathReason, 'arrow-swap'),
      connectionRow('config/stats', 'Engine stats', intent.statsReason, 'graph'),
      connectionRow(
        'config/expected',
        'Engines expected',
        String(intent.expectedEngines ?? 'unknown'),
        'server-environment',
      ),
      ...(release
        ? [
            connectionRow(
              'config/skyrl',
              'SkyRL',
              `${release.version} (${release.source}), read as ${release.release}`,
              'package',
            ),
          ]
        : []),
    ],
  };
}

/** Versions with which this extension was not checked. A requirement on SkyRL is not a version. */
function versionRows({ round, engines, config }: ConnectionFacts): TreeRow[] {
  const skyrl = config.active?.release?.version;
  const unknown = describeUnknownVersions({
    Ray: [round?.discovery.ray.version],
    vLLM: engines.map(({ server }) => server?.version),
    SkyRL: [skyrl !== undefined && releaseOf(skyrl) !== undefined ? skyrl : undefined],
  });
  return unknown.map((text, index) => connectionRow(`version/${index}`, 'Version', text, 'info', [text]));
}

function timerRow({ timer, intervalMs, round, ignoreHold }: ConnectionFacts): TreeRow {
  const isHeld = timer === 'running' && round?.hold !== undefined && !ignoreHold;
  const description = {
    running: isHeld ? 'paused' : `every ${formatDuration(intervalMs)}`,
    stopped: 'stopped',
    'on command': 'off; scrapes run on command',
  }[timer];
  return connectionRow('timer', 'Timer', description, isHeld ? 'debug-pause' : 'clock');
}

/** The way to the cluster, if it is not a direct one. */
const proxyRows = ({ clusterProxy }: ConnectionFacts): TreeRow[] =>
  clusterProxy === ''
    ? []
    : [
        connectionRow('proxy', 'Proxy', clusterProxy, 'globe', [
          `Nodes, servers and the dashboard are reached by ${clusterProxy} (skyrl.proxy). Loopback addresses are the far end’s.`,
        ]),
      ];

/** All rows of the view. */
export function connectionRows(facts: ConnectionFacts): TreeRow[] {
  const { round } = facts;
  return [
    stateRow(facts),
    configRow(facts),
    sourceRow(facts),
    ...proxyRows(facts),
    ...dashboardRows(facts),
    ...scriptRows(facts),
    ...discoveryFileRows(facts),
    ...runRows(facts),
    ...(round ? [connectionRow('why', 'Why these targets', round.discovery.reason, 'info')] : []),
    ...targetRows(facts),
    ...serverRows(facts),
    ...versionRows(facts),
    timerRow(facts),
  ];
}
