/** Scraping many targets at once, against real HTTP servers. */
import { strict as assert } from 'node:assert';
import { HttpError } from '../../../src/http/httpGet';
import { maxBodyBytes } from '../../../src/http/responseBody';
import type { Target } from '../../../src/discovery/targets';
import { ExpositionReader, type Exposition } from '../../../src/exposition/expositionReader';
import {
  maxConcurrency,
  baseConcurrency,
  scrapeTargets,
  type ScrapeOptions,
  type TargetResponse,
} from '../../../src/collector/scrapeTargets';
import { startNodeAgent, type Fault, type FixtureServer } from '../../demonstration/index';
import { systemClock } from '../../../src/shared/clock';
import { manualClock, settle, type ManualClock } from '../support/clock';
import { realAsking, type RealAsking } from '../support/client';

type Read = Exposition<string>;
const body = Buffer.from('a 1\nb{c="2"} 2\nlast 3\n');

describe('a scrape of all targets', () => {
  let asking: RealAsking;
  let agents: FixtureServer[];
  beforeEach(async () => {
    asking = realAsking(8000);
    agents = await Promise.all([body, body, body].map((each) => startNodeAgent(() => each)));
  });
  afterEach(async () => {
    await Promise.all([asking.client.close(), ...agents.map((agent) => agent.close())]);
  });

  const targetOf = ({ url }: { url: string }): Target => ({ url: `${url}/metrics`, kind: 'ray', discoveredBy: 'file' });
  const readers = new Map<string, ExpositionReader<string>>();
  const readerOf = ({ url }: Target): ExpositionReader<string> => {
    const reader =
      readers.get(url) ??
      new ExpositionReader(
        () => true,
        (name) => name,
      );
    readers.set(url, reader);
    return reader;
  };
  const checkBody = ({ endsInLine }: Read, framed: boolean): string | undefined =>
    !framed && endsInLine ? 'broke off' : undefined;
  const scrape = (more: Partial<ScrapeOptions<Read>> = {}): Promise<TargetResponse<Read>[]> =>
    scrapeTargets(agents.map(targetOf), { ...asking, reader: readerOf, check: checkBody, clock: systemClock, ...more });
  const summary = (answers: TargetResponse<Read>[]): unknown[] =>
    answers.map(({ result, error }) => error?.kind ?? result?.samples);

  it('gives responses in the order of the targets, each with its bytes, time and samples', async () => {
    const before = Date.now();
    const answers = await scrape();
    assert.deepEqual(
      answers.map(({ target }) => target),
      agents.map(targetOf),
    );
    assert.deepEqual(summary(answers), [3, 3, 3]);
    for (const { bytes, at, tookMs } of answers)
      assert.ok(bytes === body.length && at >= before && at <= Date.now() && tookMs >= 0);
  });

  it('asks each target once for the text format, without a secret', async () => {
    await scrape();
    for (const { requests } of agents) {
      assert.equal(requests.length, 1);
      assert.match(String(requests[0]?.headers.accept), /^text\/plain;version=0\.0\.4/);
      assert.deepEqual([requests[0]?.method, requests[0]?.headers.authorization], ['GET', undefined]);
    }
  });

  describe('of many targets', () => {
    const many = Array.from({ length: 150 }, (_, index): Target => ({
      url: `http://192.0.2.1:${index + 1}/metrics`,
      kind: 'ray',
      discoveredBy: 'file',
    }));
    let open: number;
    let most: number;
    let clock: ManualClock;
    beforeEach(() => {
      [open, most] = [0, 0];
      clock = manualClock();
    });
    /** Responds when `until` resolves. */
    const getAfter =
      (until: (url: string) => Promise<unknown>): ScrapeOptions<Read>['get'] =>
      async (url, { onChunk }) => {
        most = Math.max(most, (open += 1));
        await until(url);
        onChunk?.(body);
        open -= 1;
        return { at: clock.now(), bytes: body.length, mediaType: 'text/plain', framed: true };
      };
    const scrapeMany = (until: (url: string) => Promise<unknown>): Promise<TargetResponse<Read>[]> =>
      scrapeTargets(many, { ...asking, get: getAfter(until), reader: readerOf, check: checkBody, clock });

    it('asks a few at once while all are fast, in their order, and leaves no timer', async () => {
      const answers = await scrapeMany(() => new Promise((resolve) => setImmediate(resolve)));
      assert.deepEqual(
        answers.map(({ target }) => target),
        many,
      );
      assert.deepEqual(new Set(summary(answers)), new Set([3]));
      assert.deepEqual([most, clock.pending], [baseConcurrency, 0]);
    });

    it('asks more while some are slow, up to 64 at once, so that they delay only themselves', async () => {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      // The first 30 do not respond.
      const slow = new Set(many.slice(0, 30).map(({ url }) => url));
      let answered = 0;
      const scraping = scrapeMany(async (url) => {
        await (slow.has(url) ? released : new Promise((resolve) => setImmediate(resolve)));
        answered += 1;
      });
      await settle();
      assert.deepEqual([open, answered], [baseConcurrency, 0]);
      await clock.advance(200);
      assert.deepEqual([open, answered], [30, 120]);
      release();
      assert.equal((await scraping).length, 150);
      assert.equal(clock.pending, 0);
    });

    it('asks no more than 64 at once if all are slow', async () => {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const scraping = scrapeMany(() => released);
      await clock.advance(1000);
      assert.equal(most, maxConcurrency);
      release();
      await scraping;
    });
  });

  const faults: readonly (readonly [what: string, fault: Fault, kind: string])[] = [
    ['refusing', { kind: 'refuse' }, 'refused'],
    ['cut off in the middle, with its length announced', { kind: 'cut', framed: true }, 'cut'],
    ['cut off in the middle of a line, without length', { kind: 'cut', framed: false, part: 0.5 }, 'wrong-type'],
    ['of the wrong type', { kind: 'html' }, 'wrong-type'],
    ['sending JSON', { kind: 'body', body: '{}', headers: { 'Content-Type': 'application/json' } }, 'wrong-type'],
    ['sending more than the limit', { kind: 'oversize', bytes: maxBodyBytes + 1 }, 'too-large'],
    ['never ending', { kind: 'endless' }, 'time-out'],
    ['failing with 500', { kind: 'status', status: 500 }, 'status'],
    ['redirecting', { kind: 'redirect', to: 'http://127.0.0.1:1/' }, 'not-allowed'],
  ];
  for (const [what, fault, kind] of faults) {
    it(`reports a target that is ${what}, reads the others, and reads it the next time`, async () => {
      await agents[1]?.fault(fault);
      const answers = await scrape(kind === 'time-out' ? { timeoutMs: 1500 } : {});
      assert.deepEqual(summary(answers), [3, kind, 3]);
      assert.ok(
        answers[1]?.error instanceof HttpError && answers[1].result === undefined && answers[1].error.message !== '',
      );
      await agents[1]?.fault(undefined);
      const healed = await scrape();
      assert.deepEqual(
        [summary(healed), [...(healed[1]?.result?.values ?? [])]],
        [
          [3, 3, 3],
          [1, 2, 3],
        ],
      );
    });
  }

  for (const type of [
    'text/plain',
    'text/plain; version=0.0.4; charset=utf-8',
    'application/openmetrics-text; version=1.0.0',
    'TEXT/PLAIN',
  ]) {
    it(`reads the Content-Type ${type}`, async () => {
      await agents[0]?.fault({ kind: 'body', body: 'a 1\n', headers: { 'Content-Type': type } });
      assert.equal((await scrape())[0]?.result?.samples, 1);
    });
  }

  it('reports every target as cancelled when it is cancelled, and does not reject', async () => {
    for (const agent of agents) await agent.fault({ kind: 'silent' });
    const scraping = scrape();
    asking.cancel();
    assert.deepEqual(summary(await scraping), ['cancelled', 'cancelled', 'cancelled']);
  });

  it('loses only the target whose reader throws', async () => {
    const bad = targetOf(agents[1] as FixtureServer).url;
    const answers = await scrape({
      reader: (target) => (target.url === bad ? assert.fail('out of order') : readerOf(target)),
    });
    assert.deepEqual(summary(answers), [3, 'other', 3]);
    assert.equal(answers[1]?.error?.message, 'out of order');
  });

  it('gives no responses without targets', async () =>
    assert.deepEqual(
      await scrapeTargets([], { ...asking, reader: readerOf, check: checkBody, clock: systemClock }),
      [],
    ));

  it('refuses a link-local target of a file, and says why', async () => {
    const [answer] = await scrapeTargets(
      [{ url: 'http://169.254.169.254/metrics', kind: 'ray', discoveredBy: 'file' }],
      {
        ...asking,
        reader: readerOf,
        check: checkBody,
        clock: systemClock,
      },
    );
    assert.deepEqual([answer?.error?.kind, /link-local/.test(answer?.error?.message ?? '')], ['not-allowed', true]);
  });
});
