/** Names of the tools for language models, without the tools, which are loaded at their first use. */

/** In the order of the manifest. */
export const toolNames = [
  'skyrl_get_status',
  'skyrl_get_metrics',
  'skyrl_get_findings',
  'skyrl_get_history',
  'skyrl_get_rollouts',
  'skyrl_compare_runs',
  'skyrl_get_config',
  'skyrl_scrape_now',
  'skyrl_query_prometheus',
] as const;

/** The name of a tool. */
export type ToolName = (typeof toolNames)[number];
