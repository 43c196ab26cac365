import { strict as assert } from 'node:assert';
import { corporaFolder, oracleValue, readCorpus, type OracleReading } from '../support/corpora';
import { readBody, seriesValues } from './readerHelpers';
import { skip } from '../../vscode/skip';

/** Bounds and quantiles as numbers: Prometheus 3 writes `1` as `1.0` in histograms and summaries. */
const numericLabels = new Set(['le', 'quantile']);

const normalised = (name: string, labels: Iterable<readonly [string, string]>, value: number): string =>
  JSON.stringify([
    name,
    ...[...labels]
      .map(([label, text]) => [label, numericLabels.has(label) && text !== '' ? String(Number(text)) : text])
      .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    Object.is(value, -0) ? '-0' : String(value),
  ]);

/** What this reader makes of a body: its series with their values, sorted. */
function readHere(body: Buffer): { series: string[]; badCount: number } {
  const exposition = readBody(body);
  const series = seriesValues(exposition).map(([text, value]) => {
    const [name, ...labels] = JSON.parse(text) as [string, ...[string, string][]];
    return normalised(name, labels, value);
  });
  return { series: series.sort(), badCount: exposition.badCount };
}

const readThere = ({ s = [] }: OracleReading): string[] =>
  s
    .map(({ l: { __name__: name = '', ...labels }, v }) => normalised(name, Object.entries(labels), oracleValue(v)))
    .sort();

/** A kind of line that is read otherwise than Prometheus reads it, and why. */
interface Difference {
  line: RegExp;
  reason: string;
}

const lineDifferences: readonly Difference[] = [
  { line: /^[ \t]/, reason: 'blanks before a name are part of it in Prometheus, which then refuses the name' },
  { line: /__name__=/, reason: 'Prometheus renames the metric' },
  { line: /\{(\w+)="[^"]*",\1="/, reason: 'a label occurs twice, which Prometheus refuses later, when it stores' },
  { line: / #/, reason: 'an exemplar is not read, so that nothing in it is checked' },
  { line: /^\S+ \S+ +[-+]?(Inf|NaN)$/, reason: 'a timestamp is not used, so that only its being a number is checked' },
];

/** Why Prometheus reads a body in neither mode that the body's own suite calls valid. Here its other lines are read. */
const refusals: readonly { error: RegExp; reason: string }[] = [
  { error: /got "-" \("INVALID"\)/, reason: 'a negative timestamp' },
  { error: /invalid metric type/, reason: 'a type that only others know, or blanks in a comment' },
  { error: /expected label name, got ",\}"/, reason: 'a comma without a label' },
  { error: /got ":"|\("BOPEN"\)/, reason: 'a native histogram as text, which only the Python client writes' },
];

describe('the corpora of other projects', () => {
  const folder = corporaFolder() ?? '';

  before(function () {
    if (folder === '') skip(this, 'no folder shared/corpora above the checkout');
  });

  it('has lines that are read as Prometheus reads them, in text or in OpenMetrics mode', () => {
    const text = readCorpus(folder, 'lines');
    const openMetrics = readCorpus(folder, 'lines_om');
    const counts = { equal: 0, refused: 0, different: 0 };
    const unused = new Set(lineDifferences);
    text.forEach(({ body: { body, id }, oracle: { prom } }, index) => {
      const references = [prom, openMetrics[index]?.oracle.om].flatMap((reading) =>
        reading?.ok ? [JSON.stringify(readThere(reading))] : [],
      );
      const { series, badCount } = readHere(body);
      const isRefused = badCount > 0;
      if (isRefused ? references.length === 0 : references.includes(JSON.stringify(series))) {
        counts[isRefused ? 'refused' : 'equal'] += 1;
        return;
      }
      const line = body.toString('latin1').replace(/\n$/, '');
      const difference = lineDifferences.find((candidate) => candidate.line.test(line));
      assert.ok(difference, `${line} (${id}): read as ${series.join()}, by Prometheus as ${references.join(' or ')}`);
      unused.delete(difference);
      counts.different += 1;
    });
    assert.deepEqual([...unused], [], 'each difference has a line');
    assert.deepEqual(counts, { equal: 732, refused: 109, different: 39 });
  });

  it('has bodies that are read as Prometheus reads them', () => {
    let [equal, refused] = [0, 0];
    for (const { body, oracle } of readCorpus(folder, 'all')) {
      if (body.fail) continue;
      const reference = [oracle.prom, oracle.om].find(({ ok }) => ok);
      if (reference) {
        assert.deepEqual(readHere(body.body).series, readThere(reference), body.id);
        equal += 1;
      } else {
        const { err = '' } = oracle.prom;
        assert.ok(
          refusals.some(({ error }) => error.test(err)),
          `${body.id}: ${err}`,
        );
        refused += 1;
      }
    }
    assert.deepEqual({ equal, refused }, { equal: 194, refused: 15 });
  });

  it('has bodies of which each line is read as if it were alone, whatever the others are', () => {
    let count = 0;
    for (const { body } of readCorpus(folder, 'all')) {
      const lines = body.body.toString('latin1').split('\n');
      const alone = lines.map((line) => readHere(Buffer.from(line, 'latin1')));
      const whole = readHere(body.body);
      assert.deepEqual(whole.series, alone.flatMap(({ series }) => series).sort(), body.id);
      assert.equal(
        whole.badCount,
        alone.reduce((sum, { badCount }) => sum + badCount, 0),
        body.id,
      );
      count += 1;
    }
    assert.equal(count, 720);
  });
});
