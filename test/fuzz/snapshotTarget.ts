/** Scrapes of hostile targets, reduced to snapshots, which must obey. */
import fc from 'fast-check';
import { catalog } from '../../src/metrics/catalog';
import { actor, nativeEngine, newScene, rayEngine, targetA, targetB, type Samples } from '../unit/metrics/scene';
import { editLines, lineEdits, numbers, type LineEdit } from './expositionLines';
import type { FuzzTarget } from './fuzzTarget';

/** One sample of an engine: its value in the first scrape, and what each second adds. */
interface Sample {
  name: string;
  value: string;
  perSecond: number;
}
interface EngineLines {
  worker: number;
  samples: Sample[];
}
interface Scrape {
  seconds: number;
  trigger: 'api' | 'timer';
  /** Indexes of targets that fail. */
  failed: number[];
  /** States of the actors of the workers; `null`: the dashboard does not answer. */
  actors: string[] | null;
  sleeping: boolean | null;
  edits: LineEdit[];
}
interface Run {
  kind: 'ray' | 'vllm';
  targets: EngineLines[][];
  scrapes: Scrape[];
}

const families = [...new Set(catalog.filter(({ subject }) => subject === 'engine').flatMap((row) => row.families))];
const histograms = [...new Set(catalog.filter(({ kind }) => kind === 'quantile').flatMap((row) => row.families))];
const bounds = ['0.1', '0.5', '1', '1.0', '2', '+Inf', '-1', 'Inf', 'NaN', '1e400', 'x'];
const busyGauges = ['num_requests_running', 'num_requests_waiting', 'kv_cache_usage_perc'];

const names = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...busyGauges) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...families), fc.constantFrom('', '_total', '_sum', '_count'))
      .map((parts) => parts.join('')),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...histograms), fc.constantFrom(...bounds))
      .map(([family, le]) => `${family}_bucket{le="${le}"}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'engine_sleep_state{sleep_state="awake"}',
      'spec_decode_num_accepted_tokens_per_pos_total{position="0"}',
    ),
  },
);
const sample: fc.Arbitrary<Sample> = fc.record({
  name: names,
  value: numbers,
  perSecond: fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 100 }) }, fc.constantFrom(0, -1, 1e300, 0.1)),
});
const states = fc.constantFrom('ALIVE', 'DEAD', 'RESTARTING', 'PENDING_CREATION', '');

const samplesAt = (samples: readonly Sample[], second: number): Samples =>
  Object.fromEntries(
    samples.map(({ name, value, perSecond }) => {
      const sum = Number(value) + perSecond * second;
      return [name, Number.isFinite(sum) ? sum : value];
    }),
  );

function bodyAt(
  kind: Run['kind'],
  engines: readonly EngineLines[],
  second: number,
  edits: readonly LineEdit[],
): string {
  const text = engines
    .map(({ worker, samples }) =>
      kind === 'ray'
        ? rayEngine(`w${worker}`, samplesAt(samples, second))
        : nativeEngine(samplesAt(samples, second), String(worker)),
    )
    .join('');
  return `${editLines(text.trimEnd().split('\n'), edits).join('\n')}\n`;
}

function check({ kind, targets, scrapes }: Run): void {
  const scene = newScene(kind);
  const urls = [targetA, targetB];
  let second = 0;
  for (const { seconds, trigger, failed, actors, sleeping, edits } of scrapes) {
    second += seconds;
    const bodies = Object.fromEntries(
      targets.map((engines, index) => [
        urls[index] ?? '',
        failed.includes(index) ? undefined : bodyAt(kind, engines, second, edits),
      ]),
    );
    // The scene asserts that its snapshot obeys.
    scene.scrape(second, bodies, {
      trigger,
      ...(actors && { actors: actors.map((state, worker) => actor(`w${worker}`, state)) }),
      ...(sleeping !== null && { serverFactsByUrl: { [targetA]: { sleeping } } }),
    });
  }
}

export const snapshotTarget: FuzzTarget<Run> = {
  name: 'snapshots',
  about: 'the whole reduction against the invariants of a snapshot',
  inputs: fc.record({
    kind: fc.constantFrom('ray' as const, 'vllm' as const),
    targets: fc.array(
      fc.array(fc.record({ worker: fc.nat({ max: 3 }), samples: fc.array(sample, { maxLength: 12 }) }), {
        maxLength: 3,
      }),
      { minLength: 1, maxLength: 2 },
    ),
    scrapes: fc.array(
      fc.record({
        seconds: fc.constantFrom(0, 0.5, 1, 5, 10, 21, 60, 3600),
        trigger: fc.constantFrom('api' as const, 'timer' as const),
        failed: fc.oneof(
          { weight: 4, arbitrary: fc.constant<number[]>([]) },
          fc.array(fc.nat({ max: 1 }), { maxLength: 2 }),
        ),
        actors: fc.oneof(fc.constant(null), fc.array(states, { maxLength: 4 })),
        sleeping: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, fc.boolean()),
        edits: fc.oneof({ weight: 2, arbitrary: fc.constant<LineEdit[]>([]) }, lineEdits),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  }),
  check,
  lineCount: ({ targets, scrapes }) =>
    scrapes.length * targets.flat().reduce((sum, { samples }) => sum + samples.length, 0),
  shortCases: 300,
};
