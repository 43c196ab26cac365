import { strict as assert } from 'node:assert';
import { ExpositionReader } from '../../../src/exposition/expositionReader';
import { loadRecording, rayRecordings } from '../../demonstration/index';
import { isWanted } from '../support/catalogIndex';
import { toComparable, seriesText, groupText, feed, newReader, seriesValues } from './readerHelpers';

const recordings = [...rayRecordings, 'vllm-0.32-native'] as const;

function countSampleLines(body: Buffer): number {
  return body
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#')).length;
}

/** Values by series, found with a pattern that knows neither escapes nor braces in values. */
function parseWithPattern(body: Buffer): Map<string, number> {
  const entries = body
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const match = /^([\w:]+)(?:\{((?:[\w]+="[^"\\{}]*",?)*)\})? (\S+)$/.exec(line);
      if (!match) return [];
      const labels = new Map(
        [...(match[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
      );
      return [[seriesText(match[1] ?? '', labels), Number((match[3] ?? '').replace('Inf', 'Infinity'))] as const];
    });
  return new Map(entries);
}

describe('ExpositionReader: recordings of real engines', () => {
  for (const name of recordings) {
    describe(name, () => {
      const { steps } = loadRecording(name);

      it('reads every line of every body', () => {
        for (const { name: step, bodies } of steps) {
          for (const { bytes } of bodies) {
            const { series, samples, badCount, badLines } = feed(newReader(), bytes);
            assert.deepEqual([badCount, badLines], [0, []], step);
            assert.equal(samples, countSampleLines(bytes), step);
            assert.equal(series.length, samples, step);
          }
        }
      });

      it('reads the numbers that a pattern finds in simple lines', () => {
        const body = steps.at(-1)?.bodies[0]?.bytes as Buffer;
        const ours = new Map(seriesValues(feed(newReader(), body)));
        const simple = parseWithPattern(body);
        assert.ok(simple.size > 0.9 * ours.size, `${simple.size} of ${ours.size} are simple`);
        for (const [series, value] of simple) assert.equal(ours.get(series), value, series);
      });

      it('reads each step, and each body again, as a new reader does', () => {
        const readers = new Map<number, ReturnType<typeof newReader>>();
        for (const { name: step, bodies } of steps) {
          for (const { node, bytes } of bodies) {
            const reader = readers.get(node) ?? newReader(node % 2 === 0 ? 0 : Infinity);
            readers.set(node, reader);
            const fresh = toComparable(feed(newReader(), bytes));
            assert.deepEqual(toComparable(feed(reader, bytes)), fresh, step);
            assert.deepEqual(toComparable(feed(reader, bytes)), fresh, `${step}, again`);
          }
        }
      });

      it('reads the same samples of the catalog’s families if it wants only those', () => {
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
