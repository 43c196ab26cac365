/** What a scrape found beside its snapshot. */
import assert from 'node:assert/strict';
import { foundNoRun, toHeldRound, toRound, type Round } from '../../../src/collector/round';
import { unknownRun } from '../../../src/collector/runIdentity';
import type { SourceReport } from '../../../src/collector/snapshotSource';
import type { Discovery } from '../../../src/discovery/discover';
import { HttpError } from '../../../src/http/httpGet';
import { targetOf } from '../support/replay';

const discovery: Discovery = { targets: [targetOf(0), targetOf(1)], reason: 'because', ray: {} };
const answered = { target: targetOf(0), at: 0, tookMs: 1, bytes: 1 };
const failed = { ...answered, target: targetOf(1), error: new HttpError('refused', 'connection refused') };
const roundOf = (report?: SourceReport): Round =>
  toRound({
    evidence: {
      discovery,
      sessions: new Set(),
      sessionByWorker: new Map(),
      rayVersion: undefined,
      models: new Map(),
      answers: [answered, failed],
    },
    decision: { identity: unknownRun, isNewSession: true, isOtherRun: true },
    context: { serverFactsByUrl: new Map([['http://192.0.2.9:8000/metrics', {}]]) },
    report,
    hold: undefined,
    requests: [],
  });

describe('the round of a scrape', () => {
  it('has the errors of the targets that failed, and the servers that answered', () => {
    const { errors, serverMetricsUrls, isNewSession } = roundOf();
    assert.deepEqual([...errors], [[targetOf(1).url, failed.error]]);
    assert.deepEqual([serverMetricsUrls, isNewSession], [['http://192.0.2.9:8000/metrics'], true]);
  });

  it('has a source report only if another source replaces the targets', () => {
    const report: SourceReport = { url: 'http://192.0.2.5:9090', state: 'ok', message: '', matchReason: '' };
    assert.equal('sourceReport' in roundOf(), false);
    assert.equal(roundOf(report).sourceReport, report);
  });

  it('keeps what the scrape before found if the timer must not scrape', () => {
    const before = roundOf();
    const now: Discovery = { ...discovery, reason: 'again' };
    const held = toHeldRound(before, { discovery: now, requests: [], hold: 'one-reader' });
    assert.deepEqual([held.discovery, held.hold, held.isNewSession], [now, 'one-reader', false]);
    assert.equal(held.errors, before.errors);
    assert.deepEqual([...toHeldRound(undefined, { discovery, requests: [], hold: 'version-unknown' }).errors], []);
  });
});

describe('a scrape that found no run', () => {
  it('has no target, or a source without series of the run', () => {
    const report = (state: SourceReport['state']): SourceReport => ({ url: '', state, message: '', matchReason: '' });
    const nothing = { ...discovery, targets: [] };
    assert.deepEqual([foundNoRun(undefined, nothing), foundNoRun(undefined, discovery)], [true, false]);
    assert.deepEqual([foundNoRun(report('empty'), discovery), foundNoRun(report('failed'), nothing)], [true, false]);
  });
});
