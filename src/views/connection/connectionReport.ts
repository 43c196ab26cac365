/** The whole chain from config to engines as a document to paste into an issue: each step, what was tried, what came back, what to do. */
import { homedir } from 'node:os';
import type { Snapshot, Status, TargetReport } from '../../api';
import type { HttpError } from '../../http/httpGet';
import type { Round } from '../../collector/collector';
import { runWords } from '../../collector/runFindings';
import { formatDuration } from '../../shared/format';
import { states } from '../../shared/states';
import { advice, factWords, shownUrl, tokenWords, withoutSecrets } from '../../discovery/errorAdvice';
import type { ConfigInUse } from '../config/configs';
import { plainLabel } from '../../shared/escapeLabel';

export interface DiagnosisFacts {
  now: number;
  /** `SkyRL Metrics 0.1.0`, `VS Code 1.139.0`, … */
  versions: readonly string[];
  status: Status;
  trusted: boolean;
  config: { inUse: ConfigInUse | undefined; name: string; candidates: number; searching: boolean };
  settings: { name: string; value: string; from: string }[];
  environment: Record<string, string | undefined>;
  /** Host of the proxy that VS Code is set to; empty: none. */
  proxy: string;
  round: Round | undefined;
  snapshot: Snapshot | undefined;
}

const longest = 400;
const mostRows = 200;

/** A stranger's text as a code span: in one line, at a bounded length, with nothing that markdown or GitHub reads. */
export function code(text: string): string {
  const home = homedir();
  const shown = withoutSecrets(text);
  const plain = plainLabel(home.length > 1 ? shown.replaceAll(home, '~') : shown)
    .replaceAll('`', '’')
    .trim();
  return plain === '' ? '(empty)' : `\`${plain.length > longest ? `${plain.slice(0, longest)}…` : plain}\``;
}

const url = (text: string): string => code(shownUrl(text));
const ago = (now: number, at: number): string => `${formatDuration(Math.max(0, now - at))} ago`;
const failed = (error: HttpError): string => `failed: ${code(error.message)}. ${advice[error.kind]}`;

type Section = readonly [title: string, lines: string[]];

function capped(lines: string[]): string[] {
  return lines.length <= mostRows ? lines : [...lines.slice(0, mostRows), `and ${lines.length - mostRows} more`];
}

function configLines({ config: { inUse, name, candidates, searching }, trusted }: DiagnosisFacts): string[] {
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
    `In use: ${code(name)}${broken ? ', which cannot be read now; the last good one counts' : ''}`,
    `Metrics: ${code(intent.metricsPathWords)}`,
    `Engine stats: ${code(intent.statsWords)}`,
    `Engines expected: ${intent.expectedEngines ?? 'nobody says'}`,
    ...(intent.modelName === undefined ? [] : [`Model: ${code(intent.modelName)}`]),
  ];
}

const variables = ['RAY_ADDRESS', 'RAY_TMPDIR', 'DYN_SYSTEM_PORT', '_SKYRL_USE_NEW_INFERENCE', 'NO_PROXY'];
const secretVariables = ['RAY_AUTH_TOKEN', 'RAY_AUTH_TOKEN_PATH'];

function settingLines({ settings, environment, proxy }: DiagnosisFacts): string[] {
  const said = (value: string | undefined): string => (value === undefined ? 'not set' : url(value));
  return [
    ...settings.map(({ name, value, from }) => `${name}: ${url(value)}, ${from}`),
    ...variables.map((name) => `${name}: ${said(environment[name])}`),
    ...secretVariables.map((name) => `${name}: ${environment[name] ? 'set' : 'not set'}`),
    `Proxy for the dashboard: ${proxy === '' ? 'none' : code(proxy)}`,
  ];
}

function rayLines({ round, now }: DiagnosisFacts): string[] {
  const { file, dashboard, ray } = round?.discovery ?? { ray: {} };
  const lines = round && !file ? ['Service-discovery file: none here'] : [];
  if (file)
    lines.push(
      `Service-discovery file: ${code(file.path)}, written ${ago(now, file.writtenAt)} (${file.fresh ? 'fresh' : 'stale: its cluster has ended'}), ${file.targets.length} targets`,
    );
  if (!dashboard) return [...lines, 'Dashboard: not asked'];
  const named = { setting: 'skyrl.ray.dashboardUrl', RAY_ADDRESS: 'RAY_ADDRESS', default: 'nobody: the usual place' }[
    dashboard.from
  ];
  return [
    ...lines,
    `Dashboard: ${url(dashboard.url)}, named by ${named}`,
    `Token: ${tokenWords(dashboard.token)}`,
    dashboard.error
      ? `It ${failed(dashboard.error)}`
      : `It answers: ${ray.version === undefined ? 'version not said' : `Ray ${code(ray.version)}`}${ray.session === undefined ? '' : `, ${code(ray.session)}`}`,
  ];
}

function runLines({ round }: DiagnosisFacts): string[] {
  const { runs = [], job, why } = round?.runs ?? {};
  return runs.map((run) => `${code(runWords(run))}${run.job === job ? ` ← shown${why ? `: ${code(why)}` : ''}` : ''}`);
}

function sourceLines({ round }: DiagnosisFacts): string[] {
  const report = round?.report;
  if (!report) return ['The targets themselves.'];
  const { url: address, state, words, matched } = report;
  return [
    `Prometheus at ${url(address)}: ${state}${words === '' ? '' : `. ${code(words)}`}`,
    ...(matched === '' ? [] : [`Series of this run: ${code(matched)}`]),
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
    failed: met ? failed(met) : `failed: ${code(error ?? '')}`,
  }[state];
  return `${url(address)} (${about ?? kind}): ${said}`;
}

function engineLines({ snapshot }: DiagnosisFacts): string[] {
  return (snapshot?.engines ?? []).map(
    ({ name, state, node, job, server }) =>
      `${name}: ${state} on ${code(node)}${job === undefined ? '' : `, job ${code(job)}`}${server ? `, its server says: ${code(factWords(server))}` : ''}`,
  );
}

function requestLines({ round, proxy }: DiagnosisFacts): string[] {
  return (round?.requests ?? []).map(
    ({ url: address, proxied, tookMs, bytes, error }) =>
      `GET ${url(address)}${proxied && proxy !== '' ? ' (by the proxy’s settings)' : ''}: ${error ? code(error.message) : `${bytes} bytes`}, ${Math.round(tookMs)} ms`,
  );
}

/** The document, in markdown. Holds no token, no credentials and nothing of a server's answer but its version, names and states. */
export function diagnosisText(facts: DiagnosisFacts): string {
  const { now, versions, status, round, snapshot } = facts;
  const sections: Section[] = [
    [
      'State',
      [`${status.state}: ${code(status.message)}`, ...states[status.state].ways.map(({ title }) => `Way on: ${title}`)],
    ],
    ['1. Config', configLines(facts)],
    ['2. Settings and environment', settingLines(facts)],
    ['3. Ray', rayLines(facts)],
    ['4. Runs on the cluster', runLines(facts)],
    ['5. Source', sourceLines(facts)],
    [
      '6. Targets',
      [
        ...(round ? [code(round.discovery.why)] : ['Nothing has been asked yet.']),
        ...(snapshot?.targets ?? []).map((target) => targetLine(target, round?.errors)),
      ],
    ],
    ['7. Engines', engineLines(facts)],
    ['Findings', (snapshot?.findings ?? []).map(({ severity, message }) => `${severity}: ${code(message)}`)],
    ['Requests of the last round', requestLines(facts)],
  ];
  const body = sections
    .filter(([, lines]) => lines.length > 0)
    .map(
      ([title, lines]) =>
        `## ${title}\n\n${capped(lines)
          .map((line) => `- ${line}`)
          .join('\n')}\n`,
    );
  return [
    `# SkyRL Metrics: connection\n`,
    `${new Date(now).toISOString()} · ${versions.map(plainLabel).join(' · ')}\n`,
    ...body,
  ].join('\n');
}
