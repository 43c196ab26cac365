/** What this project relies on in the sources of Ray, SkyRL and Dynamo: facts that are no rows of the catalog. */

/**
 * @typedef {object} Claim
 * @property {string} what what it is for, as a sentence's subject
 * @property {string} [value] the name of a constant, a class's attribute or an attribute of `self`
 * @property {string} [function] the name of a function
 * @property {string} [route] a path that the dashboard answers
 * @property {string} [text] a string that is written somewhere, such as the name of an environment variable
 * @property {unknown} [expected] of a value: what it is; of a function: an expression that it returns or assigns
 */

/** Ray: what discovery, the readers of gauges and the tokens expect (docs/decisions.md). @type {readonly Claim[]} */
export const rayClaims = [
  { what: 'the prefix of every metric', value: 'NAMESPACE', expected: 'ray' },
  {
    what: 'how long a gauge stays without a new report (2 report intervals)',
    function: '_resolve_gauge_ttl_seconds',
    expected: '2 * effective_report_interval_ms / 1000.0',
  },
  { what: 'the default cardinality level', value: 'RAY_METRIC_CARDINALITY_LEVEL', expected: 'recommended' },
  {
    what: 'the only metrics that lose WorkerId at that level',
    value: 'HIGH_CARDINALITY_GAUGE_AGGREGATION',
    expected: "{'tasks': sum, 'actors': sum}",
  },
  { what: 'the label that names a worker', value: 'WORKER_ID_TAG_KEY', expected: 'WorkerId' },
  {
    what: 'the service-discovery file',
    value: 'PROMETHEUS_SERVICE_DISCOVERY_FILE',
    expected: 'prom_metrics_service_discovery.json',
  },
  { what: 'how often that file is written, in s', value: 'default_service_discovery_flush_period', expected: 5 },
  {
    what: 'the shape of service discovery',
    function: 'get_file_discovery_content',
    expected: "[{'labels': {'job': 'ray'}, 'targets': metrics_export_addresses}]",
  },
  { what: 'the dashboard’s port', value: 'DEFAULT_DASHBOARD_PORT', expected: 8265 },
  { what: 'the autoscaler’s metrics port, which has no engines', value: 'AUTOSCALER_METRIC_PORT', expected: 44217 },
  { what: 'the dashboard’s metrics port, which has no engines', value: 'DASHBOARD_METRIC_PORT', expected: 44227 },
  { what: 'how a token is sent', value: 'AUTHORIZATION_BEARER_PREFIX', expected: 'Bearer ' },
  { what: 'the header of a token', value: 'AUTHORIZATION_HEADER_NAME', expected: 'authorization' },
  {
    what: 'where a token is kept',
    function: '_get_default_token_path',
    expected: "Path.home() / '.ray' / 'auth_token'",
  },
  { what: 'the list of targets', route: '/api/prometheus/sd' },
  { what: 'the list of nodes', route: '/nodes' },
  { what: 'the list of actors', route: '/logical/actors' },
  { what: 'the cluster’s version and session', route: '/api/version' },
];

/** SkyRL: servers' ports, the names it logs values from, and what it accepts. @type {readonly Claim[]} */
export const skyrlClaims = [
  { what: 'the first server’s port', value: 'VLLM_START_PORT', expected: 8000 },
  { what: 'how far apart servers’ ports are', value: 'SERVER_PORT_STRIDE', expected: 100 },
  { what: 'the side channels of KV transfers, no metrics', value: 'NIXL_SIDE_CHANNEL_BASE_PORT', expected: 20000 },
  { what: 'the bootstrap ports of Mooncake, no metrics', value: 'MOONCAKE_BOOTSTRAP_BASE_PORT', expected: 20000 },
  { what: 'the router’s metrics port', value: '_DEFAULT_PROMETHEUS_PORT', expected: 29000 },
  {
    what: 'the methods of speculation it accepts',
    value: 'SUPPORTED_SPECULATIVE_DECODING_METHODS',
    expected: ['mtp'],
  },
  ...Object.entries({
    _GAUGE_NUM_RUNNING: 'num_requests_running',
    _GAUGE_NUM_WAITING: 'num_requests_waiting',
    _GAUGE_KV_CACHE_USAGE: 'kv_cache_usage_perc',
    _COUNTER_PREFIX_QUERIES: 'prefix_cache_queries_total',
    _COUNTER_PREFIX_HITS: 'prefix_cache_hits_total',
    _COUNTER_PROMPT_TOKENS: 'prompt_tokens_total',
    _COUNTER_GENERATION_TOKENS: 'generation_tokens_total',
    _HIST_TTFT_SUM: 'time_to_first_token_seconds_sum',
    _HIST_TTFT_COUNT: 'time_to_first_token_seconds_count',
    _HIST_ITL_SUM: 'inter_token_latency_seconds_sum',
    _HIST_ITL_COUNT: 'inter_token_latency_seconds_count',
    _COUNTER_SPEC_DRAFTS: 'spec_decode_num_drafts_total',
    _COUNTER_SPEC_DRAFT_TOKENS: 'spec_decode_num_draft_tokens_total',
    _COUNTER_SPEC_ACCEPTED_TOKENS: 'spec_decode_num_accepted_tokens_total',
    _COUNTER_SPEC_ACCEPTED_PER_POS: 'spec_decode_num_accepted_tokens_per_pos_total',
  }).map(([value, name]) => ({
    what: 'a series that its own log is made from',
    value,
    expected: `ray_vllm_${name}`,
  })),
];

/** Dynamo: how a worker's metrics are opened. @type {readonly Claim[]} */
export const dynamoClaims = [{ what: 'the variable with the port of a worker’s metrics', text: 'DYN_SYSTEM_PORT' }];

/**
 * The constants and functions that claims are about.
 * @param {readonly Claim[]} claims
 */
export function claimRequest(claims) {
  return {
    values: claims.flatMap(({ value }) => value ?? []),
    functions: claims.flatMap((claim) => claim.function ?? []),
    routes: claims.some(({ route }) => route !== undefined),
    texts: claims.flatMap(({ text }) => text ?? []),
  };
}
