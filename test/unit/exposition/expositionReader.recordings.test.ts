import { strict as assert } from 'node:assert';
import { ExpositionReader } from '../../../src/exposition/expositionReader';
import { isWanted } from '../support/catalogIndex';
import { loadRecording, rayRecordings } from '../../demonstration/index';
import { toComparable, seriesText as describeSeries, groupText, feed, newReader, seriesValues } from './readerHelpers';

const recordings = [...rayRecordings, 'vllm-0.32-native'] as const;

function naiveCount(body: Buffer): number {
  return body
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#')).length;
}

/** A line read with a pattern, for lines that hold no escapes and no braces in values. */
function naively(body: Buffer): Map<string, number> {
  const plain = body
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const match = /^([\w:]+)(?:\{((?:[\w]+="[^"\\{}]*",?)*)\})? (\S+)$/.exec(line);
      if (!match) return [];
      const labels = new Map(
        [...(match[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
      );
      return [[describeSeries(match[1] ?? '', labels), Number((match[3] ?? '').replace('Inf', 'Infinity'))] as const];
    });
  return new Map(plain);
}

describe('recordings of real engines', () => {
  for (const name of recordings) {
    describe(name, () => {
      const { steps } = loadRecording(name);

      it('every line of every body is read: none is bad, none is missed', () => {
        for (const { name: step, bodies } of steps) {
          for (const { bytes } of bodies) {
            const { series, samples, badCount, badLines } = feed(newReader(), bytes);
            assert.deepEqual([badCount, badLines], [0, []], step);
            assert.equal(samples, naiveCount(bytes), step);
            assert.equal(series.length, samples, step);
          }
        }
      });

      it('the numbers are those a plain pattern finds on plain lines', () => {
        const body = steps.at(-1)?.bodies[0]?.bytes as Buffer;
        const ours = new Map(seriesValues(feed(newReader(), body)));
        const plain = naively(body);
        assert.ok(plain.size > 0.9 * ours.size, `${plain.size} of ${ours.size} are plain`);
        for (const [series, value] of plain) assert.equal(ours.get(series), value, series);
      });

      it('one reader through all steps reads as a fresh one at each, and a body again as the first time', () => {
        const readers = new Map<number, ReturnType<typeof newReader>>();
        for (const { name: step, bodies } of steps) {
          for (const { node, bytes } of bodies) {
            const reader = readers.get(node) ?? newReader();
            readers.set(node, reader);
            const fresh = toComparable(feed(newReader(), bytes));
            assert.deepEqual(toComparable(feed(reader, bytes)), fresh, step);
            assert.deepEqual(toComparable(feed(reader, bytes)), fresh, `${step}, again`);
          }
        }
      });

      it('wanting engines only finds the same engine samples', () => {
        for (const { name: step, bodies } of steps) {
          for (const { bytes } of bodies) {
            const all = feed(newReader(), bytes);
            const some = feed(new ExpositionReader(isWanted, groupText), bytes);
            const wanted = seriesValues(all).filter((_, index) => isWanted(all.series[index]?.group.name ?? ''));
            assert.deepEqual(seriesValues(some), wanted, step);
            assert.equal(some.samples, all.samples, step);
          }
        }
      });
    });
  }
});
