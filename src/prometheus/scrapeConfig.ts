/** A Prometheus that scrapes the present cluster, as files: by the targets' own file, and by Ray's HTTP service discovery. */
import type { Discovery } from '../discovery/discover';
import { backendOf } from '../discovery/rayBackend';
import type { Target } from '../discovery/targets';
import { alertRules } from './alertRules';
import { quoteString } from './matchers';
import { instanceLabel } from './runSelector';

export interface ScrapeConfigFile {
  name: string;
  text: string;
}

const targetsFile = 'skyrl-targets.json';
const rulesFile = 'skyrl-alerts.yml';
/** Ray's agents report every 10 s: more often tells nothing new. */
const interval = '10s';

interface ScrapeJob {
  title: string;
  /** Lines of the job, as deep as they stand there. */
  discovery: string[];
}

/** What Prometheus has to know of a target beside its host and port. */
function group({ url }: Target): { target: string; labels: Record<string, string> } {
  const { protocol, pathname } = new URL(url);
  return {
    target: instanceLabel(url),
    labels: {
      ...(protocol === 'https:' && { __scheme__: 'https' }),
      ...(pathname !== '/metrics' && { __metrics_path__: pathname }),
    },
  };
}

/** In the format of file_sd: targets with the same labels together. */
function targetList(targets: readonly Target[]): string {
  const groups = new Map<string, { targets: string[]; labels: Record<string, string> }>();
  for (const { target, labels } of targets.map(group)) {
    const key = JSON.stringify(labels);
    const known = groups.get(key) ?? { targets: [], labels };
    known.targets.push(target);
    groups.set(key, known);
  }
  return `${JSON.stringify([...groups.values()], null, 2)}\n`;
}

function config({ title, discovery }: ScrapeJob, notes: readonly string[]): string {
  return [
    `# ${title}`,
    ...notes.map((note) => `# ${note}`),
    'global:',
    `  scrape_interval: ${interval}`,
    `  scrape_timeout: ${interval}`,
    `  evaluation_interval: ${interval}`,
    'rule_files:',
    `  - ${quoteString(rulesFile)}`,
    'scrape_configs:',
    '  - job_name: "skyrl"',
    ...discovery,
    '',
  ].join('\n');
}

/**
 * The files for these targets: `skyrl-prometheus.file_sd.yml`, `skyrl-prometheus.http_sd.yml` where Ray's dashboard is known, the list of targets, and alert
 * rules from the catalog's thresholds. Paths in them are beside them, but for Ray's own file. Throws where no target is known.
 */
export function scrapeConfig({ targets, file, dashboard, ray }: Discovery): ScrapeConfigFile[] {
  const known = targets.filter(({ url }) => URL.canParse(url));
  if (known.length === 0)
    throw new Error('No target is known, so there is nothing to scrape: scrape once with the cluster running.');
  const onRay = known.filter(({ kind }) => kind === 'ray');
  const others = known.filter(({ kind }) => kind !== 'ray');
  const notes =
    backendOf(ray.version) === 'one-reader'
      ? [
          `Ray ${ray.version ?? ''} hands each gauge to one reader only: while this Prometheus scrapes, SkyRL’s own log lacks them. Ray 2.57 does not.`,
        ]
      : [];
  const own =
    others.length > 0 && others.length < known.length
      ? ['    file_sd_configs:', `      - files: [${quoteString(targetsFile)}]`]
      : [];
  // Ray writes its file anew as nodes come and go; the list beside it is of now.
  const kept = onRay.length > 0 && file?.isFresh === true;
  const files = [...(kept ? [file.path] : []), ...(kept && others.length === 0 ? [] : [targetsFile])];
  const forms: [string, ScrapeJob][] = [
    [
      'skyrl-prometheus.file_sd.yml',
      {
        title: kept
          ? 'Targets from the file that Ray keeps on this machine.'
          : 'Targets from the list beside this file, as they were when it was written.',
        discovery: ['    file_sd_configs:', `      - files: [${files.map(quoteString).join(', ')}]`],
      },
    ],
  ];
  if (onRay.length > 0 && dashboard?.state === 'ok')
    forms.push([
      'skyrl-prometheus.http_sd.yml',
      {
        title: 'Targets from Ray’s dashboard, which knows nodes that come and go.',
        discovery: [
          '    http_sd_configs:',
          `      - url: ${quoteString(`${dashboard.url}/api/prometheus/sd`)}`,
          ...(dashboard.token.state === 'sent'
            ? [
                '        # The dashboard asks for a token; keep it in a file:',
                '        # authorization: { credentials_file: "/path/to/token" }',
              ]
            : []),
          ...own,
        ],
      },
    ]);
  return [
    ...forms.map(([name, form]) => ({ name, text: config(form, notes) })),
    { name: targetsFile, text: targetList(kept ? others : known) },
    { name: rulesFile, text: alertRules({ hasRayTargets: onRay.length > 0, hasNativeTargets: others.length > 0 }) },
  ];
}
