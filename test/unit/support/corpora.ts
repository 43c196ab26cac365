/**
 * Expositions from the public test data of other projects, with what real parsers make of them. They are not part of
 * this repository: tests that need them are skipped where the folder is missing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A series as a real parser reads it: labels with `__name__`, and the value. */
interface OracleSeries {
  l: Record<string, string>;
  /** The number's eight bytes in hexadecimal, or `0`, `-0`, `NaN`, `+Inf`, `-Inf`. */
  v: string;
}

/** What a real parser says of a body. `s` has what it read up to an error. */
export interface OracleReading {
  ok: boolean;
  err?: string;
  s?: OracleSeries[];
}

/** What the real parsers say of one body. */
export interface Oracle {
  id: string;
  /** prometheus/common, which promtool and pushers use. */
  expfmt: OracleReading;
  /** Prometheus itself, in text mode. */
  prom: OracleReading;
  /** Prometheus itself, in OpenMetrics mode. */
  om: OracleReading;
}

/** A body of the corpora. `fail`: its suite says that it must not parse as a whole. */
export interface CorpusBody {
  id: string;
  body: Buffer;
  source?: string;
  fail?: boolean;
}

/** Where the corpora are: in `shared/corpora` beside or above the checkout. Undefined if they are not there. */
export function corporaFolder(): string | undefined {
  for (let folder = resolve('.'); folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'shared', 'corpora');
    if (existsSync(join(candidate, 'all.jsonl.gz'))) return candidate;
  }
  return undefined;
}

const readJsonLines = (path: string): unknown[] =>
  gunzipSync(readFileSync(path))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

/** The bodies of one file, such as `lines`, each with the answers of the real parsers. */
export function readCorpus(folder: string, name: string): { body: CorpusBody; oracle: Oracle }[] {
  const bodies = readJsonLines(join(folder, `${name}.jsonl.gz`)) as (Omit<CorpusBody, 'body'> & { body: string })[];
  const oracles = new Map(
    (readJsonLines(join(folder, `${name}.oracle.jsonl.gz`)) as Oracle[]).map((oracle) => [oracle.id, oracle]),
  );
  return bodies.map(({ body, ...rest }) => {
    const oracle = oracles.get(rest.id);
    if (!oracle) throw new Error(`no answer of the real parsers for ${rest.id}`);
    return { body: { ...rest, body: Buffer.from(body, 'base64') }, oracle };
  });
}

const spelledValues: Readonly<Record<string, number>> = { '0': 0, '-0': -0, NaN, '+Inf': Infinity, '-Inf': -Infinity };

/** The number that an oracle's `v` means. */
export const oracleValue = (text: string): number => spelledValues[text] ?? Buffer.from(text, 'hex').readDoubleBE(0);
