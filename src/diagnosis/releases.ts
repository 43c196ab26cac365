/** Rules over releases: what a vLLM calls otherwise, hides or has dropped, and what Ray drops. */
import type { Engine, Measure } from '../api';
import { formatDuration } from '../shared/format';
import { oldNames } from '../metrics/sampleNames';
import { activeEngines, livingEngines, type DiagnosisRule, type Symptom } from './types';

/** Since when a name is deprecated, hidden (shown with --show-hidden-metrics-for-version of the release before) and gone. */
export const familyRenames: readonly { old: string; deprecated: string; hidden: string; removed: string }[] = [
  { old: 'gpu_cache_usage_perc', deprecated: '0.9', hidden: '0.10', removed: '0.12' },
  { old: 'gpu_prefix_cache_queries', deprecated: '0.9', hidden: '0.10', removed: '0.12' },
  { old: 'gpu_prefix_cache_hits', deprecated: '0.9', hidden: '0.10', removed: '0.12' },
  { old: 'time_per_output_token_seconds', deprecated: '0.11', hidden: '0.12', removed: '0.15' },
];

/** `0.9` before `0.10`; what is no number counts as 0. */
export function isOlderRelease(version: string, release: string): boolean {
  const [a, b] = [version, release].map((text) => text.split('.').map((part) => parseInt(part, 10) || 0));
  for (let index = 0; index < 2; index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** vLLM's version by a server's own word; several are the oldest. */
export function versionOf(engines: readonly Engine[]): string | undefined {
  const known = engines.flatMap(({ server }) => server?.version ?? []);
  return known.sort((a, b) => (isOlderRelease(a, b) ? -1 : 1))[0];
}

/** Families that came with a release. */
const cameWith: readonly [family: string, release: string][] = [
  ['kv_cache_usage_perc', '0.9'],
  ['inter_token_latency_seconds', '0.11'],
  ['prompt_tokens_by_source', '0.16'],
  ['admission_rejections', '0.26'],
];

/** Which releases an engine can be by its families, and by those among them that bear an old name; undefined where they say nothing, or contradict each other. */
export function inferRelease(families: ReadonlySet<string>, renamed: ReadonlySet<string>): Engine['release'] {
  const from = cameWith.filter(([family]) => families.has(family) && !renamed.has(family)).at(-1)?.[1];
  const gone = familyRenames.filter(({ old }) => renamed.has(oldNames[old] ?? '')).map(({ removed }) => removed);
  const below = gone.sort((a, b) => (isOlderRelease(a, b) ? -1 : 1))[0];
  const isNone = from === undefined ? below === undefined : below !== undefined && !isOlderRelease(from, below);
  return isNone ? undefined : { ...(from !== undefined && { from }), ...(below !== undefined && { below }) };
}

/** `0.16 or newer`, `before 0.12`, `0.9 to before 0.12`. */
export function describeRelease({ from, below }: NonNullable<Engine['release']>): string {
  if (below === undefined) return `${from} or newer`;
  return `${from === undefined ? '' : `${from} to `}before ${below}`;
}

/** The oldest release that engines can be by their families; undefined where one of them says nothing. */
export function oldestRelease(engines: readonly Engine[]): string | undefined {
  const known = livingEngines(engines).map(({ release }) => release?.from);
  if (known.some((from) => from === undefined)) return undefined;
  return known.flatMap((from) => from ?? []).sort((a, b) => (isOlderRelease(a, b) ? -1 : 1))[0];
}

/** How long an engine has to have reported before what it lacks is missed: first reports come in parts. */
const settleMs = 60_000;

export const releaseRules: readonly DiagnosisRule[] = [
  {
    id: 'old-names',
    holdForMs: 0,
    keepFiringMs: 0,
    detect: ({ engines, trackedEngines }) => {
      const spelled = new Set(trackedEngines.flatMap(({ renamedFamilies }) => [...renamedFamilies]));
      const found = familyRenames.filter(({ old }) => spelled.has(oldNames[old] ?? ''));
      if (found.length === 0) return [];
      const version =
        versionOf(engines) ??
        engines.flatMap(({ release }) => (release?.below === undefined ? [] : describeRelease(release)))[0];
      const said = found.map(
        ({ old, hidden, removed }) => `${old} is ${oldNames[old]} (hidden in ${hidden}, gone in ${removed})`,
      );
      return [
        {
          severity: 'info',
          message: `vLLM${version === undefined ? '' : ` ${version}`} publishes old names: ${said.join('; ')}. They are read as the new ones.`,
          advice:
            'Dashboards and queries with the old names end with an update; a hidden name is shown with --show-hidden-metrics-for-version set to the release before.',
        },
      ];
    },
  },
  {
    id: 'dropped-families',
    holdForMs: 20_000,
    keepFiringMs: 0,
    detect: ({ engines, trackedEngines, now }) => {
      const busy = new Set(activeEngines(engines).map(({ id }) => id));
      const known = trackedEngines.filter(
        ({ key, native, firstSeenAt, familyCount }) =>
          busy.has(key) && !native && now - firstSeenAt >= settleMs && familyCount !== undefined,
      );
      const most = Math.max(0, ...known.map(({ familyCount = 0 }) => familyCount));
      return known.flatMap(({ key, name, firstSeenAt, familyCount = 0 }): Symptom[] => {
        if (familyCount >= 0.7 * most) return [];
        return [
          {
            severity: 'warning',
            engine: key,
            message: `${name} shows ${familyCount} of the ${most} families that another engine has, ${formatDuration(now - firstSeenAt)} after it was met.`,
            advice:
              'Ray 2.52 and newer drop what comes after a histogram whose bounds differ between two engines of a node (Ray issue 65892): give them one max_model_len, or put them on different nodes.',
          },
        ];
      });
    },
  },
  {
    id: 'bounds-differ',
    holdForMs: 0,
    keepFiringMs: 0,
    detect: ({ measures }) => {
      let apart: Measure | undefined;
      for (const id in measures) if (measures[id]?.unmerged !== undefined) apart ??= measures[id];
      if (!apart) return [];
      const { unmerged = 0, counted = 0 } = apart;
      return [
        {
          severity: 'info',
          message: `Quantiles of token lengths are of ${counted} of ${counted + unmerged} engines: the others’ buckets have other bounds, so that they cannot be merged.`,
          advice: 'The bounds follow max_model_len: with one value for all engines they are merged.',
        },
      ];
    },
  },
];
