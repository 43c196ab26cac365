/** Differences that are known and wanted, each with its reason: they are not reported. */

/** Families that rows read although the newest release has none of that name. @type {Readonly<Record<string, string>>} */
export const olderFamilies = {
  prompt_tokens_recomputed: 'vLLM before 0.32',
  dynamo_component_kvstats_active_blocks: 'Dynamo before 1.6',
  dynamo_frontend_model_workers: 'Dynamo before 1.6',
  node_load_average_1m: 'the dashboard’s load average, which is no metric of Ray',
};

/** Families of vLLM without a row: the category Other engine metrics shows them. @type {import('./compare.mjs').LeftOut} */
export const leftOutOfVllm = [
  [/^diffusion_/, 'diffusion language models, which SkyRL does not train'],
  [/^websocket_/, 'speech sessions, which SkyRL does not serve'],
  [/^engine_sleep_state$/, 'read by engine states'],
];

/** Ray's metrics of a node without a row. @type {import('./compare.mjs').LeftOut} */
export const leftOutOfRay = [
  [
    /^node_(mem|cgroup_mem)_(available|shared_bytes|total_host|used_host|total|used)$/,
    'memory is shown as used and total',
  ],
  [
    /^node_disk_(free|usage|read_iops|write_iops|io_read|io_write|io_read_count|io_write_count)$/,
    'the share of the disk and the speeds are shown',
  ],
  [/^node_gpus_available$/, 'the GPUs of a node, whatever they do'],
  [/^node_network_(received|sent)$/, 'totals since boot; the speeds are shown'],
];
