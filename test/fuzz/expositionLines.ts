/** Lines of expositions, from real ones to hostile ones, and how they change from scrape to scrape. */
import fc from 'fast-check';
import { catalog } from '../../src/metrics/catalog';

const families = [...new Set(catalog.flatMap((row) => row.families))];
const suffixes = ['', '_total', '_sum', '_count', '_bucket'];

/** Names of the catalog in any spelling, and others. */
const names = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('ray_vllm_', 'vllm:', ''), fc.constantFrom(...families), fc.constantFrom(...suffixes))
      .map((parts) => parts.join('')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('m', '_', ':a', '1bad', 'a b', 'größe', '{"a b"', '', '__proto__', 'constructor'),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 12, unit: 'binary-ascii' }) },
);

const labelValues = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    '+Inf',
    '-Inf',
    'NaN',
    '1e-3',
    '0.5',
    'x y',
    '}',
    '"',
    '\\',
    '\\"',
    '\\n',
    ',le="1',
    '# ',
    '__proto__',
  ),
  fc.string({ maxLength: 8, unit: 'binary-ascii' }),
);
const labelNames = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('le', 'WorkerId', 'engine', 'model_name', 'position', 'SessionName', 'finished_reason'),
  },
  { weight: 1, arbitrary: fc.constantFrom('le ', 'a', '"le"', '', '1', '__name__', 'a.b') },
);
/** Labels as text; commas and quotes may be missing or doubled. */
const labels = fc
  .array(
    fc.tuple(
      labelNames,
      labelValues,
      fc.constantFrom('"', '"', '"', '"', ''),
      fc.constantFrom(',', ',', ',', ', ', '', ',,'),
    ),
    { maxLength: 4 },
  )
  .map((pairs) => pairs.map(([name, value, quote, comma]) => `${name}="${value}${quote}${comma}`).join(''));
const braced = fc.oneof(
  { weight: 6, arbitrary: labels.map((text) => `{${text}}`) },
  { weight: 1, arbitrary: labels.map((text) => `{${text}`) },
  { weight: 2, arbitrary: fc.constant('') },
);

/** Numbers as text, in every form of the format, at the ends of their range, and none. */
export const numbers = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 100_000 }).map(String) },
  { weight: 2, arbitrary: fc.double().map(String) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '0',
      '-0',
      'NaN',
      '+Inf',
      '-Inf',
      '1.7e308',
      '-1.7e308',
      '5e-324',
      '9007199254740993',
      '1e400',
      '0x10',
      '1_0',
      '+1',
      '.5',
      '1.',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 6, unit: 'binary-ascii' }) },
);
const ends = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  fc.constantFrom(' 1700000000000', ' # {a="}"} 1', '\r', '\t', ' '),
);

/** One line without its line feed. */
export const lines = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(fc.constantFrom('', '', '', ' '), names, braced, fc.constantFrom(' ', ' ', ' ', '', '\t'), numbers, ends)
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.constantFrom('# HELP m a', '# TYPE m counter', '#', '', '# EOF', '# EOF ', '<html>') },
  { weight: 1, arbitrary: fc.string({ maxLength: 40, unit: 'binary-ascii' }) },
);

/** What a scrape changes: a line becomes another one, goes, or comes. */
export interface LineEdit {
  at: number;
  /** `null` removes the line. */
  line: string | null;
  inserts: boolean;
}

/** Edits of one scrape. */
export const lineEdits = fc.array(
  fc.record({
    at: fc.nat({ max: 60 }),
    line: fc.oneof({ weight: 4, arbitrary: lines }, fc.constant(null)),
    inserts: fc.boolean(),
  }),
  { maxLength: 6 },
);

/** Applies the edits of one scrape. */
export function editLines(before: readonly string[], edits: readonly LineEdit[]): string[] {
  const after = [...before];
  for (const { at, line, inserts } of edits)
    after.splice(after.length === 0 ? 0 : at % after.length, inserts ? 0 : 1, ...(line === null ? [] : [line]));
  return after;
}
