/** The public form of a config: what `runConfig(uri)` of the API returns. */
import type { RunConfig } from './types';

export interface ConfigValues {
  /** By dotted key of the nested layout; as written, or as resolved. No defaults. */
  values: Record<string, unknown>;
  /** Keys whose value did not resolve; `values` holds their raw text. */
  unresolved: string[];
}

/** DESIGN §9's `{ values, unresolved }`. Without a config both are empty. */
export function configValues(config: RunConfig | undefined): ConfigValues {
  const all = [...(config?.values.values() ?? [])];
  return {
    values: Object.fromEntries(all.map(({ key, value }) => [key, value])),
    unresolved: all.filter(({ unresolvedReason }) => unresolvedReason !== undefined).map(({ key }) => key),
  };
}
