/** Everything that reads the text of a query, on queries of any brokenness. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { extraCompletions } from '../../src/promql/extraCompletions';
import { hints } from '../../src/promql/hints';
import { checkSyntax, complete, format } from '../../src/promql/language';
import { createCatalogLookup } from '../../src/promql/nameLookup';
import { bracketProblems, variableProblems, type Problem } from '../../src/promql/problems';
import { bareQuery, blockAt, blocksOf } from '../../src/promql/queryBlocks';
import { callAt, wordUnder } from '../../src/promql/queryWords';
import { closers, scanQuery } from '../../src/promql/scanQuery';
import { unitOf } from '../../src/promql/unit';
import { substitute } from '../../src/promql/variables';
import type { FuzzTarget } from './fuzzTarget';

interface QueryText {
  text: string;
  /** Of the cursor. */
  offset: number;
  /** Of an engine in the variables. */
  engine: string;
}

const tokens = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'sum',
      'by',
      'rate',
      '(',
      ')',
      '[5m]',
      '{',
      '}',
      ',',
      ' ',
      '/',
      '-',
      'on',
      'offset 1h',
      '@ 1',
      'bool',
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'ray_vllm_num_requests_running',
      'vllm:num_requests_waiting',
      'le',
      'histogram_quantile',
      'x_bucket',
      '0.95',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '$engine',
      '${node}',
      '$__rate_interval',
      '$unknown',
      '="',
      '=~"',
      '"',
      "'",
      '`',
      '\\',
      '#',
      '\n',
      '\n\n',
      '\r\n',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
);
const lookup = createCatalogLookup();

/** Problems are on at least one character, also of an empty text. */
function assertWithin(text: string, problems: readonly Pick<Problem, 'from' | 'to'>[]): void {
  for (const { from, to } of problems)
    assert.ok(from >= 0 && from <= to && to <= Math.max(1, text.length), `${from} to ${to}`);
}

function checkFormat(text: string): void {
  const formatted = format(text);
  if (formatted === undefined) return;
  assert.deepEqual(checkSyntax(formatted), [], `laid out as ${formatted}`);
  assert.equal(format(formatted), formatted, 'laying out twice');
}

async function check({ text, offset: wanted, engine }: QueryText): Promise<void> {
  const offset = Math.min(wanted, text.length);
  assert.equal(
    scanQuery(text)
      .map(({ from, to }) => text.slice(from, to))
      .join(''),
    text,
  );
  closers(text);
  const blocks = blocksOf(text);
  for (const block of blocks) assert.equal(text.slice(block.offset, block.offset + block.text.length), block.text);
  blockAt(blocks, offset);
  bareQuery(text);
  const context = {
    scrapeIntervalMs: 10_000,
    stepMs: 10_000,
    rangeMs: 60_000,
    nodes: ['192.0.2.1'],
    engines: [engine],
    sessions: [],
  };
  const { text: sent, originalOffset } = substitute(text, context);
  assertWithin(text, [{ from: originalOffset(0), to: originalOffset(sent.length) }]);
  const server = { metrics: new Set(['x_bucket']), metadata: new Map(), scrapeIntervalMs: 10_000 };
  const found = hints(text, server);
  assertWithin(text, [...checkSyntax(text), ...bracketProblems(text), ...variableProblems(text), ...found]);
  assertWithin(
    text,
    found.flatMap(({ fix }) => fix?.edits ?? []),
  );
  const word = wordUnder(text, offset);
  if (word) assertWithin(text, [word]);
  callAt(text, offset);
  unitOf(text);
  extraCompletions(text, offset);
  await complete(text, offset, lookup);
  checkFormat(text);
}

export const promqlTarget: FuzzTarget<QueryText> = {
  name: 'promql',
  about: 'what reads the text of queries: no error, nothing outside of the text, a layout that stays',
  inputs: fc.record({
    text: fc.array(tokens, { maxLength: 24 }).map((all) => all.join('')),
    offset: fc.nat({ max: 100 }),
    engine: fc.string({ maxLength: 8 }),
  }),
  check,
  shortCases: 300,
};
