/** Keys of the nested layout that SkyRL no longer takes (its `config.py`, `from_cli_overrides`, at a9564572; research/metrics.md §5.1). */
import { engine, engineKwargs } from './keys';
import { asBoolean } from './scalars';
import type { ConfigFinding } from './types';

export interface RejectedKey {
  key: string;
  severity: ConfigFinding['severity'];
  /** What happens, and what to do instead; follows "SkyRL no longer takes …". */
  words: string;
  /** Only where the value is such; without it always. */
  when?: (value: unknown) => boolean;
}

const always = 'it always uses the HTTP inference path. Remove the key.';
const rope =
  'use engine_init_kwargs.hf_overrides.rope_parameters and trainer.policy.model_config_kwargs.rope_parameters (Megatron: megatron_config.transformer_config_kwargs).';
const ropeParents = ['trainer', 'generator', engine, engineKwargs];

export const rejectedKeys: readonly RejectedKey[] = [
  {
    key: `${engine}.remote_urls`,
    severity: 'error',
    words: 'external servers are given by external_server_urls and external_proxy_url.',
  },
  { key: `${engine}.enable_http_endpoint`, severity: 'error', words: always },
  { key: `${engine}.http_endpoint_host`, severity: 'error', words: always },
  { key: `${engine}.http_endpoint_port`, severity: 'error', words: always },
  {
    key: `${engine}.override_existing_update_group`,
    severity: 'error',
    words: 'update groups are handled by themselves. Remove the key.',
  },
  {
    key: `${engine}.async_engine`,
    severity: 'info',
    words: 'true is what it always does, so the key is dropped without a word.',
    when: (value) => asBoolean(value) === true,
  },
  {
    key: `${engine}.async_engine`,
    severity: 'error',
    words: 'the engine is always asynchronous. Remove the key.',
    when: (value) => asBoolean(value) !== true,
  },
  ...ropeParents.flatMap((parent) =>
    ['rope_scaling', 'rope_theta', 'rope_parameters'].map((name): RejectedKey => ({
      key: `${parent}.${name}`,
      severity: 'error',
      words: rope,
    })),
  ),
  ...['rope_scaling', 'rope_theta'].map((name): RejectedKey => ({
    key: `${engineKwargs}.hf_overrides.${name}`,
    severity: 'error',
    words: rope,
  })),
];
