/** Rules about releases: what an old vLLM names differently, and what Ray drops. */
import type { Engine } from '../api';
import { catalog } from '../metrics/catalog/index';
import { oldNames } from '../metrics/sampleNames';
import { isOlderRelease, releaseOf } from '../shared/version';
import { findDroppedHistograms, type KnownEngine } from './droppedHistograms';
import { activeEngines } from './engineSelection';
import { describeRelease, familyRenames, versionOf } from './releases';
import type { DiagnosisRule, RuleInput, Symptom } from './rule';

/** How long an engine has to be known before missing families count, in ms: its first reports come in pieces. */
const settleMs = 60_000;
/** From this release on Ray drops single histograms, not the rest of a report. */
const dropsPointsRelease = '2.60';
/** More histograms are counted instead of named. */
const maxNamedHistograms = 3;
/** An engine with less than this share of another one's families has lost some. */
const expectedFamilyShare = 0.7;

/** The version as a server reports it, else as the families allow it. */
function versionText(engines: readonly Engine[]): string | undefined {
  const ranges = engines.flatMap(({ release }) => (release?.below === undefined ? [] : describeRelease(release)));
  return versionOf(engines) ?? ranges[0];
}

/** Engines on Ray that are at work, with their families. */
const knownEngines = ({ engines, trackedById }: RuleInput): KnownEngine[] =>
  activeEngines(engines).flatMap((engine): KnownEngine[] => {
    const tracked = trackedById.get(engine.id);
    const { native, families } = tracked ?? {};
    return tracked && !native && families && engine.isCurrent ? [{ engine, tracked, families }] : [];
  });

/** What Ray does with histograms whose buckets differ, by its release, and what to do. */
function dropAdvice(rayVersion: string | undefined): string {
  const cause =
    releaseOf(rayVersion) === undefined
      ? 'Ray drops histograms whose buckets differ between two engines of a node, before 2.60 with everything reported after them.'
      : isOlderRelease(rayVersion ?? '', dropsPointsRelease)
        ? 'Before 2.60 Ray drops the rest of an engine’s report from the first histogram on whose buckets differ from another engine’s of the node.'
        : 'From 2.60 on Ray’s agent drops the histograms whose buckets differ from those that the first engine of the node registered; the rest of the report is whole.';
  return `${cause} Buckets of token lengths follow max_model_len: give the engines of a node one value, or put them on different nodes.`;
}

/** The histograms that these quantiles (row ids) are of, and why engines may have other bounds for them. */
function describeHistograms(ids: readonly string[]): { subject: string; advice: string } {
  const rows = catalog.filter(({ id }) => ids.includes(id));
  if (rows.every(({ unit }) => unit === 'tokens'))
    return {
      subject: 'token lengths',
      advice: 'The bounds follow max_model_len: with one value for all engines they are merged.',
    };
  const labels = [...new Set(rows.map(({ label }) => label.replace(/, p\d+$/, '')))];
  const named = labels.length <= maxNamedHistograms ? labels.map((label) => `“${label}”`).join(', ') : undefined;
  return {
    subject: named ?? `${labels.length} metrics`,
    advice:
      'Releases of vLLM have different bounds, and those of token lengths follow max_model_len: give all engines one release and one value.',
  };
}

/** The rules about releases of vLLM and Ray. */
export const releaseRules: readonly DiagnosisRule[] = [
  {
    id: 'old-names',
    judges: 'fact',
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
    judges: 'fact',
    holdForMs: 20_000,
    keepFiringMs: 0,
    detect: (input) => {
      const known = knownEngines(input);
      const isSettled = ({ tracked }: KnownEngine): boolean => input.now - tracked.firstSeenAt >= settleMs;
      // What only decoding observes, a prefill engine never has.
      const highestCounts = new Map<Engine['role'], number>();
      const knownByNode = new Map<string, KnownEngine[]>();
      for (const each of known) {
        const { role, node } = each.engine;
        if (isSettled(each)) highestCounts.set(role, Math.max(highestCounts.get(role) ?? 0, each.families.size));
        const onNode = knownByNode.get(node) ?? [];
        onNode.push(each);
        knownByNode.set(node, onNode);
      }
      return known.flatMap((each): Symptom[] => {
        const { engine, families } = each;
        const dropped = findDroppedHistograms(each, knownByNode.get(engine.node) ?? []);
        const highestCount = highestCounts.get(engine.role) ?? 0;
        const isPartial = isSettled(each) && families.size < expectedFamilyShare * highestCount;
        if (!dropped && !isPartial) return [];
        const version =
          input.rayVersion === undefined ? '' : ` (Ray ${releaseOf(input.rayVersion) ?? input.rayVersion})`;
        return [
          {
            severity: 'warning',
            engine: engine.id,
            ...(dropped && { namedEngines: [dropped.other.id] }),
            message: dropped
              ? `${engine.name}’s histograms are missing on ${engine.node}: its buckets differ from ${dropped.other.name}’s${version}. Missing: ${dropped.missing.join(', ')}.`
              : `${engine.name} shows ${families.size} of the ${highestCount} families that another engine has${version}.`,
            advice: dropAdvice(input.rayVersion),
          },
        ];
      });
    },
  },
  {
    id: 'bounds-differ',
    judges: 'fact',
    holdForMs: 0,
    keepFiringMs: 0,
    detect: ({ measures }) => {
      const ids = Object.keys(measures).filter((id) => measures[id]?.unmerged !== undefined);
      const [incomplete] = ids.flatMap((id) => measures[id] ?? []);
      if (!incomplete) return [];
      const { unmerged = 0, counted = 0 } = incomplete;
      const { subject, advice } = describeHistograms(ids);
      return [
        {
          severity: 'info',
          message: `Quantiles of ${subject} cover ${counted} of ${counted + unmerged} engines: the buckets of the others have different bounds and cannot be merged.`,
          advice,
        },
      ];
    },
  },
];
