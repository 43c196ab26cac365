/** What releases of SkyRL refuse at the start of a run, as a table of rules (docs/decisions.md, What SkyRL 0.4 refuses). */
import { engineKey, engineKwargsKey } from './keys';
import { asBoolean, asCount, asNumber, asText } from './scalars';
import type { ConfigValue, RunConfig } from './types';

/** The value that is refused, and why, as the rest of a sentence that begins "SkyRL 0.4 refuses this: ". */
export interface Refusal {
  value: ConfigValue;
  reason: string;
}

/** What one release and all later ones refuse. */
export interface ReleaseRule {
  since: string;
  refusals: (config: WrittenConfig) => Refusal[];
}

/** The values of a config as rules read them. */
export interface WrittenConfig {
  /** A value that is written and known; undefined if it is not written, and `unknown` if its value is not known here. */
  get: (key: string) => ConfigValue | 'unknown' | undefined;
  /** Whatever is written at a key or below it. */
  under: (key: string) => readonly ConfigValue[];
}

/** A view of a config for the rules. */
export function writtenConfig({ values }: RunConfig): WrittenConfig {
  return {
    get: (key) => {
      const value = values.get(key);
      return value?.unresolvedReason === undefined ? value : 'unknown';
    },
    under: (key) => [...values.values()].filter((value) => value.key === key || value.key.startsWith(`${key}.`)),
  };
}

const key = (name: string): string => `${engineKey}.${name}`;

/** A value, its default if it is not written, or undefined if it is not known. */
function read<Value>(
  config: WrittenConfig,
  name: string,
  convert: (value: unknown) => Value | undefined,
  standard: Value,
): Value | undefined {
  const found = config.get(name);
  if (found === 'unknown') return undefined;
  return found === undefined || found.value === null ? standard : convert(found.value);
}

/** The values of a mapping that is not empty. */
function entriesOf(config: WrittenConfig, name: string): ConfigValue[] {
  return config
    .under(name)
    .filter(({ value }) => value !== null && !(typeof value === 'object' && Object.keys(value).length === 0));
}

/** Whether a mapping has an entry, written as a key below it or inside one value. */
function hasEntry(values: readonly ConfigValue[], mapping: string, name: string): boolean {
  return values.some(
    (each) =>
      each.key === `${mapping}.${name}` ||
      each.key.startsWith(`${mapping}.${name}.`) ||
      (each.key === mapping && typeof each.value === 'object' && each.value !== null && name in each.value),
  );
}

const isUnknown = ({ unresolvedReason }: ConfigValue): boolean => unresolvedReason !== undefined;

const roles = ['prefill', 'decode'] as const;
const roleKey = (role: (typeof roles)[number]): string => key(`${role}_init_kwargs`);

const roleKwargs: ReleaseRule = {
  since: '0.4',
  refusals: (config) => {
    const written = roles.map((role) => ({ role, entries: entriesOf(config, roleKey(role)) }));
    const [first] = written.flatMap(({ entries }) => entries);
    if (first === undefined) return [];
    if (read(config, key('enable_pd'), asBoolean, false) === false)
      return [{ value: first, reason: 'prefill_init_kwargs and decode_init_kwargs need enable_pd=true.' }];
    const [common] = entriesOf(config, engineKwargsKey);
    if (common !== undefined) {
      const reason =
        'engine_init_kwargs cannot be combined with prefill_init_kwargs and decode_init_kwargs. Move its keys into both.';
      return [{ value: common, reason }];
    }
    return written.flatMap(({ role, entries }): Refusal[] =>
      entries.some(isUnknown) || hasEntry(entries, roleKey(role), 'kv_transfer_config')
        ? []
        : [{ value: entries[0] ?? first, reason: `${role}_init_kwargs needs a kv_transfer_config of its own.` }],
    );
  },
};

const disaggregation: ReleaseRule = {
  since: '0.2',
  refusals: (config) => {
    const on = config.get(key('enable_pd'));
    if (on === undefined || on === 'unknown' || asBoolean(on.value) !== true) return [];
    const prefill = read(config, key('num_prefill'), asNumber, 0);
    const engines = read(config, key('num_engines'), asCount, 1);
    if (prefill !== undefined && prefill < 1)
      return [{ value: on, reason: 'enable_pd=true needs num_prefill of at least 1.' }];
    return prefill === undefined || engines === undefined || prefill < engines
      ? []
      : [{ value: on, reason: `enable_pd=true needs num_prefill (${prefill}) below num_engines (${engines}).` }];
  },
};

const speculation: ReleaseRule = {
  since: '0.4',
  refusals: (config) => {
    const mapping = key('speculative_config');
    const entries = entriesOf(config, mapping);
    const [first] = entries;
    if (first === undefined || entries.some(isUnknown)) return [];
    const inside = entries.find((each) => each.key === mapping)?.value;
    const value = config.get(`${mapping}.method`);
    const method =
      value !== undefined && value !== 'unknown'
        ? value.value
        : typeof inside === 'object' && inside !== null && 'method' in inside
          ? inside.method
          : undefined;
    const cause = value !== undefined && value !== 'unknown' ? value : first;
    return method === 'mtp'
      ? []
      : [{ value: cause, reason: 'speculative_config needs the method mtp, the only one that SkyRL supports.' }];
  },
};

const fp8Modes = ['blockwise', 'mxfp8', 'auto'];

const fp8: ReleaseRule = {
  since: '0.4',
  refusals: (config) => {
    const mode = config.get(key('fp8_weight_sync_mode'));
    if (mode === undefined || mode === 'unknown' || mode.value === null) return [];
    if (!fp8Modes.includes(asText(mode.value) ?? ''))
      return [{ value: mode, reason: 'fp8_weight_sync_mode is blockwise, mxfp8 or auto.' }];
    const strategy = read(config, 'trainer.strategy', asText, 'fsdp');
    if (strategy !== undefined && strategy !== 'megatron')
      return [{ value: mode, reason: 'fp8_weight_sync_mode needs trainer.strategy=megatron.' }];
    const backend = read(config, key('weight_sync_backend'), asText, 'nccl');
    return backend === undefined || backend === 'nccl'
      ? []
      : [{ value: mode, reason: `fp8_weight_sync_mode needs weight_sync_backend=nccl, not ${backend}.` }];
  },
};

const expertParallel: ReleaseRule = {
  since: '0.2',
  refusals: (config) => {
    const value = config.get(key('expert_parallel_size'));
    const size = value === undefined || value === 'unknown' ? undefined : asCount(value.value);
    const data = read(config, key('data_parallel_size'), asCount, 1);
    const tensor = read(config, key('tensor_parallel_size'), asCount, 1);
    if (value === undefined || value === 'unknown' || size === undefined || size <= 1) return [];
    return data === undefined || tensor === undefined || data * tensor === size
      ? []
      : [
          {
            value,
            reason: `expert_parallel_size must be data_parallel_size × tensor_parallel_size (${data * tensor}).`,
          },
        ];
  },
};

const executor: ReleaseRule = {
  since: '0.2',
  refusals: (config) => {
    const value = config.get(key('distributed_executor_backend'));
    return value === undefined || value === 'unknown' || value.value === 'ray' || value.value === 'mp'
      ? []
      : [{ value, reason: 'distributed_executor_backend is ray or mp.' }];
  },
};

const sampleSupport: ReleaseRule = {
  since: '0.4',
  refusals: (config) => {
    const on = config.get(key('enable_return_sample_support_set'));
    if (on === undefined || on === 'unknown' || asBoolean(on.value) !== true) return [];
    const topK = read(config, 'generator.sampling_params.top_k', asNumber, -1);
    const temperature = read(config, 'generator.sampling_params.temperature', asNumber, 1);
    const needed = [
      ...(topK !== undefined && topK <= 1 ? ['top_k above 1'] : []),
      ...(temperature !== undefined && temperature <= 0 ? ['a temperature above 0'] : []),
    ];
    return needed.length === 0
      ? []
      : [
          {
            value: on,
            reason: `enable_return_sample_support_set needs generator.sampling_params with ${needed.join(' and ')}.`,
          },
        ];
  },
};

const offloadForSync: ReleaseRule = {
  since: '0.4',
  refusals: (config) => {
    const on = config.get(key('offload_kv_for_weight_sync'));
    if (on === undefined || on === 'unknown' || asBoolean(on.value) !== true) return [];
    const colocated = read(config, 'trainer.placement.colocate_all', asBoolean, true);
    return colocated === true
      ? [{ value: on, reason: 'offload_kv_for_weight_sync needs trainer.placement.colocate_all=false.' }]
      : [];
  },
};

/** The rules, in the order of findings. */
export const releaseRules: readonly ReleaseRule[] = [
  roleKwargs,
  disaggregation,
  speculation,
  fp8,
  expertParallel,
  executor,
  sampleSupport,
  offloadForSync,
];
