/** Comparisons as text: Markdown, CSV and JSON, with names that try to be markup or formulas. */
import assert from 'node:assert/strict';
import { catalog } from '../../../src/metrics/catalog';
import { compareRuns } from '../../../src/comparison/compareRuns';
import { comparisonResult } from '../../../src/comparison/comparisonResult';
import { parseCsvLine } from '../../../src/shared/csv';
import {
  comparisonCsv,
  comparisonJson,
  comparisonMarkdown,
  maxMarkdownLength,
} from '../../../src/shared/comparisonExport';
import { formatChange } from '../../../src/shared/comparisonText';
import { isToComparisonPage } from '../../../src/shared/comparisonProtocol';
import { entryOf, runOf, variedRollouts } from './someRuns';

const name = '=cmd() <img src=x onerror=alert(1)> | @here [x](command:a)';
const comparison = compareRuns([
  runOf('a', variedRollouts(10, 100, 1)),
  runOf('b', variedRollouts(10, 80, 2), {
    name,
    engines: 8,
    config: { file: 'b|.sh', readAt: 0, entries: [entryOf('max_num_seqs', '`512`', 9), entryOf('token', '••••••', 2)] },
  }),
]);

describe('A comparison as text', () => {
  it('is Markdown for a pull request, in which names stay text', () => {
    const text = comparisonMarkdown(comparison);
    assert.match(text, /^\*\*Comparison of runs\*\*\n/);
    assert.match(text, /> Not like for like: 4 engines against 8 engines\./);
    assert.match(text, /\| Duration \|[^\n]*s to [^\n]*\| −\d+ %, better, p \\< 0\.001 \|/);
    assert.match(text, /\| max\\_num\\_seqs \| – \| "\\`512\\`" \\\(b\\\|\.sh:9\\\) \|/);
    assert.ok(!/[^\\]<img|[^\\]@here|[^\\]\[x/.test(text), text);
    const tables = text.split('\n').filter((line) => line.startsWith('|'));
    const columns = new Set(tables.map((line) => line.replaceAll('\\|', '').split('|').length));
    assert.deepEqual([...columns].sort(), [5, 6], 'every row of a table has its columns');
  });

  it('is CSV with a line for each key that differs and each measure', () => {
    const written = [...comparisonCsv(comparison)];
    const lines = written.map((line) => parseCsvLine(line.trimEnd()));
    const [head = []] = lines;
    assert.ok(lines.every((line) => line.length === head.length));
    assert.equal(lines[1]?.[head.indexOf('b_value')], name, 'a formula is read back as the text that it was');
    assert.ok(written.some((line) => line.includes("'=cmd()")));
    const seconds = lines.find((line) => line[1] === 'seconds') ?? [];
    assert.equal(Number(seconds[head.indexOf('a_value')]), comparison.measures[0]?.medians[0]);
    assert.equal(seconds[head.indexOf('b_verdict')], 'better');
  });

  it('is JSON, and what the command resolves to', () => {
    assert.deepEqual(JSON.parse([...comparisonJson(comparison)].join('')), JSON.parse(JSON.stringify(comparison)));
    const { config, measures } = comparisonResult(comparison);
    assert.deepEqual(config.at(-1), { key: 'max_num_seqs', values: [null, '`512`'] });
    assert.deepEqual(config[0], { key: 'generator.inference_engine.num_engines', values: [4, null] });
    assert.equal(measures[0]?.id, 'seconds');
  });

  it('is bounded as Markdown, and files of it in lines, however long the configs are', () => {
    const long = (salt: number): ReturnType<typeof entryOf>[] =>
      Array.from({ length: 10_000 }, (_, index) =>
        entryOf(`section.${'key_'.repeat(30)}${index}`, `${salt}${'[x](y) '.repeat(280)}`, index + 1),
      );
    const ids = catalog.map(({ id }) => id);
    const runs = [1, 2, 3, 4].map((seed) => {
      const rollouts = variedRollouts(8, 100 * seed, seed);
      return runOf(`run-${seed}`, rollouts, {
        name: `${name} ${'_'.repeat(140)}`,
        config: { file: 'train.sh', readAt: 0, entries: long(seed) },
        means: Object.fromEntries(
          rollouts.map((rollout) => [
            rollout.id,
            Object.fromEntries(ids.map((id) => [id, 123456.789 * rollout.seconds])),
          ]),
        ),
      });
    });
    const large = compareRuns(runs);
    assert.equal(large.config.length, 10_000);
    const text = comparisonMarkdown(large);
    assert.ok(text.length <= maxMarkdownLength, `${text.length} characters`);
    assert.match(text, /\n\d{4} more keys differ, or may; the CSV and JSON files have all\.\n/);
    assert.match(text, /\| Duration \|/, 'the first measures have room');
    assert.match(text, /\n\d+ more measures; the CSV/);
    for (const lines of [comparisonCsv(large), comparisonJson(large)]) {
      let [longest, all] = [0, 0];
      for (const line of lines) {
        longest = Math.max(longest, line.length);
        all += line.length;
      }
      assert.ok(all > 50_000_000 && longest < 20_000, `${longest} of ${all} characters`);
    }
  });

  it('is what the page takes', () => {
    assert.ok(
      isToComparisonPage({ type: 'comparison', comparison: JSON.parse(JSON.stringify(comparison)) as unknown }),
    );
    assert.ok(!isToComparisonPage({ type: 'comparison', comparison: { ...comparison, measures: [{ id: 'x' }] } }));
  });

  it('has changes with their sign', () => {
    assert.deepEqual([12.34, -5.25, 0, null, 150].map(formatChange), ['+12 %', '−5.3 %', '0.0 %', '–', '+150 %']);
  });
});
