/** The connection report: the chain from config to engines as Markdown, to paste into an issue. */
import type { Snapshot, Status, TargetReport } from '../../api';
import type { Round } from '../../collector/round';
import { describeRun } from '../../collector/runFindings';
import { describeHint } from '../../discovery/scriptHints';
import { describeServerFacts, describeTokenState } from '../../discovery/describeFacts';
import { errorAdvice } from '../../http/errorAdvice';
import { redactUrl } from '../../http/redact';
import type { HttpError } from '../../http/httpGet';
import { escapeLabel } from '../../shared/escapeLabel';
import { formatDuration } from '../../shared/format';
import { describeUnknownVersions } from '../../shared/knownReleases';
import { states } from '../../shared/states';
import { codeSpan } from '../shared/codeSpan';
import type { InspectedSetting } from '../shared/settings';
import type { ConnectionConfig } from './connectionRow';
import { dashboardOrigin } from './rayRows';

/** Everything that the report shows. */
export interface ConnectionReportInput {
  /** Unix ms. */
  now: number;
  /** `SkyRL Metrics 0.1.0`, `VS Code 1.139.0`, … */
  versions: readonly string[];
  status: Status;
  isTrusted: boolean;
  config: ConnectionConfig & { searching: boolean };
  settings: readonly InspectedSetting[];
  environment: Record<string, string | undefined>;
  /** The proxy's host in VS Code's settings; empty if there is none. */
  proxy: string;
  /** skyrl.proxy without credentials; empty if there is none. */
  clusterProxy: string;
  /** The newest round; undefined before the first. */
  round: Round | undefined;
  snapshot: Snapshot | undefined;
}

const maxSectionLines = 200;

const urlSpan = (url: string): string => codeSpan(redactUrl(url));
const formatAge = (now: number, at: number): string => `${formatDuration(Math.max(0, now - at))} ago`;
const failureText = (error: HttpError): string => `failed: ${codeSpan(error.message)}. ${errorAdvice[error.kind]}`;

type Section = readonly [title: string, lines: string[]];

function capLines(lines: string[]): string[] {
  return lines.length <= maxSectionLines
    ? lines
    : [...lines.slice(0, maxSectionLines), `and ${lines.length - maxSectionLines} more`];
}

function stateLines({ status: { state, message } }: ConnectionReportInput): string[] {
  return [`${state}: ${codeSpan(message)}`, ...states[state].actions.map(({ title }) => `What you can do: ${title}`)];
}

function configLines({ config, isTrusted }: ConnectionReportInput): string[] {
  const { active, name, candidates, searching } = config;
  const trust = isTrusted ? [] : ['This folder is not trusted, so no request was made.'];
  if (!active && searching) return [...trust, 'The search is still running. Until it ends, discovery uses defaults.'];
  if (!active)
    return [
      ...trust,
      candidates > 1
        ? `None chosen of ${candidates}: SkyRL: Select Config.`
        : 'None found, so discovery uses defaults.',
    ];
  const { intent, broken } = active;
  return [
    ...trust,
    `In use: ${codeSpan(name)}${broken ? ', which cannot be read now; the last good reading counts' : ''}`,
    `Metrics: ${codeSpan(intent.metricsPathReason)}`,
    `Engine stats: ${codeSpan(intent.statsReason)}`,
    `Engines expected: ${intent.expectedEngines ?? 'unknown'}`,
    ...(intent.modelName === undefined ? [] : [`Model: ${codeSpan(intent.modelName)}`]),
  ];
}

const environmentVariables = [
  'RAY_ADDRESS',
  'RAY_TMPDIR',
  'SKYRL_VLLM_START_PORT',
  'DYN_SYSTEM_PORT',
  '_SKYRL_USE_NEW_INFERENCE',
  'NO_PROXY',
];
const secretVariables = ['RAY_AUTH_TOKEN', 'RAY_AUTH_TOKEN_PATH'];

function settingLines({ config, settings, environment, proxy }: ConnectionReportInput): string[] {
  const variable = (name: string): string => {
    const value = environment[name];
    return value === undefined ? 'not set' : urlSpan(value);
  };
  return [
    ...settings.map(({ name, value, origin }) => `${name}: ${urlSpan(value)}, ${origin}`),
    ...environmentVariables.map((name) => `${name}: ${variable(name)}`),
    ...(config.hints ?? []).map((hint) => `${codeSpan(describeHint(hint))}: ${urlSpan(hint.value)}`),
    ...secretVariables.map((name) => `${name}: ${environment[name] ? 'set' : 'not set'}`),
    `Proxy for the dashboard: ${proxy === '' ? 'none' : codeSpan(proxy)}`,
  ];
}

function discoveryFileLines({ round, now }: ConnectionReportInput): string[] {
  const file = round?.discovery.file;
  if (!file) return round ? ['Service-discovery file: none here'] : [];
  const freshness = file.isFresh ? 'current' : 'out of date: its cluster has ended';
  return [
    `Service-discovery file: ${codeSpan(file.path)}, written ${formatAge(now, file.writtenAt)} (${freshness}), ${file.targets.length} targets${file.hint ? `, folder from ${codeSpan(describeHint(file.hint))}` : ''}`,
  ];
}

function dashboardLines({ round }: ConnectionReportInput): string[] {
  const { dashboard, ray } = round?.discovery ?? { ray: {} };
  if (!dashboard) return ['Dashboard: not asked'];
  const { url, token, error, isOfAnotherCluster } = dashboard;
  const version = ray.version === undefined ? 'version unknown' : `Ray ${codeSpan(ray.version)}`;
  const session = ray.session === undefined ? '' : `, ${codeSpan(ray.session)}`;
  return [
    `Dashboard: ${urlSpan(url)}, address from ${codeSpan(dashboardOrigin(dashboard))}${isOfAnotherCluster ? '; it is of another cluster and is not used' : ''}`,
    `Token: ${describeTokenState(token)}`,
    error ? `The dashboard ${failureText(error)}` : `The dashboard answers: ${version}${session}`,
  ];
}

/** Versions with which this extension was not checked, as servers report them. */
function versionLines({ round, snapshot }: ConnectionReportInput): string[] {
  return describeUnknownVersions({
    Ray: [round?.discovery.ray.version],
    vLLM: (snapshot?.engines ?? []).map(({ server }) => server?.version),
    SkyRL: [],
  }).map(codeSpan);
}

function runLines({ round }: ConnectionReportInput): string[] {
  const { runs = [], job, reason } = round?.runChoice ?? {};
  return runs.map((run) => {
    const shown = run.job === job ? ` ← shown${reason ? `: ${codeSpan(reason)}` : ''}` : '';
    return `${codeSpan(describeRun(run))}${shown}`;
  });
}

function sourceLines({ round }: ConnectionReportInput): string[] {
  const report = round?.sourceReport;
  if (!report) return ['The targets.'];
  const { url, state, message, matchReason } = report;
  return [
    `Prometheus at ${urlSpan(url)}: ${state}${message === '' ? '' : `. ${codeSpan(message)}`}`,
    ...(matchReason === '' ? [] : [`Series of this run: ${codeSpan(matchReason)}`]),
    'No target is scraped.',
  ];
}

function targetLine(target: TargetReport, round: Round | undefined): string {
  const { url, kind, about, state, error, bytes, samples, tookMs } = target;
  const httpError = round?.errors.get(url);
  const result = {
    ok: `${samples} samples, ${bytes} bytes, ${Math.round(tookMs)} ms`,
    empty: `no engine series, ${bytes} bytes`,
    failed: httpError ? failureText(httpError) : `failed: ${codeSpan(error ?? '')}`,
  }[state];
  return `${urlSpan(url)} (${about ?? kind}): ${result}`;
}

function targetLines({ round, snapshot }: ConnectionReportInput): string[] {
  return [
    round ? codeSpan(round.discovery.reason) : 'No request has been made yet.',
    ...(snapshot?.targets ?? []).map((target) => targetLine(target, round)),
  ];
}

function engineLines({ snapshot }: ConnectionReportInput): string[] {
  return (snapshot?.engines ?? []).map(({ name, state, node, job, server }) =>
    [
      `${name}: ${state} on ${codeSpan(node)}`,
      ...(job === undefined ? [] : [`job ${codeSpan(job)}`]),
      ...(server ? [`its server reports: ${codeSpan(describeServerFacts(server))}`] : []),
    ].join(', '),
  );
}

function requestLines({ round, proxy, clusterProxy }: ConnectionReportInput): string[] {
  return (round?.requests ?? []).map(({ url, proxied, tookMs, bytes, error }) => {
    const isByVscode = proxied && proxy !== '';
    const route = clusterProxy !== '' ? ' (by skyrl.proxy)' : isByVscode ? ' (by the proxy settings)' : '';
    return `GET ${urlSpan(url)}${route}: ${error ? codeSpan(error.message) : `${bytes} bytes`}, ${Math.round(tookMs)} ms`;
  });
}

/**
 * The report in Markdown. It has no token, no credentials, and of a server's answers only version, names and states.
 */
export function connectionReport(input: ConnectionReportInput): string {
  const { now, versions, snapshot } = input;
  const sections: Section[] = [
    ['State', stateLines(input)],
    ['1. Config', configLines(input)],
    ['2. Settings and environment', settingLines(input)],
    ['3. Ray', [...discoveryFileLines(input), ...dashboardLines(input)]],
    ['Versions', versionLines(input)],
    ['4. Runs on the cluster', runLines(input)],
    ['5. Source', sourceLines(input)],
    ['6. Targets', targetLines(input)],
    ['7. Engines', engineLines(input)],
    ['Findings', (snapshot?.findings ?? []).map(({ severity, message }) => `${severity}: ${codeSpan(message)}`)],
    ['Requests of the last round', requestLines(input)],
  ];
  const body = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => {
      const list = capLines(lines).map((line) => `- ${line}`);
      return `## ${title}\n\n${list.join('\n')}\n`;
    });
  return [
    `# SkyRL Metrics: connection\n`,
    `${new Date(now).toISOString()} · ${versions.map(escapeLabel).join(' · ')}\n`,
    ...body,
  ].join('\n');
}
