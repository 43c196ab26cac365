/** Findings about what a release of SkyRL does not take: keys that it lacks, and values that it refuses. */
import { compareReleases } from '../shared/version';
import { engineKey } from './keys';
import { releaseRules, writtenConfig } from './releaseRules';
import { removedKeys } from './removedKeys';
import { describeReleases, keyIn, newestRelease } from './schema';
import type { ConfigFinding, ConfigValue, RunConfig } from './types';

/** Findings for a config of the nested layout. `release` is the one in use, as `major.minor`; undefined if it is not known. */
export function releaseFindings(config: RunConfig, release: string | undefined): ConfigFinding[] {
  if (config.layout === 'legacy') return [];
  return [...missingKeys(config, release), ...refusedValues(config, release)];
}

const isRemoved = (key: string): boolean => removedKeys.some((removed) => removed.key === key);

/** Engine keys that only other releases have. Keys that no release has are the person's own; removed ones have their own finding. */
function missingKeys({ values }: RunConfig, release: string | undefined): ConfigFinding[] {
  if (release === undefined) return [];
  const reported = new Set<string>();
  return [...values.values()].flatMap((value) => {
    const key = engineKeyOf(value);
    const others = key === undefined ? undefined : describeReleases(key);
    if (key === undefined || others === undefined || keyIn(release, key) || isRemoved(key) || reported.has(key))
      return [];
    reported.add(key);
    return [finding(value, 'config-key-release', 'error', `SkyRL ${release} refuses ${key}: SkyRL has it ${others}.`)];
  });
}

/** `generator.inference_engine.NAME` of a value at it or below it. */
function engineKeyOf({ key }: ConfigValue): string | undefined {
  const name = key.startsWith(`${engineKey}.`) ? key.slice(engineKey.length + 1).split('.', 1)[0] : undefined;
  return name && `${engineKey}.${name}`;
}

/** All of them are errors: where the release is not known, only what no release that takes the written keys accepts. */
function refusedValues(config: RunConfig, release: string | undefined): ConfigFinding[] {
  const written = writtenConfig(config);
  const oldest = release ?? oldestRelease(config);
  return releaseRules
    .filter(({ since }) => compareReleases(since, oldest) <= 0)
    .flatMap(({ refusals }) => refusals(written))
    .map(({ value, reason }) =>
      finding(value, 'config-refused', 'error', `SkyRL ${release ?? newestRelease} refuses this: ${reason}`),
    );
}

/** The oldest release that takes all of the written keys: `prefill_init_kwargs` is written for 0.4 or newer. */
function oldestRelease({ values }: RunConfig): string {
  const firsts = [...values.values()].flatMap((value) => {
    const key = engineKeyOf(value);
    return (key && /^since (.*)/.exec(describeReleases(key) ?? '')?.[1]) || [];
  });
  return firsts.sort(compareReleases).at(-1) ?? '';
}

function finding(value: ConfigValue, id: string, severity: ConfigFinding['severity'], message: string): ConfigFinding {
  return { id, severity, message, range: value.range, cause: value };
}
