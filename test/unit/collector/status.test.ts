/** Which state the VS Code window is in, and what its message says. */
import assert from 'node:assert/strict';
import type { Snapshot, TargetReport } from '../../../src/api';
import { HttpError, type HttpErrorKind } from '../../../src/http/httpGet';
import type { DashboardReport } from '../../../src/discovery/discoverRay';
import type { Round } from '../../../src/collector/round';
import type { SourceReport } from '../../../src/collector/snapshotSource';
import { statusOf, type StatusFacts } from '../../../src/collector/status';
import { statusBeforeScrape } from '../../../src/collector/statusBeforeScrape';
import { pathTable } from '../../../src/config/metricsPath';
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
  ['proxy-failed', 'if the proxy does not connect to a node', nodeFails('proxy-failed')],
  ['proxy-failed', 'if the proxy does not connect to the dashboard that is named', dashboardFails('proxy-failed')],
  ['no-folder', 'without a folder', { folderOpen: false, search: 'none', snapshot: undefined, round: undefined }],
  ['searching', 'while the search runs', { search: 'searching', snapshot: undefined, round: undefined }],
  ['no-config', 'if no config was found', { search: 'none', snapshot: undefined, round: undefined }],
  [
    'several-configs',
    'if several configs were found and none is chosen',
    { search: 'several', snapshot: undefined, round: undefined },
  ],
  [
    'several-configs',
    'if several configs were found and Ray does not answer at its default address',
    { ...dashboardFails('refused', 'default'), search: 'several' },
  ],
  [
    'several-configs',
    'if several configs were found and the named dashboard does not answer',
    { ...dashboardFails('refused'), search: 'several' },
  ],
  [
    'several-configs',
    'if several configs were found and no target has engines',
    { snapshot: snapshot({ targets: [target('empty')] }), search: 'several' },
  ],
  [
    'refused',
    'if several configs were found and a node of the cluster refuses',
    { ...nodeFails('refused'), search: 'several' },
  ],
  [
    'unauthorised',
    'if several configs were found and the dashboard asks for a token',
    { ...dashboardFails('unauthorised'), search: 'several' },
  ],
  ['fresh', 'if several configs were found and engines report', { search: 'several' }],
  ['untrusted', 'in an untrusted folder, whatever else holds', { isTrusted: false }],
  [
    'stats-off',
    'if the config turns statistics off',
    { metricsPath: 'servers', statsOn: false, snapshot: snapshot({ targets: [] }), round: round({}, {}, 0) },
  ],
  [
    'path-unsupported',
    'for the synchronous engine',
    { metricsPath: 'none', snapshot: snapshot({ targets: [] }), round: round({}, {}, 0) },
  ],
  [
    'searching',
    'while the search runs, if a scrape without the config found no target',
    { search: 'searching', snapshot: snapshot({ targets: [] }), round: round({}, {}, 0) },
  ],
  ['no-run-found', 'if no dashboard is named and none answers', dashboardFails('refused', 'default')],
  [
    'proxy-failed',
    'if no dashboard is named and the proxy does not connect',
    dashboardFails('proxy-failed', 'default'),
  ],
  ['no-run-found', 'if the dashboard lists no node', { snapshot: snapshot({ targets: [] }), round: round({}, {}, 0) }],
  ['refused', 'if the named dashboard refuses', dashboardFails('refused')],
  ['refused', 'if the node refuses', nodeFails('refused')],
  ['name-not-resolved', 'if the named dashboard has no address', dashboardFails('name-not-resolved')],
  ['certificate-not-trusted', 'if a certificate is not trusted', dashboardFails('certificate-not-trusted')],
  ['time-out', 'if the dashboard does not answer in time', dashboardFails('time-out')],
  ['nodes-not-reachable', 'if the dashboard answers and its nodes do not', nodeFails('time-out')],
  ['nodes-not-reachable', 'if there is no route to the nodes', nodeFails('unreachable')],
  [
    'unauthorised',
    'if a dashboard asks for a token, even one that is not named',
    dashboardFails('unauthorised', 'default'),
  ],
  ['forbidden', 'if the token is wrong', dashboardFails('forbidden')],
  ['too-large', 'if an answer exceeds the size limit', nodeFails('too-large')],
  ['failed', 'if a target answers with HTML', nodeFails('wrong-type')],
  ['failed', 'if answers break off', nodeFails('cut')],
  ['no-engine-series', 'if agents show no engines', { snapshot: snapshot({ targets: [target('empty')] }) }],
  [
    'router-only',
    'for a proxy without engine series',
    { snapshot: snapshot({ targets: [{ ...target('empty'), kind: 'router' }] }) },
  ],
  [
    'router-only',
    'for a proxy without /metrics',
    { ...nodeFails('status'), snapshot: snapshot({ targets: [{ ...target('failed', 'HTTP 404'), kind: 'router' }] }) },
  ],
  [
    'refused',
    'for a proxy that does not run',
    { ...nodeFails('refused'), snapshot: snapshot({ targets: [{ ...target('failed', 'refused'), kind: 'router' }] }) },
  ],
  [
    'unauthorised',
    'if statistics are off and the dashboard asks for a token',
    { ...dashboardFails('unauthorised'), metricsPath: 'servers', statsOn: false },
  ],
  ['nodes-not-reachable', 'if the dashboard’s host names cannot be resolved here', nodeFails('name-not-resolved')],
  [
    'prometheus-failed',
    'if the source does not answer',
    { ...fromPrometheus('failed', 'The connection was refused.'), metricsPath: 'none' },
  ],
  ['prometheus-empty', 'if the source has another run', fromPrometheus('empty', 'nothing fits')],
  ['prometheus-old', 'if the source has no recent samples', fromPrometheus('old', 'An hour old.')],
  [
    'stats-off',
    'if the source has nothing, because the config turns it off',
    { ...fromPrometheus('empty'), metricsPath: 'servers', statsOn: false },
  ],
  [
    'fresh',
    'if the source answers, whatever Ray says',
    { ...fromPrometheus('ok'), metricsPath: 'none', statsOn: false },
  ],
  ['fresh', 'if the source answers in part, which a finding says', fromPrometheus('partial', 'One query failed.')],
  ['second-scrape', 'after the first scrape', { snapshot: snapshot({ window: undefined }) }],
  [
    'partial',
    'if one of two targets fails',
    { snapshot: snapshot({ targets: [target('ok'), target('failed', 'connection refused')] }) },
  ],
  ['stale', 'if the last scrape was minutes ago', { now: now + 200_000 }],
  ['held', 'on a Ray that hands gauges to one reader', { round: round({ hold: 'one-reader' }) }],
  ['held', 'while Ray’s version is unknown', { round: round({ hold: 'version-unknown' }), snapshot: undefined }],
  ['fresh', 'if the timer scrapes anyway', { round: round({ hold: 'one-reader' }), ignoreHold: true }],
  [
    'replaying',
    'while a capture is replayed',
    { replay: { name: 'scrapes', isExample: false, pace: '', step: 1, steps: 3 }, isTrusted: false },
  ],
  ['timer-stopped', 'if a person stopped the timer', { timer: 'stopped' }],
  ['fresh', 'if scrapes run on command only', { timer: 'on command' }],
  [
    'new-session',
    'if the cluster restarted',
    { round: round({ isNewSession: true }), snapshot: snapshot({ window: undefined }) },
  ],
  ['fresh', 'if all is well', {}],
];

describe('the status of a VS Code window', () => {
  it('is the same before everything is loaded', () => {
    const searches = ['searching', 'none', 'one', 'several'] as const;
    for (const search of searches)
      for (const folderOpen of [true, false])
        for (const isTrusted of [true, false]) {
          const known = { search, folderOpen, isTrusted };
          const expected = statusOf(facts({ ...known, round: undefined, snapshot: undefined }));
          assert.deepEqual(statusBeforeScrape(known), expected, JSON.stringify(known));
        }
  });

  for (const [state, when, change] of table) {
    it(`is ${state} ${when}`, () => {
      const status = statusOf(facts(change));
      assert.equal(status.state, state);
      assert.ok(status.message.startsWith(states[state].message), status.message);
    });
  }

  it('covers every state, and every state that needs a person has an action', () => {
    assert.deepEqual(new Set(table.map(([state]) => state)), new Set(Object.keys(states)));
    for (const [id, { tone, actions }] of Object.entries(states))
      if (tone === 'broken' || tone === 'neutral') assert.ok(actions.length > 0, id);
  });

  it('says why the timer is paused, whichever reason it has', () => {
    const message = (hold: 'one-reader' | 'version-unknown'): string =>
      statusOf(facts({ round: round({ hold }) })).message;
    assert.match(message('one-reader'), /^The timer is paused\. .*one reader only.*SkyRL’s own log/);
    assert.match(message('version-unknown'), /^The timer is paused\. Ray’s version is not known yet/);
    assert.doesNotMatch(message('version-unknown'), /one reader/);
  });

  it('says why the config has no metrics, whichever reason it has', () => {
    for (const { path, message: metricsPathReason } of pathTable.filter((row) => row.path === 'none')) {
      const { state, message } = statusOf(
        facts({ metricsPath: 'none', metricsPathReason, snapshot: snapshot({ targets: [] }), round: round({}, {}, 0) }),
      );
      assert.deepEqual([path, state], ['none', 'path-unsupported']);
      assert.equal(message, `${states['path-unsupported'].message} Reason: ${metricsPathReason}.`);
    }
  });

  it('says of a replay what it is, how fast it is played and how far it is', () => {
    const detail = (replay: StatusFacts['replay']): string =>
      statusOf(facts({ replay })).message.slice(states.replaying.message.length + 1);
    const own = { name: 'scrapes', isExample: false, pace: '', step: 1, steps: 3 };
    assert.equal(detail(own), 'scrapes. Scrape 1 of 3.');
    assert.equal(
      detail({ ...own, pace: '4 times as fast', step: 3 }),
      'scrapes, 4 times as fast. It has ended, at scrape 3.',
    );
    assert.equal(
      detail({ ...own, name: 'a simulated run', isExample: true, pace: '5 times as fast' }),
      'A recording that comes with SkyRL Metrics: a simulated run, 5 times as fast. Scrape 1 of 3.',
    );
  });

  it('says where no run was found, and what was found before a config is selected', () => {
    const noRun = (dashboard: Partial<DashboardReport>, search: StatusFacts['search'] = 'one'): string => {
      const asked = round({}, { url: 'http://127.0.0.1:8265', state: 'failed', ...dashboard }, 0);
      return statusOf(facts({ snapshot: snapshot({ targets: [] }), round: asked, search })).message;
    };
    const error = new HttpError('refused', 'connection refused');
    const here = 'No Ray cluster answers on this machine (127.0.0.1:8265).';
    assert.equal(noRun({ configuredBy: 'default', error }), `No run found. ${here}`);
    assert.equal(
      noRun({ configuredBy: 'default', isBeyondProxy: true, error }),
      'No run found. No Ray cluster answers at 127.0.0.1:8265 beyond the proxy (skyrl.proxy).',
    );
    assert.match(
      noRun({ configuredBy: 'script', url: 'http://head:1', error }),
      /at head:1, which the script in use names\.$/,
    );
    assert.match(noRun({ configuredBy: 'setting', state: 'ok' }), /lists no node with metrics\.$/);
    assert.ok(noRun({ configuredBy: 'default', error }, 'several').endsWith(`Without it: ${here}`));
    assert.match(
      noRun({ configuredBy: 'setting', error }, 'several'),
      /Without it: http:\/\/127.0.0.1:8265: connection refused\.$/,
    );
  });

  it('says once that the config turns off metrics on Ray', () => {
    const discovered = round({}, {}, 0);
    const search = 'Each server has its own: 0 of 2 answer at ports 8000 + 100 k of 127.0.0.1.';
    const { message } = statusOf(
      facts({
        metricsPath: 'servers',
        statsOn: false,
        snapshot: snapshot({ targets: [] }),
        round: { ...discovered, discovery: { ...discovered.discovery, serverSearch: search } },
      }),
    );
    assert.equal(message, `${states['stats-off'].message} ${search}`);
  });

  it('names the address that failed', () => {
    assert.match(statusOf(facts(dashboardFails('refused'))).message, /http:\/\/d:8265/);
  });
});
