/** What a file that may be a config is, by reading it as one. */
import { readConfig } from './readConfig';
import type { Environment } from './resolve';
import { looksLikeConfig, type Classifier } from './findConfigs';

const unreadableIds = new Set(['config-syntax', 'config-duplicate-key']);

/** Judges by `environment`, which names in a config may stand for; reads as a config only what looks like one by its bytes. */
export const createClassifier =
  (environment: Environment): Classifier =>
  async (file, bytes) => {
    if (!looksLikeConfig(bytes, file)) return { classification: 'other', parsed: false };
    const { config, findings } = await readConfig(new TextDecoder().decode(bytes), { file, environment });
    const broken = config === undefined && findings.some(({ id }) => unreadableIds.has(id));
    return { classification: config !== undefined ? 'config' : broken ? 'unreadable' : 'other', parsed: true };
  };
