/** A recording as data for a real Prometheus. */
import type { RecordedStep } from '../demonstration/index';

const sampleLine = /^([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)$/;

/**
 * The samples of all bodies at the times of their scrapes, in the OpenMetrics format, from which `promtool` creates
 * blocks.
 */
export function recordedSamples(
  steps: readonly Pick<RecordedStep, 'at' | 'bodies'>[],
  instanceOf = (node: number): string => `node${node}:1`,
): string {
  const series = new Map<string, string[]>();
  for (const { at, bodies } of steps) {
    for (const { node, bytes } of bodies) {
      for (const line of bytes.toString('utf8').split('\n')) {
        const [, name, labels = '{}', value] = sampleLine.exec(line) ?? [];
        if (name === undefined) continue;
        const recordedLabels = labels.slice(1, -1).replace(/,$/, '');
        const key = `${name}{${[recordedLabels, `instance="${instanceOf(node)}"`, 'job="ray"'].filter(Boolean).join(',')}}`;
        series.set(key, [...(series.get(key) ?? []), `${value} ${at / 1000}`]);
      }
    }
  }
  return [...[...series].flatMap(([key, samples]) => samples.map((sample) => `${key} ${sample}`)), '# EOF', ''].join(
    '\n',
  );
}
