/**
 * The state table: every state of a VS Code window, with its message and what a person can do about it.
 * docs/reference.md is generated from it.
 */

/** What a person can do about a state: a command and the title of its link. */
export interface StateAction {
  command: string;
  title: string;
}

interface StateRow {
  /** `good`: up to date; `wait`: nothing to do; `broken`: the status bar item opens the Connection view. */
  tone: 'neutral' | 'good' | 'wait' | 'broken';
  /** True for every reason of the state; details follow it. */
  message: string;
  actions: readonly StateAction[];
}

const scrape = { command: 'skyrl.scrape', title: 'Scrape Now' };
const select = { command: 'skyrl.selectConfig', title: 'Select Config' };
const settings = { command: 'skyrl.openSettings', title: 'Open Settings' };
const setToken = { command: 'skyrl.setToken', title: 'Set Dashboard Token' };
const diagnose = { command: 'skyrl.diagnose', title: 'Diagnose Connection' };
const log = { command: 'skyrl.showLog', title: 'Show Log' };
const config = { command: 'skyrl.openConfig', title: 'Open Config' };
const startTimer = { command: 'skyrl.startTimer', title: 'Start Timer' };
const scrapeAnyway = { command: 'skyrl.scrapeAnyway', title: 'Start Timer Anyway' };
const trust = { command: 'workbench.trust.manage', title: 'Manage Workspace Trust' };
const showLive = { command: 'skyrl.showLive', title: 'Back to Live Run' };
const nextStep = { command: 'skyrl.scrape', title: 'Next Scrape' };
const selectSource = { command: 'skyrl.selectSource', title: 'Select Source' };
const selectPrometheus = { command: 'skyrl.selectPrometheus', title: 'Select Prometheus' };
const prometheusToken = { command: 'skyrl.setPrometheusToken', title: 'Set Token for Prometheus' };
const openFolder = { command: 'vscode.openFolder', title: 'Open Folder' };

/** The states by id. */
export const states = {
  'no-folder': { tone: 'neutral', message: 'No folder is open.', actions: [openFolder] },
  searching: { tone: 'wait', message: 'Looking for a SkyRL config…', actions: [] },
  'no-config': { tone: 'neutral', message: 'This workspace has no SkyRL config.', actions: [select, scrape] },
  'several-configs': {
    tone: 'neutral',
    message:
      'This workspace has several SkyRL configs. Select one; until then, Ray is looked for at its default address.',
    actions: [select, scrape],
  },
  untrusted: {
    tone: 'broken',
    message: 'This folder is not trusted. No request is made until you trust it.',
    actions: [trust],
  },
  'stats-off': {
    tone: 'broken',
    message: 'The config turns off engine metrics on Ray (enable_ray_prometheus_stats: false).',
    actions: [config, scrape, diagnose],
  },
  'path-unsupported': {
    tone: 'broken',
    message: 'This config runs no engines that publish metrics.',
    actions: [config],
  },
  'no-run-found': {
    tone: 'neutral',
    message: 'No run found. Neither a current service-discovery file nor a Ray dashboard names a target.',
    actions: [scrape, settings, diagnose],
  },
  'nodes-not-reachable': {
    tone: 'broken',
    message:
      'Ray’s dashboard answers, but its nodes cannot be reached from here. Open VS Code on the cluster (Remote-SSH), or use Prometheus as the source.',
    actions: [diagnose, selectSource, scrape, settings],
  },
  refused: {
    tone: 'broken',
    message: 'Connection refused. Check the address, and whether the cluster is running.',
    actions: [scrape, diagnose, settings],
  },
  'name-not-resolved': {
    tone: 'broken',
    message: 'The host name cannot be resolved from here.',
    actions: [settings, diagnose, scrape],
  },
  'certificate-not-trusted': {
    tone: 'broken',
    message: 'The server’s certificate is not trusted.',
    actions: [settings, diagnose, log],
  },
  'time-out': {
    tone: 'broken',
    message: 'No answer within the time limit (skyrl.scrape.timeout).',
    actions: [scrape, diagnose, settings],
  },
  'proxy-failed': {
    tone: 'broken',
    message: 'The proxy to the cluster (skyrl.proxy) did not connect.',
    actions: [settings, diagnose, scrape],
  },
  unauthorised: { tone: 'broken', message: 'A token is required (401).', actions: [setToken, diagnose] },
  forbidden: {
    tone: 'broken',
    message: 'Access denied (403). Check the token.',
    actions: [setToken, diagnose],
  },
  'too-large': { tone: 'broken', message: 'An answer exceeds the size limit.', actions: [diagnose, log] },
  failed: { tone: 'broken', message: 'The targets answered, but not with metrics.', actions: [diagnose, scrape] },
  'no-engine-series': {
    tone: 'wait',
    message: 'The targets answer, but no engine reports metrics yet.',
    actions: [scrape, config],
  },
  'router-only': {
    tone: 'broken',
    message:
      'Only a router is known, and a router has no engine metrics. Name the servers in external_server_urls or skyrl.endpoints.',
    actions: [config, settings, diagnose],
  },
  'prometheus-failed': {
    tone: 'broken',
    message: 'Prometheus, the source of metrics, did not answer.',
    actions: [scrape, selectPrometheus, prometheusToken, selectSource],
  },
  'prometheus-empty': {
    tone: 'broken',
    message: 'Prometheus, the source of metrics, has no series of this run.',
    actions: [scrape, selectSource, diagnose],
  },
  'prometheus-old': {
    tone: 'broken',
    message: 'Prometheus, the source of metrics, has no recent samples of this run.',
    actions: [scrape, selectSource, diagnose],
  },
  'second-scrape': { tone: 'wait', message: 'Waiting for a second scrape. Rates need two.', actions: [scrape] },
  partial: { tone: 'broken', message: 'Some targets did not answer.', actions: [scrape, diagnose] },
  stale: { tone: 'broken', message: 'The metrics are out of date.', actions: [scrape] },
  held: {
    tone: 'wait',
    message: 'The timer is paused.',
    actions: [scrape, selectSource, scrapeAnyway],
  },
  replaying: {
    tone: 'neutral',
    message: 'Replaying recorded scrapes. Nothing here is live.',
    actions: [showLive, nextStep],
  },
  'timer-stopped': { tone: 'neutral', message: 'The timer is stopped.', actions: [startTimer, scrape] },
  'new-session': {
    tone: 'wait',
    message: 'A new Ray session has started. Rates follow with the next scrape.',
    actions: [scrape],
  },
  fresh: { tone: 'good', message: 'Up to date.', actions: [] },
} as const satisfies Record<string, StateRow>;

/** Id of a state. */
export type StateId = keyof typeof states;
