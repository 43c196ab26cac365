/** The whole chain from config to engines as a document to paste into an issue: each step, what was tried, what came back, what to do. */
import { homedir } from 'node:os';
import type { Snapshot, Status, TargetReport } from '../../api';
import type { HttpError } from '../../http/httpGet';
import type { Round } from '../../collector/round';
import { describeRun } from '../../collector/runFindings';
import { formatDuration } from '../../shared/format';
import { describeUnknownVersions } from '../../shared/knownReleases';
import { states } from '../../shared/states';
import { describeServerFacts, describeTokenState } from '../../discovery/describeFacts';
import { errorAdvice } from '../../http/errorAdvice';
import { redactSecrets, redactUrl } from '../../http/redact';
import type { ActiveConfig } from '../config/configs';
import { escapeLabel } from '../../shared/escapeLabel';

export interface ConnectionReportInput {
  now: number;
  /** `SkyRL Metrics 0.1.0`, `VS Code 1.139.0`, … */
  versions: readonly string[];
  status: Status;
  trusted: boolean;
  config: { inUse: ActiveConfig | undefined; name: string; candidates: number; searching: boolean };
  settings: { name: string; value: string; from: string }[];
  environment: Record<string, string | undefined>;
  /** Host of the proxy that VS Code is set to; empty: none. */
  proxy: string;
  round: Round | undefined;
  snapshot: Snapshot | undefined;
}

const maxCodeLength = 400;
const maxSectionLines = 200;

/** A stranger's text as a code span: in one line, at a bounded length, with nothing that markdown or GitHub reads. */
export function codeSpan(text: string): string {
  const home = homedir();
  const shown = redactSecrets(text);
  const plain = escapeLabel(home.length > 1 ? shown.replaceAll(home, '~') : shown)
    .replaceAll('`', '’')
    .trim();
  return plain === '' ? '(empty)' : `\`${plain.length > maxCodeLength ? `${plain.slice(0, maxCodeLength)}…` : plain}\``;
}

const urlSpan = (text: string): string => codeSpan(redactUrl(text));
const formatAge = (now: number, at: number): string => `${formatDuration(Math.max(0, now - at))} ago`;
const failureText = (error: HttpError): string => `failed: ${codeSpan(error.message)}. ${errorAdvice[error.kind]}`;

type Section = readonly [title: string, lines: string[]];

function capLines(lines: string[]): string[] {
  return lines.length <= maxSectionLines
    ? lines
    : [...lines.slice(0, maxSectionLines), `and ${lines.length - maxSectionLines} more`];
}

function configLines({ config: { inUse, name, candidates, searching }, trusted }: ConnectionReportInput): string[] {
  const trust = trusted ? [] : ['This folder is not trusted, so nothing was asked.'];
  if (!inUse && searching) return [...trust, 'Still being looked for; until then discovery runs with defaults.'];
  if (!inUse)
    return [
      ...trust,
      candidates > 1
        ? `None chosen of ${candidates}: SkyRL: Select Config.`
        : 'None found: discovery runs with defaults.',
    ];
  const { intent, broken } = inUse;
  return [
    ...trust,
    `In use: ${codeSpan(name)}${broken ? ', which cannot be read now; the last good one counts' : ''}`,
    `Metrics: ${codeSpan(intent.metricsPathReason)}`,
    `Engine stats: ${codeSpan(intent.statsReason)}`,
    `Engines expected: ${intent.expectedEngines ?? 'nobody says'}`,
    ...(intent.modelName === undefined ? [] : [`Model: ${codeSpan(intent.modelName)}`]),
  ];
}

const environmentVariables = ['RAY_ADDRESS', 'RAY_TMPDIR', 'DYN_SYSTEM_PORT', '_SKYRL_USE_NEW_INFERENCE', 'NO_PROXY'];
const secretVariables = ['RAY_AUTH_TOKEN', 'RAY_AUTH_TOKEN_PATH'];

function settingLines({ settings, environment, proxy }: ConnectionReportInput): string[] {
  const said = (value: string | undefined): string => (value === undefined ? 'not set' : urlSpan(value));
  return [
    ...settings.map(({ name, value, from }) => `${name}: ${urlSpan(value)}, ${from}`),
    ...environmentVariables.map((name) => `${name}: ${said(environment[name])}`),
    ...secretVariables.map((name) => `${name}: ${environment[name] ? 'set' : 'not set'}`),
    `Proxy for the dashboard: ${proxy === '' ? 'none' : codeSpan(proxy)}`,
  ];
}

function rayLines({ round, now }: ConnectionReportInput): string[] {
  const { file, dashboard, ray } = round?.discovery ?? { ray: {} };
  const lines = round && !file ? ['Service-discovery file: none here'] : [];
  if (file)
    lines.push(
      `Service-discovery file: ${codeSpan(file.path)}, written ${formatAge(now, file.writtenAt)} (${file.isFresh ? 'fresh' : 'stale: its cluster has ended'}), ${file.targets.length} targets`,
    );
  if (!dashboard) return [...lines, 'Dashboard: not asked'];
  const named = { setting: 'skyrl.ray.dashboardUrl', RAY_ADDRESS: 'RAY_ADDRESS', default: 'nobody: the usual place' }[
    dashboard.configuredBy
  ];
  return [
    ...lines,
    `Dashboard: ${urlSpan(dashboard.url)}, named by ${named}`,
    `Token: ${describeTokenState(dashboard.token)}`,
    dashboard.error
      ? `It ${failureText(dashboard.error)}`
      : `It answers: ${ray.version === undefined ? 'version not said' : `Ray ${codeSpan(ray.version)}`}${ray.session === undefined ? '' : `, ${codeSpan(ray.session)}`}`,
  ];
}

function runLines({ round }: ConnectionReportInput): string[] {
  const { runs = [], job, reason } = round?.runChoice ?? {};
  return runs.map(
    (run) =>
      `${codeSpan(describeRun(run))}${run.job === job ? ` ← shown${reason ? `: ${codeSpan(reason)}` : ''}` : ''}`,
  );
}

function sourceLines({ round }: ConnectionReportInput): string[] {
  const report = round?.sourceReport;
  if (!report) return ['The targets themselves.'];
  const { url: address, state, message, matchReason } = report;
  return [
    `Prometheus at ${urlSpan(address)}: ${state}${message === '' ? '' : `. ${codeSpan(message)}`}`,
    ...(matchReason === '' ? [] : [`Series of this run: ${codeSpan(matchReason)}`]),
    'No target is asked.',
  ];
}

function targetLine(
  { url: address, kind, about, state, error, bytes, samples, tookMs }: TargetReport,
  errors: Round['errors'] | undefined,
): string {
  const met = errors?.get(address);
  const said = {
    ok: `${samples} samples, ${bytes} bytes, ${Math.round(tookMs)} ms`,
    empty: `no engine series, ${bytes} bytes`,
    failed: met ? failureText(met) : `failed: ${codeSpan(error ?? '')}`,
  }[state];
  return `${urlSpan(address)} (${about ?? kind}): ${said}`;
}

function engineLines({ snapshot }: ConnectionReportInput): string[] {
  return (snapshot?.engines ?? []).map(
    ({ name, state, node, job, server }) =>
      `${name}: ${state} on ${codeSpan(node)}${job === undefined ? '' : `, job ${codeSpan(job)}`}${server ? `, its server says: ${codeSpan(describeServerFacts(server))}` : ''}`,
  );
}

function requestLines({ round, proxy }: ConnectionReportInput): string[] {
  return (round?.requests ?? []).map(
    ({ url: address, proxied, tookMs, bytes, error }) =>
      `GET ${urlSpan(address)}${proxied && proxy !== '' ? ' (by the proxy’s settings)' : ''}: ${error ? codeSpan(error.message) : `${bytes} bytes`}, ${Math.round(tookMs)} ms`,
  );
}

/** Versions that this extension was not checked with, as text that servers sent. */
function versionLines({ round, snapshot }: ConnectionReportInput): string[] {
  return describeUnknownVersions({
    Ray: [round?.discovery.ray.version],
    vLLM: (snapshot?.engines ?? []).map(({ server }) => server?.version),
    SkyRL: [],
  }).map(codeSpan);
}

/** The document, in markdown. Holds no token, no credentials and nothing of a server's answer but its version, names and states. */
export function connectionReport(facts: ConnectionReportInput): string {
  const { now, versions, status, round, snapshot } = facts;
  const sections: Section[] = [
    [
      'State',
      [
        `${status.state}: ${codeSpan(status.message)}`,
        ...states[status.state].actions.map(({ title }) => `Way on: ${title}`),
      ],
    ],
    ['1. Config', configLines(facts)],
    ['2. Settings and environment', settingLines(facts)],
    ['3. Ray', rayLines(facts)],
    ['Versions', versionLines(facts)],
    ['4. Runs on the cluster', runLines(facts)],
    ['5. Source', sourceLines(facts)],
    [
      '6. Targets',
      [
        ...(round ? [codeSpan(round.discovery.reason)] : ['Nothing has been asked yet.']),
        ...(snapshot?.targets ?? []).map((target) => targetLine(target, round?.errors)),
      ],
    ],
    ['7. Engines', engineLines(facts)],
    ['Findings', (snapshot?.findings ?? []).map(({ severity, message }) => `${severity}: ${codeSpan(message)}`)],
    ['Requests of the last round', requestLines(facts)],
  ];
  const body = sections
    .filter(([, lines]) => lines.length > 0)
    .map(
      ([title, lines]) =>
        `## ${title}\n\n${capLines(lines)
          .map((line) => `- ${line}`)
          .join('\n')}\n`,
    );
  return [
    `# SkyRL Metrics: connection\n`,
    `${new Date(now).toISOString()} · ${versions.map(escapeLabel).join(' · ')}\n`,
    ...body,
  ].join('\n');
}
