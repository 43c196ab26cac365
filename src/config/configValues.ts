/** The public form of a config, which `runConfig(uri)` of the API returns. */
import type { RunConfig } from './types';

/** Values by key, and the keys that did not resolve (docs/api.md, runConfig). */
export interface ConfigValues {
  /** By dotted key of the nested layout, as written or resolved, without defaults. */
  values: Record<string, unknown>;
  /** Keys whose value did not resolve; `values` has their raw text. */
  unresolved: string[];
}

/** The values of a config; both parts are empty without one. */
export function configValues(config: RunConfig | undefined): ConfigValues {
  const all = [...(config?.values.values() ?? [])];
  return {
    values: Object.fromEntries(all.map(({ key, value }) => [key, value])),
    unresolved: all.filter(({ unresolvedReason }) => unresolvedReason !== undefined).map(({ key }) => key),
  };
}
