/** Whether a config asks for prefill/decode disaggregation. */
import { engineKey } from './keys';
import { asBoolean } from './scalars';
import type { RunConfig } from './types';

/**
 * What the config asks for; a config that does not write `enable_pd` asks for none, as is SkyRL's default. Undefined
 * without a config, or if the written value is not known here.
 */
export function isDisaggregated(config: RunConfig | undefined): boolean | undefined {
  if (!config) return undefined;
  const written = config.values.get(`${engineKey}.enable_pd`);
  if (!written) return false;
  return written.unresolvedReason === undefined ? (asBoolean(written.value) ?? undefined) : undefined;
}
