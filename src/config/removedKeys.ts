/** Keys of the nested layout that SkyRL refuses by now (docs/decisions.md, Keys that SkyRL rejects). */
import { engineKey, engineKwargsKey } from './keys';
import { asBoolean } from './scalars';
import type { ConfigFinding } from './types';

/** A key that SkyRL no longer takes. */
export interface RemovedKey {
  key: string;
  severity: ConfigFinding['severity'];
  /** What to do instead; follows "SkyRL no longer takes …". */
  message: string;
  /** Which values are refused; all if this is left out. */
  condition?: (value: unknown) => boolean;
}

const alwaysHttpMessage = 'it always uses the HTTP inference path. Remove the key.';
const rope =
  'use engine_init_kwargs.hf_overrides.rope_parameters and trainer.policy.model_config_kwargs.rope_parameters (Megatron: megatron_config.transformer_config_kwargs).';
const ropeParents = ['trainer', 'generator', engineKey, engineKwargsKey];

/** All of them, in the order of findings. */
export const removedKeys: readonly RemovedKey[] = [
  {
    key: `${engineKey}.remote_urls`,
    severity: 'error',
    message: 'external servers are given by external_server_urls and external_proxy_url.',
  },
  { key: `${engineKey}.enable_http_endpoint`, severity: 'error', message: alwaysHttpMessage },
  { key: `${engineKey}.http_endpoint_host`, severity: 'error', message: alwaysHttpMessage },
  { key: `${engineKey}.http_endpoint_port`, severity: 'error', message: alwaysHttpMessage },
  {
    key: `${engineKey}.override_existing_update_group`,
    severity: 'error',
    message: 'update groups are handled by themselves. Remove the key.',
  },
  {
    key: `${engineKey}.async_engine`,
    severity: 'error',
    message: 'the engine is always asynchronous. Remove the key.',
    // True is what it always does.
    condition: (value) => asBoolean(value) !== true,
  },
  ...ropeParents.flatMap((parent) =>
    ['rope_scaling', 'rope_theta', 'rope_parameters'].map((name): RemovedKey => ({
      key: `${parent}.${name}`,
      severity: 'error',
      message: rope,
    })),
  ),
  ...['rope_scaling', 'rope_theta'].map((name): RemovedKey => ({
    key: `${engineKwargsKey}.hf_overrides.${name}`,
    severity: 'error',
    message: rope,
  })),
];
