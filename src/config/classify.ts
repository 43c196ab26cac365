/** Classifies files of a workspace by reading them as configs. */
import type { ReadConfigText } from './configThread';
import type { Environment } from './resolve';
import { looksLikeConfig, type Classifier } from './findConfigs';

const unreadableIds = new Set(['config-syntax', 'config-duplicate-key']);

/** A classifier that reads with `read` and resolves references with `environment`. It reads only files whose bytes look like a config. */
export const createClassifier =
  (read: ReadConfigText, environment: Environment): Classifier =>
  async (file, bytes) => {
    if (!looksLikeConfig(bytes, file)) return { classification: 'other', parsed: false };
    const { config, findings } = await read(new TextDecoder().decode(bytes), { file, environment });
    const broken = config === undefined && findings.some(({ id }) => unreadableIds.has(id));
    return { classification: config !== undefined ? 'config' : broken ? 'unreadable' : 'other', parsed: true };
  };
