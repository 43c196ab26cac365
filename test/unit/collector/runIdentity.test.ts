/** Which run a scrape is of. */
import assert from 'node:assert/strict';
import type { Actor } from '../../../src/discovery/actors';
import type { Discovery } from '../../../src/discovery/discover';
import {
  afterDiscovery,
  decideRun,
  runIdOf,
  unknownRun,
  type RunDecision,
  type RunEvidence,
  type RunIdentity,
} from '../../../src/collector/runIdentity';

const discovery = (change: Partial<Discovery> = {}): Discovery => ({ targets: [], reason: '', ray: {}, ...change });
const dashboardAt = (url: string): NonNullable<Discovery['dashboard']> => ({
  url,
  configuredBy: 'setting',
  typedByUser: true,
  state: 'ok',
  token: { state: 'none' },
});
const actorsOf = (jobId: string): Map<string, Actor> =>
  new Map([[`worker ${jobId}`, { workerId: `worker ${jobId}`, className: 'VLLMServerActor', state: 'ALIVE', jobId }]]);
const noChoice = { expectedEngines: undefined };

function decide(known: RunIdentity, change: Partial<RunEvidence>): RunDecision {
  const evidence = {
    discovery: discovery(),
    sessions: new Set<string>(),
    sessionByWorker: new Map<string, string>(),
    rayVersion: undefined,
    models: new Map<string, string>(),
  };
  return decideRun(known, { ...evidence, actors: undefined, ...change }, noChoice);
}

describe('the identity of a run', () => {
  const known: RunIdentity = { ...unknownRun, session: 'session_a', rayVersion: '2.56.0' };

  it('takes the first session that series name, which is not a change of session', () => {
    const { identity, isNewSession, isOtherRun } = decide(unknownRun, { sessions: new Set(['session_a']) });
    assert.deepEqual([identity.session, isNewSession, isOtherRun], ['session_a', false, false]);
  });

  it('stays while its session is among those of the series, or none is named', () => {
    for (const sessions of [new Set(['session_b', 'session_a']), new Set<string>()]) {
      const { identity, isOtherRun } = decide(known, { sessions });
      assert.deepEqual([identity.session, isOtherRun], ['session_a', false]);
    }
  });

  it('is another run with another session: the version and the choice of before do not count', () => {
    const before = decide(known, { actors: actorsOf('01') }).identity;
    const { identity, isNewSession, isOtherRun } = decide(before, {
      sessions: new Set(['session_b']),
      discovery: discovery({ ray: { version: '2.57.0' } }),
    });
    assert.deepEqual([identity.session, identity.rayVersion, identity.choice], ['session_b', '2.57.0', undefined]);
    assert.deepEqual([isNewSession, isOtherRun], [true, true]);
  });

  it('is the session of the dashboard and of most answers, although nodes of the one before still answer', () => {
    const { identity, isNewSession } = decide(known, {
      sessions: new Set(['session_b', 'session_a']),
      discovery: discovery({ ray: { session: 'session_b' } }),
    });
    assert.deepEqual([identity.session, isNewSession], ['session_b', true]);
  });

  it('stays while one node answers for the cluster of a foreign dashboard', () => {
    const { identity, isOtherRun } = decide(known, {
      sessions: new Set(['session_a', 'session_b']),
      discovery: discovery({ ray: { session: 'session_b' } }),
    });
    assert.deepEqual([identity.session, isOtherRun], ['session_a', false]);
  });

  it('has no workers of other sessions, and has them once they are its own', () => {
    const sessionByWorker = new Map([
      ['own', 'session_a'],
      ['foreign', 'session_b'],
    ]);
    const { identity } = decide(known, { sessions: new Set(['session_a', 'session_b']), sessionByWorker });
    assert.deepEqual([...(identity.foreignWorkers ?? [])], ['foreign']);
    const after = decide(identity, { sessions: new Set(['session_b']), sessionByWorker });
    assert.deepEqual([...(after.identity.foreignWorkers ?? [])], ['own']);
  });

  it('forgets the actors of another dashboard that answered before the first series', () => {
    const ray = (session: string): Discovery => discovery({ ray: { session } });
    const foreign = decide(unknownRun, { discovery: ray('session_b') });
    assert.deepEqual([foreign.isOtherRun, foreign.isNewSession], [false, false]);
    const own = decide(foreign.identity, { discovery: ray('session_b'), sessions: new Set(['session_a']) });
    assert.deepEqual([own.isOtherRun, own.isNewSession], [true, false]);
    assert.equal(decide(own.identity, { sessions: new Set(['session_a']) }).isOtherRun, false);
    assert.equal(decide(foreign.identity, { discovery: ray('session_c') }).isOtherRun, true);
    assert.equal(decide(foreign.identity, {}).isOtherRun, false);
  });

  it('is another run when the dashboard is of another session and no node answers, as while a new Ray starts', () => {
    const restarted = decide(known, { discovery: discovery({ ray: { session: 'session_b' } }) });
    assert.deepEqual(
      [restarted.identity.session, restarted.isNewSession, restarted.isOtherRun],
      [undefined, true, true],
    );
    const first = decide(restarted.identity, { sessions: new Set(['session_b']) });
    assert.deepEqual([first.identity.session, first.isNewSession, first.isOtherRun], ['session_b', false, false]);
  });

  it('does not forget servers that are not Ray’s when the dashboard is another one', () => {
    const servers = (session: string): Discovery =>
      discovery({
        targets: [{ url: 'http://192.0.2.1:8000/metrics', kind: 'vllm', discoveredBy: 'setting' }],
        ray: { session },
      });
    const { identity } = decide(unknownRun, { discovery: servers('session_a') });
    assert.equal(decide(identity, { discovery: servers('session_b') }).isOtherRun, false);
  });

  it('is another run with another job in the same session', () => {
    const first = decide(known, { actors: actorsOf('01') });
    assert.deepEqual([first.identity.choice?.job, first.isOtherRun], ['01', false]);
    const second = decide(first.identity, { actors: actorsOf('02') });
    assert.deepEqual([second.identity.choice?.job, second.isNewSession, second.isOtherRun], ['02', false, true]);
  });

  it('keeps the choice of before if the dashboard lists no actors', () => {
    const { identity } = decide(known, { actors: actorsOf('01') });
    const after = decide(identity, { actors: undefined });
    assert.equal(after.identity.choice, identity.choice);
    assert.equal(after.isOtherRun, false);
  });

  it('takes Ray’s version from series only if it is unknown', () => {
    assert.equal(decide(unknownRun, { rayVersion: '2.57.0' }).identity.rayVersion, '2.57.0');
    assert.equal(decide(known, { rayVersion: '2.57.0' }).identity.rayVersion, '2.56.0');
  });

  it('keeps Ray’s version through a discovery without one, but not with another dashboard', () => {
    const before = discovery({ dashboard: dashboardAt('http://192.0.2.1:8265') });
    const other = discovery({ dashboard: dashboardAt('http://192.0.2.2:8265') });
    assert.equal(afterDiscovery(known, before, before).rayVersion, '2.56.0');
    assert.equal(afterDiscovery(known, undefined, other).rayVersion, '2.56.0');
    assert.equal(afterDiscovery(known, before, other).rayVersion, undefined);
    assert.equal(afterDiscovery(known, before, { ...other, ray: { version: '2.51.0' } }).rayVersion, '2.51.0');
  });

  it('has the session as its id on Ray, and the sorted URLs natively', () => {
    const ray = { url: 'http://192.0.2.1:1/metrics', kind: 'ray', discoveredBy: 'file' } as const;
    const servers = (['http://b/metrics', 'http://a/metrics'] as const).map(
      (url) => ({ url, kind: 'vllm', discoveredBy: 'config' }) as const,
    );
    assert.equal(runIdOf({ targets: [ray, ...servers], ray: { session: 'session_b' } }, 'session_a'), 'session_a');
    assert.equal(runIdOf({ targets: [ray], ray: { session: 'session_b' } }, undefined), 'session_b');
    assert.equal(runIdOf({ targets: servers, ray: {} }, 'session_a'), 'http://a/metrics http://b/metrics');
    assert.equal(runIdOf(undefined, undefined), '');
  });
});
