/** One target's answer, grouped by engine. */
import type { Exposition } from '../exposition/reader';
import { startTimeFamily, sleepFamily, type SeriesMeta } from './families';

export interface CounterSample {
  meta: SeriesMeta;
  value: number;
}

export interface EngineReading {
  key: string;
  /** Any series of the engine: names node, model, worker. */
  meta: SeriesMeta;
  /** By family; several series of one engine stay apart. */
  gauges: Map<string, number[]>;
  /** Counters, sums, counts and buckets by identity. */
  counters: Map<string, CounterSample>;
  /** By `sleep_state`. */
  sleep: Map<string, number>;
}

export interface TargetReading {
  url: string;
  /** Unix ms at which the response began. */
  at: number;
  engines: Map<string, EngineReading>;
  /** Of the answering process, Unix s. */
  processStart?: number;
}

/** Groups an answer by engine. A family that stands there in several spellings counts once; what is not finite is not there. */
export function toReading(url: string, at: number, exposition: Exposition<SeriesMeta>): TargetReading {
  const ranks = new Map<string, number>();
  for (const { meta } of exposition.series) ranks.set(meta.family, Math.min(meta.rank, ranks.get(meta.family) ?? meta.rank));
  const reading: TargetReading = { url, at, engines: new Map() };
  exposition.series.forEach(({ meta }, index) => {
    const value = exposition.values[index] as number;
    if (!Number.isFinite(value) || meta.rank !== ranks.get(meta.family)) return;
    if (meta.engine === undefined) {
      if (meta.family === startTimeFamily) reading.processStart = value;
      return;
    }
    addSample(engineOf(reading, meta.engine, meta), meta, value);
  });
  return reading;
}

function engineOf(reading: TargetReading, key: string, meta: SeriesMeta): EngineReading {
  let engine = reading.engines.get(key);
  if (!engine) {
    engine = { key, meta, gauges: new Map(), counters: new Map(), sleep: new Map() };
    reading.engines.set(key, engine);
  }
  return engine;
}

function addSample(engine: EngineReading, meta: SeriesMeta, value: number): void {
  if (meta.family === sleepFamily) engine.sleep.set(meta.sleepState ?? '', value);
  else if (meta.part !== 'gauge') engine.counters.set(meta.identity, { meta, value });
  else {
    const values = engine.gauges.get(meta.family);
    if (values) values.push(value);
    else engine.gauges.set(meta.family, [value]);
  }
}
