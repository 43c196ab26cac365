import { strict as assert } from 'node:assert';
import { ExpositionReader } from '../../../src/exposition/expositionReader';
import { isWanted } from '../support/catalogIndex';
import { toComparable, groupText, feed, newReader, seriesValues, readBody, readByReference } from './readerHelpers';

/** The reader as the extension uses it: it wants the catalog's families only. */
const newCatalogReader = (): ExpositionReader<string> => new ExpositionReader(isWanted, groupText);

describe('ExpositionReader', () => {
  it('reads nothing from an empty body, which is not truncated', () => {
    const { series, samples, bytes, badCount, endsInLine, sawEof } = readBody('');
    assert.deepEqual([series.length, samples, bytes, badCount, endsInLine, sawEof], [0, 0, 0, 0, false, false]);
  });

  it('says whether the body ends within a line', () => {
    assert.equal(readBody('m 1\nn 2\n').endsInLine, false);
    assert.equal(readBody('m 1\nn 2').endsInLine, true);
    assert.equal(readBody('m 1\n# HEL').endsInLine, true);
  });

  for (const [text, seen] of [
    ['m 1\n# EOF\n', true],
    ['m 1\n# EOF', true],
    ['m 1\n# EOFx\n', false],
    ['# EOF\r\n', false],
  ] as const) {
    it(`finds ${seen ? 'the' : 'no'} end mark in ${JSON.stringify(text)}`, () =>
      assert.equal(readBody(text).sawEof, seen));
  }

  it('counts all bytes and all samples, also those of unwanted families', () => {
    const body = '# HELP a b\nray_node_cpu 1\nvllm:num_requests_running 2\nray_node_cpu{x="1"} 3\n';
    const exposition = feed(newCatalogReader(), body);
    assert.deepEqual(seriesValues(exposition), [['["vllm:num_requests_running"]', 2]]);
    assert.deepEqual([exposition.samples, exposition.bytes], [3, body.length]);
  });

  it('asks once per name whether it is wanted, and once per name and labels but `le` what it is', () => {
    const asked: string[] = [];
    const described: string[] = [];
    const reader = new ExpositionReader(
      (name) => asked.push(name) > 0,
      (name, labels) => {
        described.push(groupText(name, labels));
        return described.at(-1);
      },
    );
    const body = 'm{a="1"} 1\nm{a="2"} 1\nm{a="1"} 2\nm{a="1",le="3"} 1\nm{a="1",le="4"} 1\n';
    feed(reader, body);
    feed(reader, body);
    assert.deepEqual(asked, ['m']);
    assert.equal(described.length, 2);
  });

  it('reads an HTML page as bad lines, not as samples', () => {
    const { samples, badLines } = feed(
      newCatalogReader(),
      '<!doctype html><html>\n<head><title>Sign in</title></head>\n</html>\n',
    );
    assert.equal(samples, 0);
    assert.equal(badLines[0]?.line, 0);
  });

  it('reads binary data as bad lines, not as samples, and does not throw', () => {
    const garbage = Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 167 + (index >> 3)) & 0xff));
    const { series, samples, badCount } = feed(newCatalogReader(), garbage);
    assert.deepEqual([series.length, samples], [0, 0]);
    assert.ok(badCount > 100);
  });

  it('continues a family after an unwanted name in its middle', () => {
    const body = 'vllm:num_requests_running{a="1"} 1\nother 5\nvllm:num_requests_running{a="2"} 2\n';
    assert.deepEqual(
      seriesValues(feed(newCatalogReader(), body)).map(([, value]) => value),
      [1, 2],
    );
  });

  it('agrees with the reference parser on more names than all readers together remember', () => {
    const [one, two] = [newReader(), newReader()];
    for (let round = 0; round < 3; round += 1) {
      const body = Array.from(
        { length: 12_000 },
        (_, name) => `m${(name * 7 + round) % 11_000} ${name}\nm${name % 5} 1\n`,
      ).join('');
      for (const reader of [one, two])
        assert.deepEqual(toComparable(feed(reader, body)), toComparable(readByReference(body)));
    }
  });

  it('rebuilds the table of series once most of them are no longer exposed', () => {
    const reader = newReader();
    const bodyOf = (life: number): string =>
      Array.from({ length: 1000 }, (_, index) => `m{life="${life}",i="${index}"} ${index}\n`).join('');
    for (let life = 0; life < 20; life += 1) assert.equal(feed(reader, bodyOf(life)).series.length, 1000);
    assert.ok(reader.seriesCount < 10_000, `${reader.seriesCount} series are held`);
    assert.deepEqual(seriesValues(feed(reader, bodyOf(19))), seriesValues(readBody(bodyOf(19))));
  });
});
