/** Classifies files of a workspace by reading them as configs. */
import { readConfig } from './readConfig';
import type { Environment } from './resolve';
import { looksLikeConfig, type Classifier } from './findConfigs';

const unreadableIds = new Set(['config-syntax', 'config-duplicate-key']);

/** A classifier that resolves references with `environment`. It parses only files whose bytes look like a config. */
export const createClassifier =
  (environment: Environment): Classifier =>
  async (file, bytes) => {
    if (!looksLikeConfig(bytes, file)) return { classification: 'other', parsed: false };
    const { config, findings } = await readConfig(new TextDecoder().decode(bytes), { file, environment });
    const broken = config === undefined && findings.some(({ id }) => unreadableIds.has(id));
    return { classification: config !== undefined ? 'config' : broken ? 'unreadable' : 'other', parsed: true };
  };
