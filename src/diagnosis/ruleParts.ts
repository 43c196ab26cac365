/** What several rules share: times, the milder threshold of a reported finding, a symptom per engine. */
import type { Engine, Measure } from '../api';
import type { Symptom } from './rule';

/** In ms. */
export const second = 1000;
/** How long findings about load outlast their symptom, in ms: a scrape or two. */
export const twoScrapesMs = 20 * second;
/** A finding that is already reported stays until the number is below this share of its limit. */
export const reportedFactor = 0.8;

/** The symptoms of the engines for which `detect` returns one. */
export function eachEngine(
  engines: readonly Engine[],
  detect: (engine: Engine, measures: Readonly<Record<string, Measure>>) => Omit<Symptom, 'engine'> | undefined,
): Symptom[] {
  return engines.flatMap((engine) => {
    const symptom = detect(engine, engine.measures);
    return symptom ? [{ ...symptom, engine: engine.id }] : [];
  });
}
