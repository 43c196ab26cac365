/** The files of a Prometheus that scrapes the present cluster. */
import type { Discovery } from '../discovery/discover';
import { backendOf } from '../discovery/rayBackend';
import type { Target } from '../discovery/targets';
import { alertRules } from './alertRules';
import { instanceLabel } from './runSelector';
import { yamlString } from './yamlString';

/** One of the files. */
export interface ScrapeConfigFile {
  name: string;
  text: string;
}

const targetsFileName = 'skyrl-targets.json';
const rulesFileName = 'skyrl-alerts.yml';
/** Ray's workers report every 10 s, so a shorter interval tells nothing new. */
const scrapeInterval = '10s';

/** One way to find the targets. */
interface ScrapeJob {
  fileName: string;
  title: string;
  /** Lines of the job, indented as in the file. */
  discoveryLines: string[];
}

/** A target with the labels that say what its host and port do not. */
function labelledTarget({ url }: Target): { target: string; labels: Record<string, string> } {
  const { protocol, pathname } = new URL(url);
  return {
    target: instanceLabel(url),
    labels: {
      ...(protocol === 'https:' && { __scheme__: 'https' }),
      ...(pathname !== '/metrics' && { __metrics_path__: pathname }),
    },
  };
}

/** A file for `file_sd_configs`: targets with the same labels are one group. */
function targetsFile(targets: readonly Target[]): string {
  const groups = new Map<string, { targets: string[]; labels: Record<string, string> }>();
  for (const { target, labels } of targets.map(labelledTarget)) {
    const key = JSON.stringify(labels);
    const group = groups.get(key) ?? { targets: [], labels };
    group.targets.push(target);
    groups.set(key, group);
  }
  return `${JSON.stringify([...groups.values()], null, 2)}\n`;
}

function configFile({ title, discoveryLines }: ScrapeJob, notes: readonly string[]): string {
  return [
    `# ${title}`,
    ...notes.map((note) => `# ${note}`),
    'global:',
    `  scrape_interval: ${scrapeInterval}`,
    `  scrape_timeout: ${scrapeInterval}`,
    `  evaluation_interval: ${scrapeInterval}`,
    'rule_files:',
    `  - ${yamlString(rulesFileName)}`,
    'scrape_configs:',
    '  - job_name: "skyrl"',
    ...discoveryLines,
    '',
  ].join('\n');
}

const fileDiscovery = (files: readonly string[]): string[] => [
  '    file_sd_configs:',
  `      - files: [${files.map(yamlString).join(', ')}]`,
];

/**
 * Targets from files. `rayFile`: the path of Ray's service-discovery file, if it is in use. `listsTargets`: the list
 * beside it has targets.
 */
function fileJob(rayFile: string | undefined, listsTargets: boolean): ScrapeJob {
  const files = [...(rayFile === undefined ? [] : [rayFile]), ...(listsTargets ? [targetsFileName] : [])];
  return {
    fileName: 'skyrl-prometheus.file_sd.yml',
    title:
      rayFile === undefined
        ? 'Targets from the list beside this file, as they were when it was written.'
        : 'Targets from the file that Ray keeps on this machine.',
    discoveryLines: fileDiscovery(files),
  };
}

/** Targets from Ray's dashboard. `listsServers`: servers that Ray does not know come from the list beside it. */
function dashboardJob({ url, token }: NonNullable<Discovery['dashboard']>, listsServers: boolean): ScrapeJob {
  return {
    fileName: 'skyrl-prometheus.http_sd.yml',
    title: 'Targets from Ray’s dashboard, which knows nodes that come and go.',
    discoveryLines: [
      '    http_sd_configs:',
      `      - url: ${yamlString(`${url}/api/prometheus/sd`)}`,
      ...(token.state === 'sent'
        ? [
            '        # The dashboard asks for a token; keep it in a file:',
            '        # authorization: { credentials_file: "/path/to/token" }',
          ]
        : []),
      ...(listsServers ? fileDiscovery([targetsFileName]) : []),
    ],
  };
}

function notesOf({ version }: Discovery['ray']): string[] {
  if (backendOf(version) !== 'one-reader') return [];
  return [
    `Ray ${version ?? ''} hands each gauge to one reader only: while this Prometheus scrapes, SkyRL’s own log lacks them. Ray 2.57 does not.`,
  ];
}

/**
 * The files for these targets: `skyrl-prometheus.file_sd.yml`; `skyrl-prometheus.http_sd.yml` if Ray's dashboard is
 * known; the list of targets; alert rules. They name each other by relative paths, and Ray's own file by its absolute
 * one. Throws if no target is known.
 */
export function scrapeConfig({ targets, file, dashboard, ray }: Discovery): ScrapeConfigFile[] {
  const known = targets.filter(({ url }) => URL.canParse(url));
  if (known.length === 0)
    throw new Error('No target is known, so there is nothing to scrape: scrape once with the cluster running.');
  const onRay = known.filter(({ kind }) => kind === 'ray');
  const servers = known.filter(({ kind }) => kind !== 'ray');
  // Ray rewrites its file as nodes come and go; a list of ours would stay as it is.
  const rayFile = onRay.length > 0 && file?.isFresh ? file.path : undefined;
  const listed = rayFile === undefined ? known : servers;
  const jobs = [
    fileJob(rayFile, listed.length > 0),
    ...(onRay.length > 0 && dashboard?.state === 'ok' ? [dashboardJob(dashboard, servers.length > 0)] : []),
  ];
  const notes = notesOf(ray);
  return [
    ...jobs.map((job) => ({ name: job.fileName, text: configFile(job, notes) })),
    { name: targetsFileName, text: targetsFile(listed) },
    {
      name: rulesFileName,
      text: alertRules({ hasRayTargets: onRay.length > 0, hasNativeTargets: servers.length > 0 }),
    },
  ];
}
