/** Scrapes of the simulated run, without servers and without waiting. */
import { demonstrationScenario } from '../../demonstration/live/demonstrationScenario';
import type { JsonObject } from '../../demonstration/json';
import { createLive } from '../../demonstration/live/live';
import type { Scenario } from '../../demonstration/live/scenario';

/**
 * Values by `WorkerId`, then by bare family name and extra label: `request_success/stop`,
 * `inter_token_latency_seconds_bucket/0.01`.
 */
type WorkerValues = Map<string, Map<string, number>>;

interface Actor {
  className: string;
  state: string;
  startTime: number;
  endTime: number;
  address: { workerId: string; nodeId: string };
}

/** One scrape of all nodes. */
export interface SimulatedScrape {
  /** Seconds since the simulation was created, and since the cycle began. */
  second: number;
  secondOfCycle: number;
  /** Bodies of the nodes. */
  bodies: string[];
  values: WorkerValues;
  actors: Actor[];
}

const linePattern = /^ray_(?:vllm|skyrl)_([^{\n]*)\{([^\n]*)\} (\S+)$/gm;
const workerIdPattern = /WorkerId="([^"]*)"/;
const extraLabelPattern = /[{,](?:le|finished_reason|source|reason|sleep_state|position|phase)="([^"]*)"/;

function parseValues(bodies: readonly string[]): WorkerValues {
  const byWorker: WorkerValues = new Map();
  for (const [, name = '', labels = '', value] of bodies.flatMap((body) => [...body.matchAll(linePattern)])) {
    const workerId = workerIdPattern.exec(labels)?.[1] ?? '';
    const values = byWorker.get(workerId) ?? new Map<string, number>();
    const extraValue = extraLabelPattern.exec(labels)?.[1];
    byWorker.set(workerId, values.set(extraValue === undefined ? name : `${name}/${extraValue}`, Number(value)));
  }
  return byWorker;
}

const start = Date.UTC(2026, 10, 24, 12);

/** Scrapes from one second of a new run to another, every `everySeconds`. */
export function simulateScrapes(
  fromSecond: number,
  toSecond: number,
  everySeconds: number,
  seed = 1,
  scenario: Scenario = demonstrationScenario,
): SimulatedScrape[] {
  const { cycleSeconds, headStartSeconds } = scenario;
  let now = start;
  const live = createLive({ now: () => now, seed, scenario });
  return Array.from({ length: Math.floor((toSecond - fromSecond) / everySeconds) + 1 }, (_, index) => {
    const second = fromSecond + index * everySeconds;
    now = start + second * 1000;
    const bodies = Array.from({ length: live.nodes }, (_, node) => live.body(node).toString('utf8'));
    const { data } = live.actors() as JsonObject as unknown as { data: { actors: Record<string, Actor> } };
    return {
      second,
      secondOfCycle: (second + headStartSeconds) % cycleSeconds,
      bodies,
      values: parseValues(bodies),
      actors: Object.values(data.actors),
    };
  });
}
