/** Rules about releases: what an old vLLM names differently, and what Ray drops. */
import type { Engine, Measure } from '../api';
import { formatDuration } from '../shared/format';
import { oldNames } from '../metrics/sampleNames';
import { activeEngines } from './engineSelection';
import { describeRelease, familyRenames, versionOf } from './releases';
import type { DiagnosisRule, Symptom } from './rule';

/** How long an engine has to be known before missing families count, in ms: its first reports come in pieces. */
const settleMs = 60_000;
/** An engine with less than this share of another one's families has lost some. */
const expectedFamilyShare = 0.7;

/** The version as a server reports it, else as the families allow it. */
function versionText(engines: readonly Engine[]): string | undefined {
  const ranges = engines.flatMap(({ release }) => (release?.below === undefined ? [] : describeRelease(release)));
  return versionOf(engines) ?? ranges[0];
}

/** The rules about releases of vLLM and Ray. */
export const releaseRules: readonly DiagnosisRule[] = [
  {
    id: 'old-names',
    holdForMs: 0,
    keepFiringMs: 0,
    detect: ({ engines, trackedEngines }) => {
      const renamed = new Set(trackedEngines.flatMap(({ renamedFamilies }) => [...renamedFamilies]));
      const renames = familyRenames.filter(({ old }) => renamed.has(oldNames[old] ?? ''));
      if (renames.length === 0) return [];
      const version = versionText(engines);
      const list = renames.map(
        ({ old, hidden, removed }) => `${old} is ${oldNames[old]} (hidden in ${hidden}, gone in ${removed})`,
      );
      return [
        {
          severity: 'info',
          message: `vLLM${version === undefined ? '' : ` ${version}`} publishes old names: ${list.join('; ')}. They are read as the new ones.`,
          advice:
            'Dashboards and queries with the old names stop working with an update; a hidden name is shown with --show-hidden-metrics-for-version set to the release before.',
        },
      ];
    },
  },
  {
    id: 'dropped-families',
    holdForMs: 20_000,
    keepFiringMs: 0,
    detect: ({ engines, trackedEngines, now }) => {
      const activeIds = new Set(activeEngines(engines).map(({ id }) => id));
      const settled = trackedEngines.filter(
        ({ key, native, firstSeenAt, familyCount }) =>
          activeIds.has(key) && !native && now - firstSeenAt >= settleMs && familyCount !== undefined,
      );
      const highestCount = Math.max(0, ...settled.map(({ familyCount = 0 }) => familyCount));
      return settled.flatMap(({ key, name, firstSeenAt, familyCount = 0 }): Symptom[] => {
        if (familyCount >= expectedFamilyShare * highestCount) return [];
        return [
          {
            severity: 'warning',
            engine: key,
            message: `${name} shows ${familyCount} of the ${highestCount} families that another engine has, ${formatDuration(now - firstSeenAt)} after it was first seen.`,
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
      let incomplete: Measure | undefined;
      for (const id in measures) if (measures[id]?.unmerged !== undefined) incomplete ??= measures[id];
      if (!incomplete) return [];
      const { unmerged = 0, counted = 0 } = incomplete;
      return [
        {
          severity: 'info',
          message: `Quantiles of token lengths cover ${counted} of ${counted + unmerged} engines: the buckets of the others have different bounds and cannot be merged.`,
          advice: 'The bounds follow max_model_len: with one value for all engines they are merged.',
        },
      ];
    },
  },
];
