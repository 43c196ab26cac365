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
  message: string;
  actions: readonly StateAction[];
}

const scrape = { command: 'skyrl.scrape', title: 'Scrape now' };
const select = { command: 'skyrl.selectConfig', title: 'Choose a config' };
const settings = { command: 'skyrl.openSettings', title: 'Open settings' };
const setToken = { command: 'skyrl.setToken', title: 'Set the token' };
const diagnose = { command: 'skyrl.diagnose', title: 'Diagnose the connection' };
const log = { command: 'skyrl.showLog', title: 'Show log' };
const config = { command: 'skyrl.openConfig', title: 'Open the config' };
const startTimer = { command: 'skyrl.startTimer', title: 'Start the timer' };
const scrapeAnyway = { command: 'skyrl.scrapeAnyway', title: 'Scrape on the timer anyway' };
const trust = { command: 'workbench.trust.manage', title: 'Manage workspace trust' };
const showLive = { command: 'skyrl.showLive', title: 'Back to the live run' };
const nextStep = { command: 'skyrl.scrape', title: 'Go on to the next scrape' };
const selectSource = { command: 'skyrl.selectSource', title: 'Choose the source' };
const selectPrometheus = { command: 'skyrl.selectPrometheus', title: 'Choose the Prometheus' };
const prometheusToken = { command: 'skyrl.setPrometheusToken', title: 'Set the token for Prometheus' };
const openFolder = { command: 'vscode.openFolder', title: 'Open a folder' };

/** The states by id. */
export const states = {
  'no-folder': { tone: 'neutral', message: 'No folder is open.', actions: [openFolder] },
  searching: { tone: 'wait', message: 'Looking for a SkyRL config.', actions: [] },
  'no-config': { tone: 'neutral', message: 'No SkyRL config in this workspace.', actions: [select, scrape] },
  'several-configs': {
    tone: 'neutral',
    message: 'Several SkyRL configs are here; none is chosen, so Ray is looked for in its usual places.',
    actions: [select, scrape],
  },
  untrusted: { tone: 'broken', message: 'This folder is not trusted, so no request is made.', actions: [trust] },
  'stats-off': {
    tone: 'broken',
    message: 'The config turns engine metrics on Ray off (enable_ray_prometheus_stats: false).',
    actions: [config, scrape, diagnose],
  },
  'path-unsupported': {
    tone: 'broken',
    message: 'The synchronous engine of the old inference path publishes no engine metrics.',
    actions: [config],
  },
  'no-run-found': {
    tone: 'neutral',
    message: 'No run found: no fresh service-discovery file, and no Ray dashboard answered.',
    actions: [scrape, settings, diagnose],
  },
  'nodes-not-reachable': {
    tone: 'broken',
    message:
      'The dashboard answers, its nodes cannot be reached from here. Open VS Code on the cluster (Remote-SSH), or use Prometheus.',
    actions: [diagnose, selectSource, scrape, settings],
  },
  refused: { tone: 'broken', message: 'The connection was refused.', actions: [scrape, diagnose, settings] },
  'name-not-resolved': {
    tone: 'broken',
    message: 'A host name does not resolve.',
    actions: [settings, diagnose, scrape],
  },
  'certificate-not-trusted': {
    tone: 'broken',
    message: 'A certificate is not trusted.',
    actions: [settings, diagnose, log],
  },
  'time-out': { tone: 'broken', message: 'No answer in time.', actions: [scrape, diagnose, settings] },
  unauthorised: { tone: 'broken', message: 'The dashboard asks for a token (401).', actions: [setToken, diagnose] },
  forbidden: {
    tone: 'broken',
    message: 'The dashboard does not accept this token (403).',
    actions: [setToken, diagnose],
  },
  'too-large': { tone: 'broken', message: 'An answer was larger than the cap.', actions: [diagnose, log] },
  failed: { tone: 'broken', message: 'The targets answered, but not with metrics.', actions: [diagnose, scrape] },
  'no-engine-series': { tone: 'wait', message: 'Reached, but no engine reports there yet.', actions: [scrape, config] },
  'router-only': {
    tone: 'broken',
    message: 'Only a router is known: it is not an engine and shows no engine’s metrics.',
    actions: [config, settings, diagnose],
  },
  'prometheus-failed': {
    tone: 'broken',
    message: 'Prometheus, which is the source, did not answer.',
    actions: [scrape, selectPrometheus, prometheusToken, selectSource],
  },
  'prometheus-empty': {
    tone: 'broken',
    message: 'Prometheus, which is the source, has nothing of this run.',
    actions: [scrape, selectSource, diagnose],
  },
  'prometheus-old': {
    tone: 'broken',
    message: 'Prometheus, which is the source, has nothing new of this run.',
    actions: [scrape, selectSource, diagnose],
  },
  'second-scrape': { tone: 'wait', message: 'Gauges are here; rates need a second scrape.', actions: [scrape] },
  partial: { tone: 'broken', message: 'Some targets did not answer.', actions: [scrape, diagnose] },
  stale: { tone: 'broken', message: 'The numbers are old.', actions: [scrape] },
  held: {
    tone: 'wait',
    message:
      'The timer holds: this Ray hands each gauge to one reader only, and reading would take it from SkyRL’s own log.',
    actions: [scrape, selectSource, scrapeAnyway],
  },
  replaying: {
    tone: 'neutral',
    message: 'Recorded scrapes are replayed: nothing here is live.',
    actions: [showLive, nextStep],
  },
  'timer-stopped': { tone: 'neutral', message: 'The timer is stopped.', actions: [startTimer, scrape] },
  'new-session': {
    tone: 'wait',
    message: 'A new Ray session: its engines are met for the first time.',
    actions: [scrape],
  },
  fresh: { tone: 'good', message: 'Fresh.', actions: [] },
} as const satisfies Record<string, StateRow>;

/** Id of a state. */
export type StateId = keyof typeof states;
