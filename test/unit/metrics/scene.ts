/** Scenes for tests: engines given line by line, scraped at given times. */
import type { TrackWork } from '../../../src/collector/snapshotSource';
import type { Engine, Finding, Measure, ServerFacts, Snapshot, Trigger } from '../../../src/api';
import type { TargetResponse } from '../../../src/collector/scrapeTargets';
import { SnapshotBuilder } from '../../../src/collector/snapshotBuilder';
import { availabilityRules } from '../../../src/diagnosis/availabilityRules';
import { standstillRules } from '../../../src/diagnosis/standstillRules';
import { targetRules } from '../../../src/diagnosis/targetRules';
import type { Actor } from '../../../src/discovery/actors';
import type { Target } from '../../../src/discovery/targets';
import type { ExpositionReader } from '../../../src/exposition/expositionReader';
import { HttpError } from '../../../src/http/httpGet';
import type { RoleFacts } from '../../../src/metrics/engineRoles';
import type { SeriesMeta } from '../../../src/metrics/seriesMeta';
import { assertObeys } from '../support/assertObeys';
import { catalogIndex } from '../support/catalogIndex';
import { readerOf } from '../support/replay';

/** Values by sample name without prefix; the name may have labels, as in `x_bucket{le="1"}`. */
export type Samples = Record<string, number | string>;

/** The lines of one engine. `prefix`: `ray_vllm_` or another spelling of it. */
export function lines(prefix: string, labels: Record<string, string>, samples: Samples): string {
  const common = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return Object.entries(samples)
    .map(([key, value]) => {
      const [name, sampleLabels] = key.split(/[{}]/);
      return `${prefix}${name}{${[...common, ...(sampleLabels ? [sampleLabels] : [])].join(',')}} ${value}\n`;
    })
    .join('');
}

/** The lines of an engine on Ray, by its WorkerId. */
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

/** The lines of an engine on a server, by its rank. `processStart`: Unix s. */
export const nativeEngine = (samples: Samples, rank = '0', processStart = 1): string =>
  `${lines('vllm:', { engine: rank, model_name: 'm' }, samples)}process_start_time_seconds ${processStart}\n`;

/** An actor of SkyRL's servers, with its worker id as the key of a map. */
export const actor = (workerId: string, state: string, fields: Partial<Actor> = {}): [string, Actor] => [
  workerId,
  { workerId, className: 'VLLMServerActor', state, node: '192.0.2.2', ...fields },
];

/** What a scrape knows besides the targets' bodies. */
export interface ScrapeOptions {
  trigger?: Trigger;
  actors?: [string, Actor][];
  /** URLs of listed targets; by default those with a body or a failure. */
  listed?: string[];
  expectedEngines?: number;
  /** As the dashboard reports it. */
  rayVersion?: string;
  /** By target URL. */
  serverFactsByUrl?: Record<string, ServerFacts>;
  /** By worker id. */
  serverFactsByWorker?: Record<string, ServerFacts>;
  /** Worker ids of other runs. */
  otherWorkers?: string[];
  /** What is known about the engines' roles. */
  roleFacts?: RoleFacts;
  /** Gets what the scrape says of the engines' work. */
  trackWork?: TrackWork;
  /** Load averages of the last minute, by node address. */
  loads?: Record<string, number>;
}

/** A run that is scraped again and again. */
export interface Scene {
  /** Scrapes at this second. A target whose body is undefined fails. */
  scrape(second: number, bodies: Record<string, string | undefined>, options?: ScrapeOptions): Snapshot;
}

const epoch = 1_795_000_000_000;
/** The time of a second of the scene, in Unix ms. */
export const at = (second: number): number => epoch + Math.round(second * 1000);

/** A new scene. `engineNames`: names by id from before a reload. */
export function newScene(kind: Target['kind'] = 'ray', engineNames: Record<string, string> = {}): Scene {
  const builder = new SnapshotBuilder(catalogIndex);
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
        expectedEngines,
        rayVersion,
        serverFactsByUrl = {},
        serverFactsByWorker = {},
        otherWorkers = [],
        loads = {},
        roleFacts,
        trackWork,
      } = {},
    ) {
      const now = at(second);
      const answers = Object.entries(bodies).map(([url, body]) => answer(url, body, now));
      const snapshot = builder.build({
        trigger,
        now,
        targets: listed.map(targetOf),
        answers,
        actors: actors && new Map(actors),
        rayVersion,
        expectedEngines,
        serverFactsByUrl: new Map(Object.entries(serverFactsByUrl)),
        serverFactsByWorker: new Map(Object.entries(serverFactsByWorker)),
        otherWorkers: new Set(otherWorkers),
        ...(roleFacts && { roleFacts }),
        trackWork,
        names: new Map(Object.entries(engineNames)),
        loads: new Map(Object.entries(loads).map(([node, load]) => [node, [load, load, load]])),
      });
      return assertObeys(snapshot);
    },
  };
}

export const targetA = 'http://192.0.2.2:1/metrics';
export const targetB = 'http://192.0.2.3:1/metrics';

/** The generation rate of a snapshot or an engine, in tokens/s. */
export const generation = (subject: Snapshot | Engine | undefined): number | undefined =>
  subject?.measures['generation_throughput_tok_s']?.value;
export const engineOf = (snapshot: Snapshot, id: string): Engine | undefined =>
  snapshot.engines.find((engine) => engine.id === id);
export const stateOf = (snapshot: Snapshot, id: string): string | undefined => engineOf(snapshot, id)?.state;
export const measureOf = (snapshot: Snapshot, id: string): Measure | undefined => snapshot.measures[id];
const factIds = new Set([...standstillRules, ...availabilityRules, ...targetRules].map(({ id }) => id));
/** Findings about availability. Others, such as what is slow or full, have their own tests. */
export const factsIn = ({ findings }: Pick<Snapshot, 'findings'>): Finding[] =>
  findings.filter(({ id }) => factIds.has(id));
export const findingIds = (snapshot: Snapshot): string[] => factsIn(snapshot).map(({ id }) => id);
