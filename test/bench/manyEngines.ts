/**
 * Snapshots of 64 engines on 8 nodes, some 60,000 series, made from the recording; histograms are split by three
 * priorities, as by newer vLLM.
 */
import { ExpositionReader, type Exposition } from '../../src/exposition/expositionReader';
import type { SeriesMeta } from '../../src/metrics/seriesMeta';
import type { Snapshot } from '../../src/api';
import { SnapshotBuilder } from '../../src/collector/snapshotBuilder';
import { loadRecording } from '../demonstration/replay/recording';
import { catalogIndex, isWanted, seriesDescriber } from '../unit/support/catalogIndex';

const enginesPerNode = 8;

type Reader = ExpositionReader<SeriesMeta>;

const histogramPart = /_(?:bucket|sum|count)\{/;

/** The lines of a recorded engine by family, in the order of the body. */
function linesByFamily(lines: readonly string[]): string[][] {
  const families: string[][] = [];
  const nameOf = (line: string): string => line.replace(histogramPart, '{').replace(/\{.*/, '');
  for (const line of lines) {
    const last = families.at(-1);
    if (last?.[0] !== undefined && nameOf(last[0]) === nameOf(line)) last.push(line);
    else families.push([line]);
  }
  return families;
}

/**
 * The lines of a recorded engine, repeated for `count` engines with different worker IDs. As in an agent's answer, all
 * lines of an engine come together within a family.
 */
export function bodyOf(node: number, step: number, count = enginesPerNode): string {
  const recordedBody = loadRecording('ray-2.57').steps[step]?.bodies[0]?.bytes.toString('utf8') ?? '';
  const workerId = /ray_vllm_generation_tokens_total\{[^\n]*WorkerId="(\w+)"/.exec(recordedBody)?.[1] ?? '';
  const lines = recordedBody.split('\n').filter((line) => line.startsWith('ray_vllm_') && line.includes(workerId));
  const engineIds = Array.from({ length: count }, (_, engine) => `${node}${engine}`.padStart(workerId.length, '0'));
  const families = linesByFamily(lines).map((family) =>
    family.some((line) => histogramPart.test(line))
      ? [0, 1, 2].flatMap((priority) => family.map((line) => line.replace('{', `{priority="${priority}",`)))
      : family,
  );
  const bodyLines = families.flatMap((family) =>
    engineIds.flatMap((id) => family.map((line) => line.replaceAll(workerId, id))),
  );
  return `${bodyLines.join('\n')}\n`;
}

const urlOf = (node: number): string => `http://192.0.2.${node}:1/metrics`;

function parse(reader: Reader, body: Buffer): Exposition<SeriesMeta> {
  reader.begin();
  reader.feed(body);
  return reader.end();
}

interface ManyEngines {
  /** Number of series. */
  series: number;
  /** Of the last snapshot: number of engines, and of measures, those of engines included. */
  engines: number;
  measures: number;
  /** Builds the next snapshot, ten seconds after the one before. */
  buildNext(): void;
  /** The last one. */
  snapshot: Snapshot | undefined;
  /** Duration of each build in ms. */
  durations: number[];
}

/** One parsed body per node; all counters and buckets grow from one snapshot to the next. */
export function manyEngines(nodes: number): ManyEngines {
  const readers = Array.from(
    { length: nodes },
    (_, node): Reader =>
      new ExpositionReader(isWanted, (name, labels) => seriesDescriber.describe(urlOf(node), name, labels)),
  );
  const bodies = readers.map((_, node) => Buffer.from(bodyOf(node, 4)));
  const targets = readers.map((_, node) => ({ url: urlOf(node), kind: 'ray', discoveredBy: 'dashboard' }) as const);
  const results = readers.map((reader, node) => parse(reader, bodies[node] as Buffer));
  const builder = new SnapshotBuilder(catalogIndex);
  let at = 1_795_000_000_000;
  let round = 0;
  const state: ManyEngines = {
    series: results.reduce((sum, { series }) => sum + series.length, 0),
    engines: 0,
    measures: 0,
    buildNext(): void {
      at += 10_000;
      round += 1;
      const answers = results.map((result, node) => ({
        target: targets[node] as (typeof targets)[number],
        at,
        tookMs: 0,
        bytes: 0,
        result: { ...result, values: result.values.map((value) => value * (1 + round / 100)) },
      }));
      const start = performance.now();
      const snapshot = builder.build({
        trigger: 'timer',
        now: at,
        targets,
        answers,
        actors: undefined,
        rayVersion: '2.57.0',
        expectedEngines: nodes * enginesPerNode,
      });
      state.durations.push(performance.now() - start);
      state.snapshot = snapshot;
      state.engines = snapshot.engines.length;
      state.measures =
        Object.keys(snapshot.measures).length +
        snapshot.engines.reduce((sum, engine) => sum + Object.keys(engine.measures).length, 0);
    },
    snapshot: undefined,
    durations: [],
  };
  return state;
}
