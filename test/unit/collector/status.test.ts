import assert from 'node:assert/strict';
import type { Snapshot, TargetReport } from '../../../src/api';
import { HttpError, type HttpErrorKind } from '../../../src/http/httpGet';
import type { DashboardReport } from '../../../src/discovery/discoverRay';
import type { Round } from '../../../src/collector/round';
import type { SourceReport } from '../../../src/collector/snapshotSource';
import { statusOf, type StatusFacts } from '../../../src/collector/status';
import { states, type StateId } from '../../../src/shared/states';

const now = 1_000_000;
const url = 'http://127.0.0.1:1/metrics';
const target = (state: TargetReport['state'], error?: string): TargetReport => ({
  url,
  kind: 'ray',
  state,
  bytes: 1,
  samples: 1,
  tookMs: 1,
  ...(error !== undefined && { error }),
});

function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    at: now - 1000,
    window: { from: now - 11_000, to: now - 1000 },
    trigger: 'timer',
    values: {},
    measures: {},
    sinceStart: {},
    engines: [],
    targets: [target('ok')],
    findings: [],
    ...change,
  };
}

function round(change: Partial<Round> = {}, dashboard: Partial<DashboardReport> = {}, targets = 1): Round {
  return {
    discovery: {
      targets: Array.from({ length: targets }, () => ({ url, kind: 'ray', discoveredBy: 'dashboard' })),
      reason: '',
      ray: {},
      dashboard: {
        url: 'http://d:8265',
        configuredBy: 'setting',
        typedByUser: false,
        state: 'ok',
        token: { state: 'none' },
        ...dashboard,
      },
    },
    errors: new Map(),
    hold: undefined,
    isNewSession: false,
    runChoice: undefined,
    requests: [],
    ...change,
  };
}

const facts = (change: Partial<StatusFacts> = {}): StatusFacts => ({
  folderOpen: true,
  isTrusted: true,
  search: 'one',
  metricsPath: 'ray',
  statsOn: true,
  round: round(),
  snapshot: snapshot(),
  timer: 'running',
  ignoreHold: false,
  now,
  staleAfterMs: 90_000,
  ...change,
});

const nodeFails = (kind: HttpErrorKind): Partial<StatusFacts> => ({
  snapshot: snapshot({ targets: [target('failed', kind)] }),
  round: round({ errors: new Map([[url, new HttpError(kind, kind)]]) }, {}),
});
const dashboardFails = (
  kind: HttpErrorKind,
  from: DashboardReport['configuredBy'] = 'setting',
): Partial<StatusFacts> => ({
  snapshot: snapshot({ targets: [] }),
  round: round({}, { state: 'failed', configuredBy: from, error: new HttpError(kind, kind) }, 0),
});

const fromPrometheus = (state: SourceReport['state'], words = ''): Partial<StatusFacts> => ({
  round: round(
    { sourceReport: { url: 'http://p:9090', state, message: words, matchReason: '' } },
    { state: 'failed', error: new HttpError('refused', 'refused') },
    0,
  ),
});

const table: [StateId, string, Partial<StatusFacts>][] = [
  ['no-folder', 'no folder', { folderOpen: false, search: 'none', snapshot: undefined, round: undefined }],
  ['searching', 'the search runs', { search: 'searching', snapshot: undefined, round: undefined }],
  ['no-config', 'nothing found', { search: 'none', snapshot: undefined, round: undefined }],
  ['several-configs', 'several, none chosen', { search: 'several', snapshot: undefined, round: undefined }],
  ['untrusted', 'whatever else', { isTrusted: false }],
  [
    'stats-off',
    'stats off in the config',
    { metricsPath: 'servers', statsOn: false, snapshot: snapshot({ targets: [] }), round: round({}, {}, 0) },
  ],
  [
    'path-unsupported',
    'the synchronous engine',
    { metricsPath: 'none', snapshot: snapshot({ targets: [] }), round: round({}, {}, 0) },
  ],
  ['no-run-found', 'nobody named a dashboard and none answers', dashboardFails('refused', 'default')],
  ['no-run-found', 'the dashboard lists no node', { snapshot: snapshot({ targets: [] }), round: round({}, {}, 0) }],
  ['refused', 'the named dashboard refuses', dashboardFails('refused')],
  ['refused', 'the node refuses', nodeFails('refused')],
  ['name-not-resolved', 'the named dashboard has no address', dashboardFails('name-not-resolved')],
  ['certificate-not-trusted', 'a certificate', dashboardFails('certificate-not-trusted')],
  ['time-out', 'the dashboard is silent', dashboardFails('time-out')],
  ['nodes-not-reachable', 'the dashboard answers, its nodes are silent', nodeFails('time-out')],
  ['nodes-not-reachable', 'no way to the nodes', nodeFails('unreachable')],
  ['unauthorised', 'a token is asked for, also by a dashboard nobody named', dashboardFails('unauthorised', 'default')],
  ['forbidden', 'the token is wrong', dashboardFails('forbidden')],
  ['too-large', 'an answer over the cap', nodeFails('too-large')],
  ['failed', 'HTML instead of metrics', nodeFails('wrong-type')],
  ['failed', 'cut answers', nodeFails('cut')],
  ['no-engine-series', 'agents without engines', { snapshot: snapshot({ targets: [target('empty')] }) }],
  [
    'router-only',
    'a proxy that shows nothing',
    { snapshot: snapshot({ targets: [{ ...target('empty'), kind: 'router' }] }) },
  ],
  [
    'router-only',
    'a proxy without /metrics',
    { ...nodeFails('status'), snapshot: snapshot({ targets: [{ ...target('failed', 'HTTP 404'), kind: 'router' }] }) },
  ],
  [
    'refused',
    'a proxy that is not there',
    { ...nodeFails('refused'), snapshot: snapshot({ targets: [{ ...target('failed', 'refused'), kind: 'router' }] }) },
  ],
  [
    'unauthorised',
    'stats off, and the dashboard does not say where the nodes are',
    { ...dashboardFails('unauthorised'), metricsPath: 'servers', statsOn: false },
  ],
  ['nodes-not-reachable', 'the dashboard’s names mean nothing here', nodeFails('name-not-resolved')],
  [
    'prometheus-failed',
    'the source does not answer',
    { ...fromPrometheus('failed', 'The connection was refused.'), metricsPath: 'none' },
  ],
  ['prometheus-empty', 'the source has another run', fromPrometheus('empty', 'nothing fits')],
  ['prometheus-old', 'the source stands still', fromPrometheus('old', 'An hour old.')],
  [
    'stats-off',
    'nobody has what the config turns off',
    { ...fromPrometheus('empty'), metricsPath: 'servers', statsOn: false },
  ],
  ['fresh', 'the source answers, whatever Ray says', { ...fromPrometheus('ok'), metricsPath: 'none', statsOn: false }],
  ['fresh', 'the source answers in part, which a finding says', fromPrometheus('partial', 'One query failed.')],
  ['second-scrape', 'the first scrape', { snapshot: snapshot({ window: undefined }) }],
  [
    'partial',
    'one of two fails',
    { snapshot: snapshot({ targets: [target('ok'), target('failed', 'connection refused')] }) },
  ],
  ['stale', 'nothing for minutes', { now: now + 200_000 }],
  ['held', 'one reader', { round: round({ hold: 'one-reader' }) }],
  ['held', 'version unknown', { round: round({ hold: 'version-unknown' }), snapshot: undefined }],
  ['fresh', 'held but scraped anyway', { round: round({ hold: 'one-reader' }), ignoreHold: true }],
  ['replaying', 'a recording is replayed', { replay: { folder: 'scrapes', step: 1, steps: 3 }, isTrusted: false }],
  ['timer-stopped', 'a person stopped it', { timer: 'stopped' }],
  ['fresh', 'on command only', { timer: 'on command' }],
  [
    'new-session',
    'the cluster began anew',
    { round: round({ isNewSession: true }), snapshot: snapshot({ window: undefined }) },
  ],
  ['fresh', 'all is well', {}],
];

describe('the state of a window', () => {
  for (const [state, why, change] of table) {
    it(`${state}: ${why}`, () => {
      const status = statusOf(facts(change));
      assert.equal(status.state, state);
      assert.ok(status.message.startsWith(states[state].message), status.message);
    });
  }

  it('has a row for every state, and every state but the good and the waiting ones has a way on', () => {
    assert.deepEqual(new Set(table.map(([state]) => state)), new Set(Object.keys(states)));
    for (const [id, { tone, actions }] of Object.entries(states))
      if (tone === 'broken' || tone === 'neutral') assert.ok(actions.length > 0, id);
  });

  it('names the address that failed', () => {
    assert.match(statusOf(facts(dashboardFails('refused'))).message, /http:\/\/d:8265/);
  });
});
