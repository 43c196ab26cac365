/** A recording as data of a real Prometheus: each body's samples at the moment at which it was scraped. */
import type { RecordedStep } from '../demonstration/index';

const sampleLine = /^([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)$/;

/** Bodies by time in the OpenMetrics format, of which `promtool` makes blocks. */
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
        const own = labels.slice(1, -1).replace(/,$/, '');
        const key = `${name}{${[own, `instance="${instanceOf(node)}"`, 'job="ray"'].filter(Boolean).join(',')}}`;
        series.set(key, [...(series.get(key) ?? []), `${value} ${at / 1000}`]);
      }
    }
  }
  return [...[...series].flatMap(([key, samples]) => samples.map((sample) => `${key} ${sample}`)), '# EOF', ''].join(
    '\n',
  );
}
