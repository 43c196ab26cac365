/** Steps through the demonstration without waiting and looks at its bodies. */
import type { JsonObject } from '../../demonstration/json';
import { createLive } from '../../demonstration/live/live';

/** Values by worker, then by bare family name with its extra label: `request_success/stop`, `inter_token_latency_seconds_bucket/0.01`. */
export type View = Map<string, Map<string, number>>;

export interface Actor {
  className: string;
  state: string;
  startTime: number;
  endTime: number;
  address: { workerId: string; nodeId: string };
}

export interface Moment {
  /** Second since the start, and of the cycle. */
  second: number;
  ofCycle: number;
  bodies: string[];
  view: View;
  actors: Actor[];
}

const line = /^ray_(?:vllm|skyrl)_([^{\n]*)\{([^\n]*)\} (\S+)$/gm;
const workerId = /WorkerId="([^"]*)"/;
const extra = /[{,](?:le|finished_reason|source|reason|sleep_state|position|phase)="([^"]*)"/;

function viewOf(bodies: readonly string[]): View {
  const view: View = new Map();
  for (const [, name = '', labels = '', value] of bodies.flatMap((body) => [...body.matchAll(line)])) {
    const worker = workerId.exec(labels)?.[1] ?? '';
    const values = view.get(worker) ?? new Map<string, number>();
    const text = extra.exec(labels)?.[1];
    view.set(worker, values.set(text === undefined ? name : `${name}/${text}`, Number(value)));
  }
  return view;
}

const start = Date.UTC(2026, 10, 24, 12);

/** What a scrape each `every` seconds sees, from the second `from` to the second `to` of a run. */
export function watch(from: number, to: number, every: number, seed = 1): Moment[] {
  let now = start;
  const live = createLive({ now: () => now, seed });
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, index) => {
    const second = from + index * every;
    now = start + second * 1000;
    const bodies = [live.body(0), live.body(1)].map((body) => body.toString('utf8'));
    const { data } = live.actors() as JsonObject as unknown as { data: { actors: Record<string, Actor> } };
    return { second, ofCycle: (second + 24) % 300, bodies, view: viewOf(bodies), actors: Object.values(data.actors) };
  });
}
