/** Every state a window can be in: DESIGN's state table as data. Words for people, and one way on for each. */

/** What a person can do about a state: a command id with the words of its link. */
export interface WayOn {
  command: string;
  title: string;
}

export interface StateRow {
  /** `good`: numbers flow; `wait`: nothing to do; `broken`: the status item leads to the Connection view. */
  tone: 'neutral' | 'good' | 'wait' | 'broken';
  words: string;
  ways: readonly WayOn[];
}

const scrape = { command: 'skyrl.scrape', title: 'Scrape now' };
const select = { command: 'skyrl.selectConfig', title: 'Choose a config' };
const settings = { command: 'skyrl.openSettings', title: 'Open settings' };
const setToken = { command: 'skyrl.setToken', title: 'Set the token' };
const diagnose = { command: 'skyrl.diagnose', title: 'Diagnose the connection' };
const log = { command: 'skyrl.showLog', title: 'Show log' };
const config = { command: 'skyrl.openConfig', title: 'Open the config' };
const startTimer = { command: 'skyrl.startTimer', title: 'Start the timer' };
const anyway = { command: 'skyrl.scrapeAnyway', title: 'Scrape on the timer anyway' };
const trust = { command: 'workbench.trust.manage', title: 'Manage workspace trust' };
const showLive = { command: 'skyrl.showLive', title: 'Back to the live run' };
const nextStep = { command: 'skyrl.scrape', title: 'Go on to the next scrape' };
const selectSource = { command: 'skyrl.selectSource', title: 'Choose the source' };
const selectPrometheus = { command: 'skyrl.selectPrometheus', title: 'Choose the Prometheus' };
const prometheusToken = { command: 'skyrl.setPrometheusToken', title: 'Set the token for Prometheus' };
const openFolder = { command: 'vscode.openFolder', title: 'Open a folder' };

export const states = {
  'no-folder': { tone: 'neutral', words: 'No folder is open.', ways: [openFolder] },
  searching: { tone: 'wait', words: 'Looking for a SkyRL config.', ways: [] },
  'no-config': { tone: 'neutral', words: 'No SkyRL config in this workspace.', ways: [select, scrape] },
  'several-configs': {
    tone: 'neutral',
    words: 'Several SkyRL configs are here; none is chosen, so Ray is looked for in its usual places.',
    ways: [select, scrape],
  },
  untrusted: { tone: 'broken', words: 'This folder is not trusted, so no request is made.', ways: [trust] },
  'stats-off': {
    tone: 'broken',
    words: 'The config turns engine metrics on Ray off (enable_ray_prometheus_stats: false).',
    ways: [config, scrape, diagnose],
  },
  'path-unsupported': {
    tone: 'broken',
    words: 'The synchronous engine of the old inference path publishes no engine metrics.',
    ways: [config],
  },
  'no-run-found': {
    tone: 'neutral',
    words: 'No run found: no fresh service-discovery file, and no Ray dashboard answered.',
    ways: [scrape, settings, diagnose],
  },
  'nodes-not-reachable': {
    tone: 'broken',
    words:
      'The dashboard answers, its nodes cannot be reached from here. Open VS Code on the cluster (Remote-SSH), or use Prometheus.',
    ways: [diagnose, selectSource, scrape, settings],
  },
  refused: { tone: 'broken', words: 'The connection was refused.', ways: [scrape, diagnose, settings] },
  'name-not-resolved': { tone: 'broken', words: 'A host name does not resolve.', ways: [settings, diagnose, scrape] },
  'certificate-not-trusted': {
    tone: 'broken',
    words: 'A certificate is not trusted.',
    ways: [settings, diagnose, log],
  },
  'time-out': { tone: 'broken', words: 'No answer in time.', ways: [scrape, diagnose, settings] },
  unauthorised: { tone: 'broken', words: 'The dashboard asks for a token (401).', ways: [setToken, diagnose] },
  forbidden: { tone: 'broken', words: 'The dashboard does not accept this token (403).', ways: [setToken, diagnose] },
  'too-large': { tone: 'broken', words: 'An answer was larger than the cap.', ways: [diagnose, log] },
  failed: { tone: 'broken', words: 'The targets answered, but not with metrics.', ways: [diagnose, scrape] },
  'no-engine-series': { tone: 'wait', words: 'Reached, but no engine reports there yet.', ways: [scrape, config] },
  'router-only': {
    tone: 'broken',
    words: 'Only a router is known: it is not an engine and shows no engine’s metrics.',
    ways: [config, settings, diagnose],
  },
  'prometheus-failed': {
    tone: 'broken',
    words: 'Prometheus, which is the source, did not answer.',
    ways: [scrape, selectPrometheus, prometheusToken, selectSource],
  },
  'prometheus-empty': {
    tone: 'broken',
    words: 'Prometheus, which is the source, has nothing of this run.',
    ways: [scrape, selectSource, diagnose],
  },
  'prometheus-old': {
    tone: 'broken',
    words: 'Prometheus, which is the source, has nothing new of this run.',
    ways: [scrape, selectSource, diagnose],
  },
  'second-scrape': { tone: 'wait', words: 'Gauges are here; rates need a second scrape.', ways: [scrape] },
  partial: { tone: 'broken', words: 'Some targets did not answer.', ways: [scrape, diagnose] },
  stale: { tone: 'broken', words: 'The numbers are old.', ways: [scrape] },
  held: {
    tone: 'wait',
    words:
      'The timer holds: this Ray hands each gauge to one reader only, and reading would take it from SkyRL’s own log.',
    ways: [scrape, selectSource, anyway],
  },
  replaying: {
    tone: 'neutral',
    words: 'Recorded scrapes are replayed: nothing here is live.',
    ways: [showLive, nextStep],
  },
  'timer-stopped': { tone: 'neutral', words: 'The timer is stopped.', ways: [startTimer, scrape] },
  'new-session': { tone: 'wait', words: 'A new Ray session: its engines are met for the first time.', ways: [scrape] },
  fresh: { tone: 'good', words: 'Fresh.', ways: [] },
} as const satisfies Record<string, StateRow>;

export type StateId = keyof typeof states;
