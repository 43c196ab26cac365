/** The stages of a scrape, with a source by hand. */
import assert from 'node:assert/strict';
import type { Snapshot } from '../../../src/api';
import type { CollectorInput } from '../../../src/collector/round';
import { ScrapePipeline } from '../../../src/collector/scrapePipeline';
import type { EvaluationContext, SnapshotSource, SourceEvidence } from '../../../src/collector/snapshotSource';
import { HttpError } from '../../../src/http/httpGet';
import { noTokens } from '../../../src/discovery/token';
import { catalogIndex } from '../support/catalogIndex';
import { manualClock } from '../support/clock';

const snapshot: Snapshot = {
  at: 1,
  window: undefined,
  trigger: 'api',
  values: {},
  measures: {},
  sinceStart: {},
  engines: [],
  targets: [],
  findings: [],
};

/** A source that notes what is called, and gives evidence of one session. */
class NotedSource implements SnapshotSource {
  readonly calls: string[] = [];
  readonly evaluated: { evidence: SourceEvidence; context: EvaluationContext }[] = [];
  session = 'session_a';

  collect = (request: { discovery: SourceEvidence['discovery'] }): Promise<SourceEvidence> => {
    this.calls.push('collect');
    return Promise.resolve(
      Object.freeze({
        discovery: request.discovery,
        sessions: new Set([this.session]),
        sessionByWorker: new Map(),
        rayVersion: '2.57.0',
        models: new Map<string, string>(),
        answers: [],
      }),
    );
  };
  evaluate: SnapshotSource['evaluate'] = (evidence, context) => {
    this.calls.push('evaluate');
    this.evaluated.push({ evidence, context });
    return Promise.resolve({ snapshot, report: undefined, engineCounters: undefined });
  };
  reset(): void {
    this.calls.push('reset');
  }
  forgetFailures(): void {
    this.calls.push('forgetFailures');
  }
}

describe('the stages of a scrape', () => {
  let source: NotedSource;
  let pipeline: ScrapePipeline;
  let cancellation: AbortController;
  const input = (): CollectorInput => ({
    discovery: {
      metricsPath: 'external-servers',
      serverUrls: ['http://127.0.0.1:1'],
      serverCount: 1,
      dashboardSetting: '',
      dashboardTyped: false,
      endpoints: [],
      endpointsTyped: false,
      tokens: noTokens,
      environment: {},
    },
    requestsAllowed: true,
    expectedEngines: 4,
    timeoutMs: 1000,
    intervalMs: 10_000,
    ignoreHold: false,
    source,
  });
  const scrapeOnce = async (): Promise<void> => {
    const scrape = pipeline.begin('api', input());
    const discovery = await pipeline.discover(scrape, undefined);
    const collected = await pipeline.collect(scrape, discovery);
    await pipeline.evaluate(scrape, collected, pipeline.decideRun(scrape, collected));
  };

  beforeEach(() => {
    source = new NotedSource();
    cancellation = new AbortController();
    pipeline = new ScrapePipeline({
      catalogIndex,
      get: () => Promise.reject(new HttpError('refused', 'connection refused')),
      clock: manualClock(),
      signal: cancellation.signal,
      loadEngineNames: (runId) => Promise.resolve(new Map([['engine', `of ${runId}`]])),
    });
  });

  it('evaluate the very evidence that was collected, with what the run is known to be', async () => {
    await scrapeOnce();
    const [{ evidence, context }] = source.evaluated as [(typeof source.evaluated)[number]];
    assert.ok(Object.isFrozen(evidence));
    assert.deepEqual([context.rayVersion, context.expectedEngines], ['2.57.0', 4]);
    assert.deepEqual([...context.names], [['engine', 'of http://127.0.0.1:1/metrics']]);
  });

  it('reset a source when its turn begins, and between collecting and evaluating another run', async () => {
    await scrapeOnce();
    await scrapeOnce();
    assert.deepEqual(source.calls, ['reset', 'collect', 'evaluate', 'collect', 'evaluate']);
    source.session = 'session_b';
    source.calls.length = 0;
    await scrapeOnce();
    assert.deepEqual(source.calls, ['collect', 'reset', 'evaluate']);
  });

  it('know no reason to hold the timer if another source replaces the targets', async () => {
    const scrape = pipeline.begin('timer', input());
    const discovery = await pipeline.discover(scrape, undefined);
    const onRay = { ...discovery, targets: [{ url: 'http://192.0.2.1:1/metrics', kind: 'ray', discoveredBy: 'file' }] };
    assert.equal(pipeline.holdReason(scrape, onRay as typeof discovery), undefined);
    const { source: _, ...ofTargets } = input();
    assert.equal(pipeline.holdReason(pipeline.begin('timer', ofTargets), onRay as typeof discovery), 'version-unknown');
  });

  it('end with the stage that runs when the scrape is cancelled', async () => {
    const scrape = pipeline.begin('api', input());
    const discovery = await pipeline.discover(scrape, undefined);
    cancellation.abort(new Error('stopped'));
    await assert.rejects(pipeline.collect(scrape, discovery), /stopped/);
    assert.deepEqual(source.evaluated, []);
  });
});
