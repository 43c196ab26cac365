/** Engines made up line by line, scraped at moments made up, for the tests beside this file. */
import type { Engine, Finding, Measure, ServerFacts, Snapshot, Trigger } from '../../../src/api';
import type { Actor } from '../../../src/discovery/actors';
import { HttpError } from '../../../src/http/httpGet';
import type { Target } from '../../../src/discovery/targets';
import type { ExpositionReader } from '../../../src/exposition/expositionReader';
import { availabilityRules } from '../../../src/diagnosis/availabilityRules';
import type { SeriesMeta } from '../../../src/metrics/seriesMeta';
import { SnapshotBuilder } from '../../../src/collector/snapshotBuilder';
import type { TargetResponse } from '../../../src/collector/scrapeTargets';
import { catalogIndex } from '../support/catalogIndex';
import { readerOf } from '../support/replay';

/** Sample names without their spelling, with labels of their own where they have any: `x_bucket{le="1"}`. */
export type Samples = Record<string, number | string>;

/** Lines of one engine. `prefix`: `ray_vllm_` or another spelling. */
export function lines(prefix: string, labels: Record<string, string>, samples: Samples): string {
  const common = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return Object.entries(samples)
    .map(([key, value]) => {
      const [name, own] = key.split(/[{}]/);
      return `${prefix}${name}{${[...common, ...(own ? [own] : [])].join(',')}} ${value}\n`;
    })
    .join('');
}

/** An engine on Ray; its WorkerId is its name. */
export const rayEngine = (worker: string, samples: Samples, labels: Record<string, string> = {}): string =>
  lines(
    'ray_vllm_',
    {
      WorkerId: worker,
      NodeAddress: '192.0.2.2',
      Version: '2.57.0',
      SessionName: 's',
      engine: '0',
      model_name: 'm',
      ...labels,
    },
    samples,
  );

export const nativeEngine = (samples: Samples, rank = '0', processStart = 1): string =>
  `${lines('vllm:', { engine: rank, model_name: 'm' }, samples)}process_start_time_seconds ${processStart}\n`;

export const actor = (workerId: string, state: string, more: Partial<Actor> = {}): [string, Actor] => [
  workerId,
  { workerId, className: 'VLLMServerActor', state, node: '192.0.2.2', ...more },
];

export interface ScrapeOptions {
  trigger?: Trigger;
  actors?: [string, Actor][];
  /** Targets that are listed; those that answer or fail where this is not said. */
  listed?: string[];
  expected?: number;
  /** By target URL. */
  servers?: Record<string, ServerFacts>;
  /** By worker. */
  factsOf?: Record<string, ServerFacts>;
  /** Workers of other runs. */
  others?: string[];
  /** The last minute's, by node address. */
  loads?: Record<string, number>;
}

export interface Scene {
  /** Scrapes at a second; a target without a body fails. */
  scrape(second: number, bodies: Record<string, string | undefined>, options?: ScrapeOptions): Snapshot;
}

const epoch = 1_795_000_000_000;
/** A second of a scene in Unix ms. */
export const at = (second: number): number => epoch + Math.round(second * 1000);

/** `names`: what the window before called its engines. */
export function newScene(kind: Target['kind'] = 'ray', names: Record<string, string> = {}): Scene {
  const run = new SnapshotBuilder(catalogIndex);
  const readers = new Map<string, ExpositionReader<SeriesMeta>>();
  const targetOf = (url: string): Target => ({ url, kind, discoveredBy: 'dashboard' });

  function answer(
    url: string,
    body: string | undefined,
    now: number,
  ): TargetResponse<ReturnType<ExpositionReader<SeriesMeta>['end']>> {
    const target = targetOf(url);
    if (body === undefined)
      return { target, at: now, tookMs: 1, bytes: 0, error: new HttpError('refused', 'connection refused') };
    const reader = readers.get(url) ?? readerOf(target);
    readers.set(url, reader);
    reader.begin();
    reader.feed(Buffer.from(body));
    return { target, at: now, tookMs: 1, bytes: body.length, result: reader.end() };
  }

  return {
    scrape(
      second,
      bodies,
      {
        trigger = 'api',
        actors,
        listed = Object.keys(bodies),
        expected,
        servers = {},
        factsOf = {},
        others = [],
        loads = {},
      } = {},
    ) {
      const now = at(second);
      const answers = Object.entries(bodies).map(([url, body]) => answer(url, body, now));
      return run.build({
        trigger,
        now,
        targets: listed.map(targetOf),
        answers,
        actors: actors && new Map(actors),
        rayVersion: undefined,
        expectedEngines: expected,
        serverFactsByUrl: new Map(Object.entries(servers)),
        serverFactsByWorker: new Map(Object.entries(factsOf)),
        otherWorkers: new Set(others),
        names: new Map(Object.entries(names)),
        loads: new Map(Object.entries(loads).map(([node, load]) => [node, [load, load, load]])),
      });
    },
  };
}

export const targetA = 'http://192.0.2.2:1/metrics';
export const targetB = 'http://192.0.2.3:1/metrics';

export const generation = (from: Snapshot | Engine | undefined): number | undefined =>
  from?.measures['generation_throughput_tok_s']?.value;
export const engineOf = (snapshot: Snapshot, id: string): Engine | undefined =>
  snapshot.engines.find((engine) => engine.id === id);
export const stateOf = (snapshot: Snapshot, id: string): string | undefined => engineOf(snapshot, id)?.state;
export const measureOf = (snapshot: Snapshot, id: string): Measure | undefined => snapshot.measures[id];
const factIds = new Set(availabilityRules.map(({ id }) => id));
/** Findings of facts; what is slow, full or unequal has its own tests. */
export const factsIn = ({ findings }: Pick<Snapshot, 'findings'>): Finding[] =>
  findings.filter(({ id }) => factIds.has(id));
export const findingIds = (snapshot: Snapshot): string[] => factsIn(snapshot).map(({ id }) => id);
