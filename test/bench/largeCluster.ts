/**
 * Measures memory and time of one run on 64 nodes with eight engines each, from the answers' bytes to the snapshot.
 * Needs `--expose-gc`.
 */
import { TargetSource } from '../../src/collector/targetSource';
import type { SourceEvidence } from '../../src/collector/snapshotSource';
import type { Discovery } from '../../src/discovery/discover';
import type { HttpGet } from '../../src/http/httpGet';
import type { Snapshot } from '../../src/api';
import { catalogIndex } from '../unit/support/catalogIndex';
import { LongestBlock } from './longestBlock';
import { bodyOf } from './manyEngines';
import { result, smoke, table } from './report';
import { timed } from './timing';
import { nothingElseKnown } from '../unit/support/nothingElseKnown';
import { bytesHeld } from '../memory/bytesHeld';

const nodes = smoke ? 2 : 64;
const scrapes = smoke ? 3 : 24;
const chunkBytes = 64 * 1024;
/** Scrapes of a node under load. */
const steps = [1, 2, 3, 4];

/** A body whose worker IDs and node can be changed in place to those of another node. */
class BodyTemplate {
  readonly bytes: Buffer;
  /** Offsets of the two digits that are the number of the node. */
  private readonly offsets: readonly number[];

  constructor(step: number) {
    const text = bodyOf(99, step).replaceAll(/NodeAddress="[^"]*"/g, 'NodeAddress="192.0.2.99"');
    this.bytes = Buffer.from(text);
    this.offsets = [...text.matchAll(/(?:WorkerId="\w*(?=99\d")|NodeAddress="[\d.]*(?=99"))/g)].map(
      ({ index, 0: { length } }) => index + length,
    );
  }

  /** The chunks of a node's body, each made when it is asked for. */
  *chunks(node: number): Generator<Uint8Array> {
    const [tens, ones] = [48 + Math.floor(node / 10), 48 + (node % 10)];
    const { bytes, offsets } = this;
    let next = 0;
    for (let start = 0; start < bytes.length; start += chunkBytes) {
      const end = Math.min(bytes.length, start + chunkBytes);
      // Other nodes' chunks may have been made since the last one, which may have ended between two digits.
      next = Math.max(0, next - 1);
      for (let offset = offsets[next]; offset !== undefined && offset < end; offset = offsets[++next]) {
        bytes[offset] = tens;
        bytes[offset + 1] = ones;
      }
      yield bytes.subarray(start, end);
    }
  }
}

const startAt = 1_795_000_000_000;
const discovery: Discovery = {
  targets: Array.from({ length: nodes }, (_, node) => ({
    url: `http://192.0.2.${node}:1/metrics`,
    kind: 'ray',
    discoveredBy: 'dashboard',
  })),
  reason: '',
  ray: {},
};

/** One run, scraped again and again. */
class Run {
  readonly templates = steps.map((step) => new BodyTemplate(step));
  /** Called between two chunks of an answer. */
  onChunk = (): Promise<void> | undefined => undefined;
  private now = startAt;
  private scrapeCount = 0;
  private readonly source = new TargetSource(
    { now: () => this.now, elapsed: () => performance.now(), follow: () => 0, after: () => () => undefined },
    catalogIndex,
  );

  async collect(): Promise<SourceEvidence> {
    this.now += 10_000;
    const template = this.templates[this.scrapeCount++ % steps.length] as BodyTemplate;
    const get: HttpGet = async (url, { onChunk, beforeChunk }) => {
      const node = Number(/\.(\d+):/.exec(url)?.[1]);
      const chunks = template.chunks(node);
      for (;;) {
        // A chunk is made when nothing waits any more: until it is read, no other node may change the bytes.
        await beforeChunk?.();
        const { value: chunk, done } = chunks.next();
        if (done) break;
        onChunk?.(chunk);
        await this.onChunk();
      }
      return { at: this.now, bytes: template.bytes.length, mediaType: 'text/plain', framed: true };
    };
    return this.source.collect({
      trigger: 'timer',
      discovery,
      get,
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      intervalMs: 10_000,
      session: undefined,
      rediscover: () => Promise.resolve(discovery),
    });
  }

  async evaluate(evidence: SourceEvidence): Promise<Snapshot> {
    const { snapshot } = await this.source.evaluate(evidence, {
      trigger: 'timer',
      now: this.now,
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      ...nothingElseKnown,
      rayVersion: '2.57.0',
      expectedEngines: 8 * nodes,
    });
    return snapshot;
  }
}

async function main(): Promise<void> {
  const run = new Run();
  const bytes = (run.templates[0] as BodyTemplate).bytes.length;
  const before = await bytesHeld();
  const block = new LongestBlock();
  const firstStart = performance.now();
  let evidence: SourceEvidence | undefined = await run.collect();
  const collected = performance.now();
  const series = evidence.answers.reduce((sum, { result: read }) => sum + (read?.values.length ?? 0), 0);
  let snapshot = await run.evaluate(evidence);
  const firstEnd = performance.now();
  const firstBlock = await block.end();
  evidence = undefined;
  const collects: number[] = [];
  const evaluates: number[] = [];
  const blocks: number[] = [];
  for (let scrape = 0; scrape < scrapes; scrape += 1) {
    const eachBlock = new LongestBlock();
    const start = process.cpuUsage();
    const later = await run.collect();
    const middle = process.cpuUsage();
    snapshot = await run.evaluate(later);
    const end = process.cpuUsage();
    collects.push((middle.user + middle.system - start.user - start.system) / 1000);
    evaluates.push((end.user + end.system - middle.user - middle.system) / 1000);
    blocks.push(await eachBlock.end());
  }
  const between = (await bytesHeld()) - before;
  let during = 0;
  let chunks = 0;
  const every = Math.ceil((nodes * bytes) / chunkBytes / 8);
  run.onChunk = () =>
    chunks++ % every === every - 1
      ? bytesHeld().then((held) => void (during = Math.max(during, held - before)))
      : undefined;
  const last = await run.collect();
  during = Math.max(during, (await bytesHeld()) - before);
  snapshot = await run.evaluate(last);
  table(
    `One run of ${nodes} nodes, ${snapshot.engines.length} engines, ${series} series, ${((nodes * bytes) / 1e6).toFixed(0)} MB of answers`,
  );
  result({ work: 'memory held between scrapes', value: between / 2 ** 20, unit: 'MB' });
  result({ work: '  per series', value: between / series, unit: 'bytes' });
  result({ work: 'memory held while a scrape runs', value: during / 2 ** 20, unit: 'MB' });
  result({ work: 'first scrape, reading', value: collected - firstStart, unit: 'ms' });
  result({ work: 'first scrape, until the snapshot', value: firstEnd - firstStart, unit: 'ms' });
  result({ work: '  longest block of the event loop', value: firstBlock, unit: 'ms' });
  result(timed('later scrape, reading (processor time)', collects));
  result(timed('later scrape, reducing (processor time)', evaluates));
  result(timed('  longest block of the event loop', blocks));
}

void main();
