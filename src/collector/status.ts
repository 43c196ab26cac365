/** The state of the VS Code window: a table of states with when each one holds. */
import type { Snapshot, Status } from '../api';
import { formatDuration } from '../shared/format';
import { states, type NoRunPlace, type StateId } from '../shared/states';
import type { HoldReason } from './holdReason';
import type { Round } from './round';
import {
  dashboardWantsToken,
  errorDetail,
  errorState,
  errorStates,
  failedTargets,
  hasOnlyRouters,
} from './roundErrors';
import type { SourceReport } from './snapshotSource';
import { maxInputWaitMs } from './waitForInput';

/** How far the search for a config is. */
export type ConfigSearch = 'searching' | 'none' | 'one' | 'several';

/** A replay, as the status tells of it. */
export interface ReplayFacts {
  /** Name of the folder; of the recording that ships with the extension what it is about. */
  name: string;
  /** Whether it ships with the extension. */
  isExample: boolean;
  /** How fast it is played, as a part of a sentence; empty as fast as it was recorded. */
  pace: string;
  step: number;
  steps: number;
}

/** What the state depends on. */
export interface StatusFacts {
  folderOpen: boolean;
  isTrusted: boolean;
  search: ConfigSearch;
  /** Where the config says engine metrics are; `ray` without a config. */
  metricsPath: 'ray' | 'servers' | 'external-servers' | 'external-proxy' | 'none';
  /** Why engine metrics are there, or why there are none, in words; undefined without a config. */
  metricsPathReason?: string | undefined;
  /** Whether the config leaves engine metrics on. */
  statsOn: boolean;
  round: Round | undefined;
  snapshot: Snapshot | undefined;
  /** `on command`: the interval is 0. */
  timer: 'running' | 'stopped' | 'on command';
  /** The timer scrapes even if that takes gauges from SkyRL's own log. */
  ignoreHold: boolean;
  /** Unix ms. */
  now: number;
  /** The capture that is replayed; steps count from 1. */
  replay?: ReplayFacts | undefined;
  /** From which age on, in ms, a snapshot is out of date. */
  staleAfterMs: number;
}

/** A state, and the sentence behind its message while it holds: empty for none. Undefined: it does not hold. */
type StateRule = readonly [StateId, (facts: StatusFacts) => string | undefined];

const detailIf = (holds: boolean, detail = ''): string | undefined => (holds ? detail : undefined);

const hasTargets = ({ round }: StatusFacts): boolean => (round?.discovery.targets.length ?? 0) > 0;
const ageOf = ({ snapshot, now }: StatusFacts): number => (snapshot ? now - snapshot.at : 0);

/** Why the timer does not scrape although it runs. */
const activeHold = ({ round, timer, ignoreHold }: StatusFacts): HoldReason | undefined =>
  timer === 'running' && !ignoreHold ? round?.hold : undefined;

const sourceDetail = ({ round }: StatusFacts, state: SourceReport['state']): string | undefined =>
  round?.sourceReport?.state === state ? `${round.sourceReport.url}: ${round.sourceReport.message}` : undefined;

/** A replacement source has the run, whatever the config says about targets. */
const sourceHasRun = ({ round }: StatusFacts): boolean =>
  round?.sourceReport?.state === 'ok' || round?.sourceReport?.state === 'partial';

/** Where a scrape looked that found no target; undefined if it found one, or if Prometheus is the source. */
export function noRunPlace({ round }: Pick<StatusFacts, 'round'>): NoRunPlace | undefined {
  if (!round || round.discovery.targets.length > 0 || round.sourceReport) return undefined;
  const { dashboard } = round.discovery;
  if (dashboard?.state === 'ok') return 'empty';
  if (dashboard && dashboard.configuredBy !== 'default') return 'named';
  return dashboard?.isBeyondProxy ? 'proxy' : 'here';
}

function noRunDetail(facts: StatusFacts): string | undefined {
  const place = noRunPlace(facts);
  if (place === undefined) return undefined;
  const { dashboard } = facts.round?.discovery ?? {};
  if (!dashboard) return 'No address to look at is known.';
  const { host } = new URL(dashboard.url);
  return noRunTexts[place](host);
}

const noRunTexts: Record<NoRunPlace, (host: string) => string> = {
  here: (host) => `No Ray cluster answers on this machine (${host}).`,
  proxy: (host) => `No Ray cluster answers at ${host} beyond the proxy (skyrl.proxy).`,
  named: (host) => `No Ray cluster answers at ${host}, which the script in use names.`,
  empty: (host) => `The Ray dashboard at ${host} answers, but it lists no node with metrics.`,
};

/**
 * What was found so far, where a person has not chosen between several configs and the choice could change it: a config
 * may name servers, or turn off metrics on Ray.
 */
function severalConfigsDetail(facts: StatusFacts): string | undefined {
  const { search, snapshot } = facts;
  if (search !== 'several' || sourceHasRun(facts) || dashboardWantsToken(facts)) return undefined;
  if (!facts.round) return '';
  if (hasTargets(facts)) {
    // An empty list is not "all".
    const isEmpty = snapshot?.targets[0] !== undefined && snapshot.targets.every(({ state }) => state === 'empty');
    return detailIf(isEmpty, 'Without it: the targets answer, but no engine reports metrics yet.');
  }
  const found = errorDetail(facts) || noRunDetail(facts);
  return found === undefined ? undefined : `Without it: ${found}`;
}

const holdDetails: Record<HoldReason, string> = {
  'one-reader':
    'This version of Ray hands each gauge to one reader only, so scraping would take gauges from SkyRL’s own log. Scrape on command, or use Prometheus as the source.',
  'version-unknown': 'Ray’s version is not known yet. Scrape once to find it out.',
};

function replayDetail({ name, isExample, pace, step, steps }: ReplayFacts): string {
  const title = isExample ? `A recording that comes with SkyRL Metrics: ${name}` : name;
  const progress = step < steps ? `Scrape ${step} of ${steps}.` : `It has ended, at scrape ${steps}.`;
  return `${[title, pace].filter(Boolean).join(', ')}. ${progress}`;
}

/** The first rule that holds decides. */
const stateRules: readonly StateRule[] = [
  ['replaying', ({ replay }) => replay && replayDetail(replay)],
  ['untrusted', ({ isTrusted }) => detailIf(!isTrusted)],
  ['prometheus-failed', (facts) => sourceDetail(facts, 'failed')],
  ['prometheus-old', (facts) => sourceDetail(facts, 'old')],
  [
    'stats-off',
    (facts) => {
      const { statsOn, metricsPath, round } = facts;
      const isOff = !statsOn && (metricsPath === 'servers' || metricsPath === 'none');
      // With a token the dashboard may name the nodes whose servers have metrics.
      if (!isOff || hasTargets(facts) || sourceHasRun(facts) || dashboardWantsToken(facts)) return undefined;
      return metricsPath === 'servers' ? (round?.discovery.serverSearch ?? '') : '';
    },
  ],
  [
    'path-unsupported',
    (facts) =>
      detailIf(
        facts.metricsPath === 'none' && !hasTargets(facts) && !sourceHasRun(facts),
        facts.metricsPathReason && `Reason: ${facts.metricsPathReason}.`,
      ),
  ],
  ['prometheus-empty', (facts) => sourceDetail(facts, 'empty')],
  ['router-only', (facts) => detailIf(hasOnlyRouters(facts))],
  ['several-configs', severalConfigsDetail],
  ...errorStates.map((state): StateRule => [
    state,
    (facts) => (errorState(facts) === state ? errorDetail(facts) : undefined),
  ]),
  [
    'partial',
    (facts) => {
      const failed = failedTargets(facts);
      const [first] = failed;
      return first && `${failed.length} of ${facts.snapshot?.targets.length}: ${first.url}: ${first.error}.`;
    },
  ],
  [
    'held',
    (facts) => {
      const hold = activeHold(facts);
      return hold && holdDetails[hold];
    },
  ],
  ['no-folder', ({ folderOpen, snapshot }) => detailIf(!folderOpen && !snapshot?.targets.length)],
  ['no-run-found', (facts) => (facts.search === 'searching' ? undefined : noRunDetail(facts))],
  [
    'searching',
    (facts) =>
      detailIf(facts.search === 'searching' && !(facts.snapshot && (hasTargets(facts) || sourceHasRun(facts)))),
  ],
  ['no-config', ({ search, snapshot }) => detailIf(search === 'none' && !snapshot)],
  [
    'no-engine-series',
    ({ snapshot }) =>
      // An empty list is not "all": only a target that answered can be said to answer.
      detailIf(snapshot?.targets[0] !== undefined && snapshot.targets.every(({ state }) => state === 'empty')),
  ],
  ['new-session', ({ round }) => detailIf(round?.isNewSession === true)],
  [
    'timer-stopped',
    ({ timer, snapshot }) =>
      detailIf(timer === 'on command' && !snapshot, 'skyrl.scrape.interval is 0, so scrapes run on command only.'),
  ],
  [
    'timer-stopped',
    (facts) =>
      detailIf(facts.timer === 'stopped', facts.snapshot ? `The metrics are ${formatDuration(ageOf(facts))} old.` : ''),
  ],
  [
    'stale',
    (facts) =>
      detailIf(
        facts.snapshot !== undefined && ageOf(facts) > facts.staleAfterMs,
        `Scraped ${formatDuration(ageOf(facts))} ago.`,
      ),
  ],
  ['second-scrape', ({ snapshot }) => detailIf(snapshot !== undefined && snapshot.window === undefined)],
  [
    'fresh',
    ({ snapshot, round }) =>
      detailIf(snapshot !== undefined, round?.sourceReport && `From Prometheus at ${round.sourceReport.url}.`),
  ],
];

const withoutConfig = `The last scrape waited ${maxInputWaitMs / 1000} s for the config and was made without it.`;

/** The state with its message. Before the first scrape of a config: `searching`. */
export function statusOf(facts: StatusFacts): Status {
  const notice = facts.round?.isWithoutConfig && !facts.replay ? withoutConfig : '';
  for (const [state, detailOf] of stateRules) {
    const detail = detailOf(facts);
    if (detail !== undefined)
      return { state, message: [states[state].message, detail, notice].filter(Boolean).join(' ') };
  }
  return { state: 'searching', message: 'Waiting for the first scrape.' };
}
