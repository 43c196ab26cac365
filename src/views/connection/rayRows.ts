/**
 * The rows about Ray: its dashboard, the dashboard's token, its service-discovery file, and the runs on the cluster.
 */
import { describeRun } from '../../collector/runFindings';
import { describeTokenState } from '../../discovery/describeFacts';
import type { DashboardReport } from '../../discovery/discoverRay';
import { describeHint } from '../../discovery/scriptHints';
import { errorAdvice } from '../../http/errorAdvice';
import { redactUrl } from '../../http/redact';
import { formatDuration } from '../../shared/format';
import { commandIds } from '../shared/ids';
import type { TreeRow } from '../shared/treeRow';
import { connectionRow, type ConnectionFacts } from './connectionRow';

const originTexts = {
  setting: 'skyrl.ray.dashboardUrl',
  RAY_ADDRESS: 'RAY_ADDRESS',
  script: 'the script in use',
  default: 'Ray’s default',
} as const;

/** Where the dashboard's address is from, with the line of a script. */
export const dashboardOrigin = ({ configuredBy, hint }: Pick<DashboardReport, 'configuredBy' | 'hint'>): string =>
  hint ? describeHint(hint) : originTexts[configuredBy];

/** The dashboard and its token; empty if no dashboard was asked. */
export function dashboardRows({ round }: ConnectionFacts): TreeRow[] {
  const dashboard = round?.discovery.dashboard;
  if (!round || !dashboard) return [];
  const { version, session } = round.discovery.ray;
  const { url, error, token, isOfAnotherCluster } = dashboard;
  const answer = error ? error.message : version === undefined ? 'answers' : `Ray ${version}`;
  const description = isOfAnotherCluster ? 'of another cluster, not used' : answer;
  const tooltip = [
    url,
    `Address from ${dashboardOrigin(dashboard)}`,
    ...(session === undefined ? [] : [`Session ${session}`]),
    ...(error ? [errorAdvice[error.kind]] : []),
  ];
  const setToken = { command: commandIds.setToken, title: 'Set Dashboard Token' };
  return [
    connectionRow(
      'dashboard',
      'Ray dashboard',
      `${description} · ${url}`,
      error ? 'debug-disconnect' : 'plug',
      tooltip,
    ),
    {
      ...connectionRow('token', 'Token', describeTokenState(token), 'key'),
      ...(token.state !== 'sent' && error && { command: setToken }),
    },
  ];
}

/** What the script in use says about its cluster; empty if it says nothing. */
export function scriptRows({ config }: ConnectionFacts): TreeRow[] {
  return (config.hints ?? []).map((hint) =>
    connectionRow(`script/${hint.name}`, hint.name, `${redactUrl(hint.value)} · ${describeHint(hint)}`, 'file-code', [
      `${describeHint(hint)}: used where neither settings nor VS Code’s environment say anything`,
    ]),
  );
}

/** Ray's service-discovery file; empty if there is none. */
export function discoveryFileRows({ round, now }: ConnectionFacts): TreeRow[] {
  const file = round?.discovery.file;
  if (!file) return [];
  const age = formatDuration(now - file.writtenAt);
  const description = `${file.isFresh ? 'current' : 'out of date'}, written ${age} ago`;
  const tooltip = [file.path, ...(file.hint ? [`Folder from ${describeHint(file.hint)}`] : [])];
  return [connectionRow('file', 'Service-discovery file', description, 'file', tooltip)];
}

/** The run that is shown; if the cluster has several, the others are below it and a click selects one. */
export function runRows({ round }: ConnectionFacts): TreeRow[] {
  const { runs = [], job, reason, isAmbiguous = false } = round?.runChoice ?? {};
  const shownRun = runs.find((run) => run.job === job);
  if (!shownRun) return [];
  const command = { command: commandIds.selectRun, title: 'Select Run' };
  const row = connectionRow(
    'run',
    'Run',
    [describeRun(shownRun), reason].filter(Boolean).join(' · '),
    isAmbiguous ? 'question' : 'symbol-event',
  );
  if (runs.length < 2) return [row];
  const children = runs.map((run) => ({
    ...connectionRow(`run/${run.job}`, describeRun(run), run === shownRun ? 'shown' : 'not shown', 'symbol-event'),
    command,
  }));
  return [{ ...row, children, command }];
}
