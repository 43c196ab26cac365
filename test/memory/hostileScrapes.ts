/**
 * A program: 1,000 scrapes of targets of every hostile kind, and what memory they leave behind. Prints one JSON line.
 * Needs `--expose-gc`. `node … hostileScrapes.js [scrapes] [kind …]`.
 */
import type { Discovery } from '../../src/discovery/discover';
import type { Target } from '../../src/discovery/targets';
import { pooledBytes } from '../../src/exposition/lineIndexPool';
import { HttpError, type HttpGet } from '../../src/http/httpGet';
import { TargetSource } from '../../src/collector/targetSource';
import { snapshotViolations } from '../../src/collector/invariants';
import { catalogIndex } from '../unit/support/catalogIndex';
import { nothingElseKnown } from '../unit/support/nothingElseKnown';
import { bytesHeld } from './bytesHeld';

const gauge = 'ray_vllm_num_requests_running';
const bucket = 'ray_vllm_time_to_first_token_seconds_bucket';
const repeat = (count: number, lineOf: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => lineOf(index)).join('');

/** A good body of two engines, which changes a little. */
const goodBody = (scrape: number): string =>
  repeat(
    2,
    (engine) =>
      `${gauge}{WorkerId="good${engine}"} ${scrape % 7}\n` +
      `ray_vllm_generation_tokens_total{WorkerId="good${engine}"} ${scrape * 100}\n` +
      repeat(20, (le) => `${bucket}{WorkerId="good${engine}",le="${le}"} ${scrape * le}\n`),
  );

/** Bodies by kind, new in each scrape. An `HttpError` after it ends the answer. */
const kinds: Readonly<Record<string, (scrape: number) => string | [body: string, error: HttpError]>> = {
  'new labels': (scrape) => repeat(400, (index) => `${gauge}{WorkerId="w",x="${scrape} ${index}"} 1\n`),
  'new engines': (scrape) => repeat(60, (index) => goodBody(scrape).replaceAll('good', `${scrape}-${index}-`)),
  'new nodes and GPUs': (scrape) =>
    repeat(60, (index) => `ray_node_gpus_utilization{ip="${scrape}.${index}",GpuIndex="${index}"} 1\n`),
  'new names': (scrape) => repeat(500, (index) => `x_${scrape}_${index} 1\n{"vllm:${scrape} ${index}"} 2\n`),
  'long labels': (scrape) =>
    repeat(20, (index) => `${gauge}{WorkerId="w",x="${'y'.repeat(50_000)}${scrape}${index}"} 1\n`),
  'odd buckets': (scrape) => repeat(400, (index) => `${bucket}{WorkerId="w",le="${scrape}.${1000 - index}"} 1\n`),
  'labels for the grammar': (scrape) => repeat(300, (index) => `${gauge}{WorkerId="w", x="${scrape} ${index}" , } 1\n`),
  'broken off': (scrape) => [goodBody(scrape).repeat(30), new HttpError('cut', 'the answer broke off')],
  garbage: (scrape) =>
    Buffer.from(repeat(2000, (index) => String.fromCharCode((scrape * index * 31) % 256))).toString(),
  'an overlong line': (scrape) => `m{x="${'z'.repeat(1_200_000)}"} ${scrape}\n`,
  'an endless answer': () => ['a 1\n'.repeat(600_000), new HttpError('too-large', 'the answer is too large')],
  'too many label sets': (scrape) => repeat(17_000, (index) => `${gauge}{WorkerId="w",x="${scrape} ${index}"} 1\n`),
};
/** These cost much, so that they come seldom. */
const rareKinds = new Set(['an endless answer', 'too many label sets', 'an overlong line', 'long labels']);

const startAt = 1_795_000_000_000;
let now = startAt;
const target = (url: string): Target => ({ url, kind: 'ray', discoveredBy: 'dashboard' });

/** One target after the other is hostile; those that cost much only in every tenth of their turns. */
function bodyFor(url: string, scrape: number, chosen: readonly string[]): string | [string, HttpError] {
  const kind = decodeURIComponent(new URL(url).hash.slice(1));
  const isTurn = chosen[scrape % chosen.length] === kind;
  const isRare = rareKinds.has(kind) && Math.floor(scrape / chosen.length) % 10 !== 0;
  return isTurn && !isRare ? (kinds[kind]?.(scrape) ?? '') : goodBody(scrape);
}

async function main(): Promise<void> {
  const [count = '1000', ...named] = process.argv.slice(2);
  const chosen = named.length > 0 ? named : Object.keys(kinds);
  const clock = { now: () => now, elapsed: () => now - startAt, follow: () => 0, after: () => () => undefined };
  const source = new TargetSource(clock, catalogIndex);
  let violations = 0;
  const scrape = async (number: number, urls: readonly string[]): Promise<void> => {
    now = startAt + number * 10_000;
    const get: HttpGet = (url, { onChunk }) => {
      const answer = bodyFor(url, number, chosen);
      const [body, error] = typeof answer === 'string' ? [answer, undefined] : answer;
      const bytes = Buffer.from(body);
      for (let offset = 0; offset < bytes.length; offset += 65_536) onChunk?.(bytes.subarray(offset, offset + 65_536));
      if (error) return Promise.reject(error);
      return Promise.resolve({ at: now, bytes: bytes.length, mediaType: 'text/plain', framed: true });
    };
    const discovery: Discovery = { targets: urls.map(target), reason: '', ray: {} };
    const { signal } = new AbortController();
    const evidence = await source.collect({
      trigger: 'api',
      discovery,
      get,
      signal,
      timeoutMs: 1000,
      intervalMs: 10_000,
      session: undefined,
      rediscover: () => Promise.resolve(discovery),
    });
    const { snapshot } = await source.evaluate(evidence, {
      trigger: 'api',
      now,
      signal,
      timeoutMs: 1000,
      ...nothingElseKnown,
    });
    violations += [...snapshotViolations(snapshot)].length;
  };
  const good = ['http://192.0.2.1:1/metrics#good'];
  const hostile = chosen.map((kind, index) => `http://192.0.2.2:${index + 1}/metrics#${encodeURIComponent(kind)}`);
  for (let number = 0; number < 20; number += 1) await scrape(number, good);
  const before = await bytesHeld();
  for (let number = 20; number < 20 + Number(count); number += 1)
    // One target is new each time.
    await scrape(number, [...good, ...hostile, `http://192.0.2.3:1/${number}#good`]);
  for (let number = 20 + Number(count); number < 30 + Number(count); number += 1) await scrape(number, good);
  const after = await bytesHeld();
  console.log(
    JSON.stringify({ scrapes: Number(count), before, after, grown: after - before, pooled: pooledBytes(), violations }),
  );
}

void main();
