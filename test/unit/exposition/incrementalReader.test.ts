import { strict as assert } from 'node:assert';
import { ExpositionReader } from '../../../src/exposition/expositionReader';
import { randomOf } from '../support/random';
import { TextBudget } from '../../../src/exposition/textBudget';
import { toComparable, groupText, feed, wholeByteLimits, type SeriesText } from './readerHelpers';
import { parseExposition } from './referenceParser';

const isWanted = (name: string): boolean => !name.startsWith('u');
const describeSome = (name: string, labels: ReadonlyMap<string, string>): SeriesText | undefined =>
  name.startsWith('x') ? undefined : groupText(name, labels);
const bounds = ['0.1', '1', '2.5', '10', '+Inf'];
const families = ['m', 'x', 'u', 'mm', 'uu'];

describe('IncrementalReader', () => {
  /** Engines, families, bounds and comments come and go, values grow, and chunks have any size. */
  it('agrees with the reference parser on 400 changing expositions (property)', () => {
    const random = randomOf(23);
    const below = (limit: number): number => Math.floor(random() * limit);
    const readers = wholeByteLimits.map(
      (bytes) => new ExpositionReader<SeriesText>(isWanted, describeSome, undefined, new TextBudget(bytes)),
    );
    const engines = new Set(['a', 'b', 'c']);
    const counts = new Map<string, number>();
    const value = (series: string): string => {
      const grown = (counts.get(series) ?? 0) + (random() < 0.5 ? 0 : below(60));
      counts.set(series, grown);
      return random() < 0.02
        ? (['NaN', 'bad', '1e3', `${grown} 17`, '0.12345678901234567'][below(5)] as string)
        : `${grown}.0`;
    };
    for (let round = 0; round < 400; round += 1) {
      if (random() < 0.2) engines.add(String.fromCharCode(97 + below(8)));
      if (random() < 0.2) engines.delete(String.fromCharCode(97 + below(8)));
      const lines = families.flatMap((family) => {
        if (random() < 0.03) return [];
        const samples = [...engines]
          .sort()
          .flatMap((engine) => [
            ...bounds
              .filter(() => random() > 0.01)
              .map((le) => `${family}_bucket{engine="${engine}${engine}${engine}",le="${le}",model="some model"}`),
            `${family}_sum{engine="${engine}"}`,
          ]);
        return [
          ...(random() < 0.05 ? [] : [`# TYPE ${family} histogram`]),
          ...(random() < 0.05 ? ['#'] : []),
          ...samples.filter(() => random() > 0.01).map((series) => `${series} ${value(series)}`),
        ];
      });
      const fullBody = Buffer.from(`${lines.join('\n')}\n`);
      const body = random() < 0.05 ? fullBody.subarray(0, below(fullBody.length)) : fullBody;
      const size = 1 + below(random() < 0.5 ? 200 : body.length);
      const chunks = Array.from({ length: Math.ceil(body.length / size) }, (_, index) =>
        body.subarray(index * size, (index + 1) * size),
      );
      const expected = toComparable(parseExposition<SeriesText>(body, isWanted, describeSome));
      const brokenEnd = random() < 0.03 ? below(fullBody.length) : 0;
      for (const reader of readers) {
        assert.deepEqual(toComparable(feed(reader, ...chunks)), expected, `round ${round}`);
        assert.ok(body.equals(reader.lastBody), `text of round ${round}`);
        if (brokenEnd === 0) continue;
        // An exposition that breaks off and is not ended.
        reader.begin();
        reader.feed(fullBody.subarray(0, brokenEnd));
      }
    }
  });

  it('returns the same list while the wanted series stay the same, whatever else comes and goes', () => {
    const reader = new ExpositionReader<SeriesText>(isWanted, describeSome);
    const bodies = ['m 1\nu 1\nmm 1\n', 'm 2\nmm 2\n', '# a\nm 3\nu{a="1"} 1\nu 4\nmm 3\n', 'x 1\nm 1\n\nmm 2\n'];
    const [first, ...later] = bodies.map((body) => feed(reader, body).series);
    for (const series of later) assert.equal(series, first);
    assert.notEqual(feed(reader, 'mm 1\nm 1\n').series, first);
  });

  it('skips unwanted values without digits, also if only their zero bytes change', () => {
    const reader = new ExpositionReader<SeriesText>(isWanted, describeSome);
    for (const odd of [
      '\0\0\0\0\0\0\0\0\0',
      '\0\0\0\0\0\0\0\x80\0',
      '\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f',
      '\0\0\0\0\0\0\0\0\0',
    ]) {
      const body = Buffer.from(`u ${odd}\nm 1\nu ${odd}\nm{a="${odd}"} 2\n`, 'latin1');
      const read = feed(reader, body);
      assert.deepEqual(toComparable(read), toComparable(parseExposition<SeriesText>(body, isWanted, describeSome)));
      assert.deepEqual(Buffer.from(reader.lastBody), body);
    }
  });
});
