/** A snapshot of 64 engines on 8 nodes made of the recording, each histogram by three priorities as newer vLLM splits them: some 60,000 series. */
import { ExpositionReader, type Exposition } from '../../src/exposition/expositionReader';
import type { SeriesMeta } from '../../src/metrics/seriesMeta';
import { catalogIndex, isWanted, seriesDescriber } from '../unit/support/catalogIndex';
import { SnapshotBuilder } from '../../src/collector/snapshotBuilder';
import { loadRecording } from '../demonstration/replay/recording';

const enginesPerNode = 8;

type Reader = ExpositionReader<SeriesMeta>;

/** The engine lines of one recorded engine, for as many engines, each with its own worker. */
export function bodyOf(node: number, step: number, count = enginesPerNode): string {
  const recorded = loadRecording('ray-2.57').steps[step]?.bodies[0]?.bytes.toString('utf8') ?? '';
  const worker = /ray_vllm_generation_tokens_total\{[^\n]*WorkerId="(\w+)"/.exec(recorded)?.[1] ?? '';
  const lines = recorded.split('\n').filter((line) => line.startsWith('ray_vllm_') && line.includes(worker));
  const engines = Array.from({ length: count }, (_, engine) => `${node}${engine}`.padStart(worker.length, '0'));
  const split = lines.flatMap((line) =>
    /_(?:bucket|sum|count)\{/.test(line)
      ? [0, 1, 2].map((priority) => line.replace('{', `{priority="${priority}",`))
      : [line],
  );
  return split.flatMap((line) => engines.map((id) => line.replaceAll(worker, id))).join('\n') + '\n';
}

const urlOf = (node: number): string => `http://192.0.2.${node}:1/metrics`;

function parse(reader: Reader, body: Buffer): Exposition<SeriesMeta> {
  reader.begin();
  reader.feed(body);
  return reader.end();
}

export interface ManyEngines {
  series: number;
  engines: number;
  /** How many measures the last snapshot had, engines' own included. */
  measures: number;
  /** Reduces one parsed scrape, ten seconds after the one before. */
  reduce(): void;
  /** ms of each reduction. */
  took: number[];
}

/** One parsed answer of each node, its counters and buckets grown from round to round. */
export function manyEngines(nodes: number): ManyEngines {
  const readers = Array.from(
    { length: nodes },
    (_, node): Reader =>
      new ExpositionReader(isWanted, (name, labels) => seriesDescriber.describe(urlOf(node), name, labels)),
  );
  const bodies = readers.map((_, node) => Buffer.from(bodyOf(node, 4)));
  const targets = readers.map((_, node) => ({ url: urlOf(node), kind: 'ray', discoveredBy: 'dashboard' }) as const);
  const results = readers.map((reader, node) => parse(reader, bodies[node] as Buffer));
  const run = new SnapshotBuilder(catalogIndex);
  let at = 1_795_000_000_000;
  let round = 0;
  const state: ManyEngines = {
    series: results.reduce((sum, { series }) => sum + series.length, 0),
    engines: 0,
    measures: 0,
    reduce(): void {
      at += 10_000;
      round += 1;
      // Every counter and bucket moves.
      const answers = results.map((result, node) => ({
        target: targets[node] as (typeof targets)[number],
        at,
        tookMs: 0,
        bytes: 0,
        result: { ...result, values: result.values.map((value) => value * (1 + round / 100)) },
      }));
      const started = performance.now();
      const snapshot = run.build({
        trigger: 'timer',
        now: at,
        targets,
        answers,
        actors: undefined,
        rayVersion: '2.57.0',
        expectedEngines: nodes * enginesPerNode,
      });
      state.took.push(performance.now() - started);
      state.engines = snapshot.engines.length;
      state.measures =
        Object.keys(snapshot.measures).length +
        snapshot.engines.reduce((sum, engine) => sum + Object.keys(engine.measures).length, 0);
    },
    took: [],
  };
  return state;
}
