/** A made-up Ray cluster of one node, and a collector that scrapes it, for tests. */
import type { Snapshot } from '../../../src/api';
import { HttpError, type HttpGet } from '../../../src/http/httpGet';
import { noTokens } from '../../../src/discovery/token';
import { Collector } from '../../../src/collector/collector';
import type { CollectorInput } from '../../../src/collector/round';
import { loadRecording } from '../../demonstration/replay/recording';
import { manualClock, type ManualClock } from '../support/clock';
import { assertObeys } from '../support/assertObeys';
import { catalogIndex } from '../support/catalogIndex';

export const dashboard = 'http://127.0.0.1:1';
export const node = 'http://127.0.0.1:2/metrics';
export const body = loadRecording('ray-2.57').steps[2]?.bodies[0]?.bytes ?? Buffer.alloc(0);

/** A Ray cluster of one node, and a collector that scrapes it. */
export interface Cluster {
  clock: ManualClock;
  collector: Collector;
  requestedUrls: string[];
  /** How the next requests are answered. */
  answer: { version: unknown; body: Buffer; actors: object; fail?: HttpError; gate?: Promise<void> };
  input: Partial<CollectorInput>;
  /** What a scrape waits for. */
  ready: Promise<void>;
  snapshots: Snapshot[];
}

/** A cluster whose dashboard answers with this version. */
export function newCluster(version: unknown = { ray_version: '2.57.0', session_name: 'session_x' }): Cluster {
  const clock = manualClock(Date.UTC(2026, 10, 24));
  const requestedUrls: string[] = [];
  const answer: Cluster['answer'] = { version, body, actors: {} };
  const snapshots: Snapshot[] = [];
  const input: Cluster['input'] = {};
  const json: Record<string, () => unknown> = {
    '/api/version': () => answer.version,
    '/api/prometheus/sd': () => [{ labels: {}, targets: ['127.0.0.1:2'] }],
    '/logical/actors': () => ({ data: { actors: answer.actors } }),
  };
  const get: HttpGet = async (url, { onChunk }) => {
    requestedUrls.push(url);
    await answer.gate;
    const path = new URL(url).pathname;
    const bytes = path === '/metrics' ? answer.body : Buffer.from(JSON.stringify(json[path]?.()));
    if (path === '/metrics' && answer.fail) throw answer.fail;
    if (path === '/api/version' && answer.version === null) throw new HttpError('status', 'HTTP 404', 404);
    onChunk?.(bytes);
    return { at: clock.now(), bytes: bytes.length, mediaType: '', framed: true };
  };
  const cluster = { ready: Promise.resolve() };
  const collector = new Collector({
    catalogIndex: () => catalogIndex,
    get,
    clock,
    inputReady: () => cluster.ready,
    onChange: () => undefined,
    onSnapshot: (snapshot) => snapshots.push(assertObeys(snapshot)),
    input: () => ({
      discovery: {
        metricsPath: 'ray',
        serverUrls: [],
        serverCount: 1,
        dashboardSetting: dashboard,
        dashboardTyped: true,
        endpoints: [],
        endpointsTyped: false,
        tokens: noTokens,
        environment: { RAY_TMPDIR: '/nonexistent', HOME: '/nonexistent' },
      },
      requestsAllowed: true,
      expectedEngines: 2,
      timeoutMs: 1000,
      intervalMs: 10_000,
      ignoreHold: false,
      ...input,
    }),
  });
  return Object.assign(cluster, { clock, collector, requestedUrls, answer, input, snapshots });
}

/** Lets time pass until the promise settles: the service-discovery file is looked for on the real disk. */
export const finish = async <T>({ clock }: Cluster, promise: Promise<T>): Promise<T> => {
  let isSettled = false;
  const settled = promise.finally(() => {
    isSettled = true;
  });
  settled.catch(() => undefined);
  while (!isSettled) await clock.advance(50);
  return settled;
};
