/**
 * The state table: every state of a VS Code window, with its message and what a person can do about it.
 * docs/reference.md is generated from it.
 */

/** What a person can do about a state: a command and the title of its link. */
export interface StateAction {
  command: string;
  title: string;
  /** What a person may think who needs it; asked before the link. */
  question?: string;
}

/** A state as the table has it. */
export interface StateRow {
  /** `good`: up to date; `wait`: nothing to do; `broken`: the status bar item opens the Connection view. */
  tone: 'neutral' | 'good' | 'wait' | 'broken';
  /** True for every reason of the state; details follow it. */
  message: string;
  /** By likelihood: the first is the button of the welcome, the others are links below it. */
  actions: readonly StateAction[];
  /** What the welcome says in place of the message: a welcome has no details. */
  welcome?: string;
  /** The same, by the value of the context key `skyrl.place`. */
  welcomes?: Readonly<Record<string, string>>;
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
const reach = { command: 'skyrl.reachCluster', title: 'Ways to Reach It' };
const recordedRun = { command: 'skyrl.tryRecordedRun', title: 'Try It on a Recorded Run' };

const isElsewhere = { ...reach, question: 'Is the cluster on another machine or network?' };
const hasOtherAddress = { ...settings, question: 'Is it at another address?' };
const justLooking = { ...recordedRun, question: 'Just looking?' };

/** The states by id. */
export const states = {
  'no-folder': { tone: 'neutral', message: 'No folder is open.', actions: [openFolder, justLooking] },
  searching: { tone: 'wait', message: 'Looking for a SkyRL config…', actions: [] },
  'no-config': {
    tone: 'neutral',
    message: 'This workspace has no SkyRL config.',
    actions: [select, { ...scrape, question: 'Does a run work without one here?' }, justLooking],
  },
  'several-configs': {
    tone: 'neutral',
    message: 'This workspace has several SkyRL configs. Select the one of your run; it may say where the engines are.',
    actions: [select, { ...scrape, question: 'Is Ray at its default address?' }],
  },
  untrusted: {
    tone: 'broken',
    message: 'This folder is not trusted. No request is made until you trust it.',
    actions: [trust, justLooking],
  },
  'stats-off': {
    tone: 'broken',
    message: 'The config turns off engine metrics on Ray (enable_ray_prometheus_stats: false).',
    actions: [config, { ...scrape, question: 'Is it on in the run itself?' }, diagnose],
  },
  'path-unsupported': {
    tone: 'broken',
    message: 'This config runs no engines that publish metrics.',
    actions: [config, { ...settings, question: 'Do you know the servers’ /metrics?' }],
  },
  'no-run-found': {
    tone: 'neutral',
    message: 'No run found.',
    welcomes: {
      here: 'No Ray cluster answers on this machine (127.0.0.1:8265). Once you start the run, its metrics appear here by themselves.',
      proxy: 'No Ray cluster answers at 127.0.0.1:8265 beyond the proxy (skyrl.proxy).',
      named: 'No Ray cluster answers at the address that the script in use names.',
      empty: 'The Ray dashboard answers, but it lists no node with metrics.',
    },
    actions: [
      scrape,
      isElsewhere,
      { ...settings, question: 'Is Ray’s dashboard at another address?' },
      diagnose,
      justLooking,
    ],
  },
  'nodes-not-reachable': {
    tone: 'broken',
    message: 'Ray’s dashboard answers, but its nodes cannot be reached from here.',
    actions: [reach, { ...selectSource, question: 'Does a Prometheus scrape them?' }, scrape, diagnose],
  },
  refused: {
    tone: 'broken',
    message: 'Connection refused. Check the address, and whether the cluster is running.',
    actions: [scrape, hasOtherAddress, isElsewhere, diagnose],
  },
  'name-not-resolved': {
    tone: 'broken',
    message: 'The host name cannot be resolved from here.',
    actions: [settings, { ...reach, question: 'Does only the cluster know the name?' }, scrape, diagnose],
  },
  'certificate-not-trusted': {
    tone: 'broken',
    message: 'The server’s certificate is not trusted.',
    actions: [diagnose, hasOtherAddress, log],
  },
  'time-out': {
    tone: 'broken',
    message: 'No answer within the time limit (skyrl.scrape.timeout).',
    actions: [scrape, isElsewhere, { ...settings, question: 'Does it need more time?' }, diagnose],
  },
  'proxy-failed': {
    tone: 'broken',
    message: 'The proxy to the cluster (skyrl.proxy) did not connect.',
    actions: [settings, { ...scrape, question: 'Does the proxy run now?' }, diagnose],
  },
  unauthorised: {
    tone: 'broken',
    message: 'A token is required (401).',
    actions: [setToken, diagnose],
  },
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
    actions: [scrape, { ...config, question: 'Is the model loaded long since?' }],
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
    actions: [
      scrape,
      { ...selectPrometheus, question: 'Is it at another address?' },
      { ...prometheusToken, question: 'Does it want a token?' },
      selectSource,
    ],
  },
  'prometheus-empty': {
    tone: 'broken',
    message: 'Prometheus, the source of metrics, has no series of this run.',
    actions: [scrape, { ...selectSource, question: 'Can the targets be scraped from here?' }, diagnose],
  },
  'prometheus-old': {
    tone: 'broken',
    message: 'Prometheus, the source of metrics, has no recent samples of this run.',
    actions: [scrape, { ...selectSource, question: 'Can the targets be scraped from here?' }, diagnose],
  },
  'second-scrape': { tone: 'wait', message: 'Waiting for a second scrape. Rates need two.', actions: [scrape] },
  partial: { tone: 'broken', message: 'Some targets did not answer.', actions: [diagnose, scrape] },
  stale: { tone: 'broken', message: 'The metrics are out of date.', actions: [scrape] },
  held: {
    tone: 'wait',
    message: 'The timer is paused.',
    welcome: 'The timer is paused, because a scrape could take gauges from SkyRL’s own log.',
    actions: [
      scrape,
      { ...selectSource, question: 'Does a Prometheus scrape the cluster?' },
      { ...scrapeAnyway, question: 'Can SkyRL’s own log do without them?' },
    ],
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

/** Where a scrape found no run: at Ray's default address, here or beyond a proxy; at a named one; on no node. */
export type NoRunPlace = keyof (typeof states)['no-run-found']['welcomes'];
