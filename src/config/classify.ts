/** What a file that may be a config is, by reading it as one. */
import { readConfig } from './readConfig';
import type { Environment } from './resolve';
import { looksLikeConfig, type Judge } from './findConfigs';

const brokenIds = new Set(['config-syntax', 'config-duplicate-key']);

/** Judges by `environment`, which names in a config may stand for; reads as a config only what looks like one by its bytes. */
export const judgeIn =
  (environment: Environment): Judge =>
  async (file, bytes) => {
    if (!looksLikeConfig(bytes, file)) return { verdict: 'other', parsed: false };
    const { config, findings } = await readConfig(new TextDecoder().decode(bytes), { file, environment });
    const broken = config === undefined && findings.some(({ id }) => brokenIds.has(id));
    return { verdict: config !== undefined ? 'config' : broken ? 'unreadable' : 'other', parsed: true };
  };
