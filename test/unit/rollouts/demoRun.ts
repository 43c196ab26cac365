/** The demonstration run through the collector and the history, without waiting: what a window would have found. */
import type { Snapshot } from '../../../src/api';
import { fetchActors } from '../../../src/discovery/actors';
import type { Target } from '../../../src/discovery/targets';
import type { ExpositionReader } from '../../../src/exposition/expositionReader';
import { History } from '../../../src/history/history';
import type { HttpGet } from '../../../src/http/httpGet';
import { SnapshotBuilder } from '../../../src/collector/snapshotBuilder';
import type { SeriesMeta } from '../../../src/metrics/seriesMeta';
import { RolloutTracker, type RunRollouts } from '../../../src/rollouts/rolloutTracker';
import { demonstrationScenario } from '../../demonstration/live/demonstrationScenario';
import { createLive } from '../../demonstration/live/live';
import type { Scenario } from '../../demonstration/live/scenario';
import { advance, type Simulation } from '../../demonstration/live/simulation';
import { assertObeys } from '../support/assertObeys';
import { catalogIndex } from '../support/catalogIndex';
import { readerOf, targetOf } from '../support/replay';

/** When the demonstration can first be seen, Unix ms. */
export const demoStart = Date.UTC(2026, 10, 24, 12);

/** What the demonstration itself knows at the time of a scrape. */
export interface DemoTruth {
  /** Unix ms. */
  at: number;
  /** Of every worker so far, by id: the counters that it has reported. */
  reported: Record<string, Record<string, number>>;
}

/** A quarter of a second of the demonstration. */
export interface DemoMoment {
  /** Unix ms. */
  at: number;
  /** By slot: whether its engine has requests. */
  works: boolean[];
}

export interface DemoWatch {
  live: ReturnType<typeof createLive>;
  history: History;
  snapshots: Snapshot[];
  rollouts: () => RunRollouts;
  truths: DemoTruth[];
  moments: DemoMoment[];
}

interface DemoOptions {
  /** Seconds of the demonstration's own clock at which it is scraped. */
  seconds: readonly number[];
  seed?: number;
  scenario?: Scenario;
}

async function actorsOf(live: ReturnType<typeof createLive>, now: number): ReturnType<typeof fetchActors> {
  const get: HttpGet = (_url, { onChunk }) => {
    const bytes = Buffer.from(JSON.stringify(live.actors()));
    onChunk?.(bytes);
    return Promise.resolve({ at: now, bytes: bytes.length, mediaType: 'application/json', framed: true });
  };
  return fetchActors('http://127.0.0.1:1', {
    get,
    signal: new AbortController().signal,
    timeoutMs: 1000,
    sleep: () => Promise.resolve(),
  });
}

const momentMs = 250;
/** SkyRL's names of what a rollout counts. */
const countedFamilies = ['generation_tokens', 'prompt_tokens', 'num_preemptions', 'request_success'];

function truthOf({ workers }: Simulation, at: number): DemoTruth {
  const countersOf = (counters: ReadonlyMap<string, number>): Record<string, number> =>
    Object.fromEntries(
      countedFamilies.map((family) => [
        family,
        [...counters].reduce((sum, [key, value]) => (key.split('/')[0] === family ? sum + value : sum), 0),
      ]),
    );
  return {
    at,
    reported: Object.fromEntries(workers.map(({ workerId, reported }) => [workerId, countersOf(reported.counters)])),
  };
}

/** Watches the demonstration. */
export async function watchDemo({
  seconds,
  seed = 1,
  scenario = demonstrationScenario,
}: DemoOptions): Promise<DemoWatch> {
  let now = demoStart;
  const live = createLive({ now: () => now, seed, scenario });
  const builder = new SnapshotBuilder(catalogIndex);
  const tracker = new RolloutTracker();
  const history = new History();
  const readers = new Map<number, ExpositionReader<SeriesMeta>>();
  const [snapshots, truths, moments]: [Snapshot[], DemoTruth[], DemoMoment[]] = [[], [], []];
  const rollouts = (): RunRollouts =>
    tracker.update({ work: history.work, bandsBetween: (from, to) => history.bandHistory.bandsBetween(from, to) });
  const targets: Target[] = Array.from({ length: scenario.nodes }, (_, node) => targetOf(node));
  const { simulation } = live;
  for (const second of seconds) {
    while (simulation.now + momentMs <= demoStart + second * 1000) {
      advance(simulation, simulation.now + momentMs);
      const works = simulation.slots.map(({ load: { running, waiting } }) => running.length + waiting.length > 0);
      moments.push({ at: simulation.now, works });
    }
    now = demoStart + second * 1000;
    const responses = targets.map((target, node) => {
      const reader = readers.get(node) ?? readerOf(target);
      readers.set(node, reader);
      const bytes = live.body(node);
      reader.begin();
      reader.feed(bytes);
      return { target, at: now, tookMs: 1, bytes: bytes.length, result: reader.end() };
    });
    truths.push(truthOf(simulation, now));
    const built = builder.build({
      trigger: 'timer',
      now,
      targets,
      answers: responses,
      actors: await actorsOf(live, now),
      rayVersion: undefined,
      expectedEngines: scenario.engines.length,
      trackWork: (reading) => {
        history.addWork(reading);
        return rollouts();
      },
    });
    const snapshot = assertObeys(built);
    history.add(snapshot);
    snapshots.push(snapshot);
  }
  return { live, history, snapshots, rollouts, truths, moments };
}
