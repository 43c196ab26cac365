/**
 * Reads a real Ray of one release with the collector, and prints as one JSON line what was found, measured and told.
 * Run by `npm run test:matrix`; the Ray is that of SKYRL_TEST_PYTHON.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, Snapshot } from '../../src/api';
import { Collector } from '../../src/collector/collector';
import { noTokens, type TokenStore } from '../../src/discovery/token';
import { createHttpClient } from '../../src/http/httpClient';
import { catalog } from '../../src/metrics/catalog';
import { buildCatalogIndex } from '../../src/metrics/catalogIndex';
import { extraSelectors } from '../../src/metrics/extraSelectors';
import { systemClock } from '../../src/shared/clock';
import { prepareRay, type RayCluster } from './cluster';
import { busy, calm, ticksPerSecond } from './truth';

/** What one release of Ray showed. */
export interface MatrixRow {
  /** Targets that answered with engines, by the dashboard and by the service-discovery file. */
  found: string;
  gauges: string;
  /** Mean error of the generation rate over four rate windows, engine by engine. */
  counters: string;
  /** Whether the true means lie within what is shown. */
  means: string;
  states: string;
  /** Why the timer does not scrape; empty if it does. */
  timer: string;
  /** The token's states; empty if it was not tried. */
  token: string;
  swap: string;
  findings: string;
}

const truths = [busy, calm];
const longestWaitMs = 90_000;
/** Some four reports of an agent. */
const watchMs = 45_000;
const token = 'a-token-of-this-test-only-0123456789';

type Input = { dashboard: string; folder?: string; tokens?: TokenStore };

function newCollector(
  { dashboard, folder = '/nonexistent', tokens = noTokens }: Input,
  get: ReturnType<typeof createHttpClient>['get'],
): Collector {
  return new Collector({
    catalogIndex: () => buildCatalogIndex(catalog, extraSelectors),
    get,
    clock: systemClock,
    onChange: () => undefined,
    onSnapshot: () => undefined,
    input: () => ({
      discovery: {
        metricsPath: 'ray',
        serverUrls: [],
        serverCount: 1,
        dashboardSetting: dashboard,
        dashboardTyped: true,
        endpoints: [],
        endpointsTyped: false,
        tokens,
        environment: { RAY_TMPDIR: folder, HOME: '/nonexistent' },
      },
      requestsAllowed: true,
      expectedEngines: truths.length,
      disaggregated: false,
      timeoutMs: 10_000,
      intervalMs: 10_000,
      ignoreHold: false,
    }),
  });
}

/** Scrapes until the snapshot is as expected; undefined if it never is. */
async function scrapeUntil(
  collector: Collector,
  holds: (snapshot: Snapshot) => boolean,
): Promise<Snapshot | undefined> {
  for (const end = Date.now() + longestWaitMs; Date.now() < end; await sleep(1000)) {
    const snapshot = await collector.scrape('api');
    if (holds(snapshot)) return snapshot;
  }
  return undefined;
}

const answering = ({ targets }: Snapshot): number => targets.filter(({ state }) => state === 'ok').length;

async function readRow(
  cluster: RayCluster,
  client: ReturnType<typeof createHttpClient>,
  withToken: boolean,
): Promise<MatrixRow> {
  await cluster.start(2);
  const engines = await cluster.engines(truths);
  const collector = newCollector({ dashboard: cluster.dashboard }, client.get);
  const engineOf = (snapshot: Snapshot | undefined, index: number): Engine | undefined =>
    snapshot?.engines.find(({ id }) => id === engines.identities[index]?.workerId);
  const seconds = (since: number): string => `${Math.round((Date.now() - since) / 1000)} s`;

  const first = await scrapeUntil(collector, ({ measures }) => measures['num_requests_running']?.counted === 2);
  const byFile = await newCollector({ dashboard: 'http://127.0.0.1:1', folder: cluster.folder }, client.get).scrape(
    'api',
  );
  const found = `dashboard ${first ? answering(first) : 0} of 2, file ${answering(byFile)} of 2`;
  const right = truths.flatMap(({ gauges }, index) =>
    Object.entries(gauges).map(
      ([family, value]) => engineOf(first, index)?.measures[family.slice('vllm:'.length)]?.value === value,
    ),
  );

  await scrapeUntil(collector, ({ engines: all }) =>
    all.every(({ measures }) => measures['generation_throughput_tok_s']),
  );
  // A report is seen at the next scrape: the sooner that is, the more exact is the rate of its window.
  const rates = truths.map(() => new Map<number, number>());
  for (const end = Date.now() + watchMs; Date.now() < end; await sleep(1000)) {
    const snapshot = await collector.scrape('api');
    truths.forEach((_, index) => {
      const measure = engineOf(snapshot, index)?.measures['generation_throughput_tok_s'];
      if (measure) rates[index]?.set(measure.to, measure.value);
    });
  }
  const errors = truths.map(({ perTick }, index) => {
    const own = [...(rates[index]?.values() ?? [])];
    const expected = (perTick['vllm:generation_tokens'] ?? 0) * ticksPerSecond;
    const mean = own.reduce((sum, rate) => sum + rate, 0) / own.length;
    return own.length === 0 ? 'none' : `${((100 * (mean - expected)) / expected).toFixed(1)} %`;
  });

  const working = await collector.scrape('api');
  const means = (['ttft_seconds_avg', 'tpot_seconds_avg'] as const).map((id) => {
    const measure = working.measures[id];
    const mean = id === 'ttft_seconds_avg' ? 0.125 : 0.03;
    if (!measure) return 'none';
    const { low, high = Infinity } = measure.bounds ?? { low: measure.value - 1e-3, high: measure.value + 1e-3 };
    return low <= mean && mean <= high ? (measure.bounds ? 'within' : 'exact') : 'wrong';
  });
  await collector.tick();
  const hold = collector.round?.hold;

  const stateAt = (snapshot: Snapshot | undefined, index: number): string =>
    engineOf(snapshot, index)?.state ?? 'missing';
  const active = truths.map((_, index) => stateAt(working, index)).join(', ');
  await engines.idle(0);
  const idleSince = Date.now();
  const still = await scrapeUntil(
    collector,
    (one) =>
      engineOf(one, 0)?.measures['generation_throughput_tok_s']?.value === 0 && engineOf(one, 0)?.state !== 'active',
  );
  const quiet = `idle: ${stateAt(still, 0)} after ${seconds(idleSince)}`;
  await engines.kill(1);
  const killedAt = Date.now();
  const dead = await scrapeUntil(collector, (one) => engineOf(one, 1)?.state === 'dead');
  const states = [active, quiet, `killed: ${stateAt(dead, 1)} after ${seconds(killedAt)}`].join('; ');
  const swap = dead?.parts?.some(({ measures }) => Object.keys(measures).some((id) => id.startsWith('node_swap')));
  collector.dispose();
  return {
    found,
    gauges: `${right.filter(Boolean).length} of ${right.length}`,
    counters: errors.join(', '),
    means: means.join(', '),
    states,
    timer: hold === undefined ? '' : String(hold),
    token: withToken ? await tryToken(cluster, client) : '',
    swap: swap ? 'yes' : 'no',
    findings: working.findings.map(({ id }) => id).join(', '),
  };
}

/** A second session, with token authentication: without, with a wrong and with the right token. */
async function tryToken(cluster: RayCluster, client: ReturnType<typeof createHttpClient>): Promise<string> {
  await cluster.stop();
  await cluster.start(1, { RAY_AUTH_MODE: 'token', RAY_AUTH_TOKEN: token });
  await cluster.engines([{ ...busy }]);
  const results: string[] = [];
  for (const given of [undefined, 'another-token-of-this-test', token]) {
    const tokens: TokenStore = { get: () => Promise.resolve(given), isOriginAllowed: () => false };
    const collector = newCollector({ dashboard: cluster.dashboard, tokens }, client.get);
    const snapshot =
      given === token ? await scrapeUntil(collector, (one) => one.engines.length > 0) : await collector.scrape('api');
    const failure = collector.round?.discovery.dashboard;
    results.push(
      snapshot && snapshot.engines.length > 0
        ? 'found'
        : `${failure && 'error' in failure ? failure.error?.status : 'nothing'}`,
    );
    collector.dispose();
  }
  return `none ${results[0]}, wrong ${results[1]}, right ${results[2]}`;
}

/** Ray 2.51 waits 20 s for its dashboard, which is too short on a busy machine; newer ones can be told to wait. */
const maxStarts = 3;

async function main(): Promise<void> {
  const client = createHttpClient(() => Date.now());
  for (let start = 1; ; start += 1) {
    const cluster = await prepareRay(process.env['SKYRL_TEST_PYTHON'] ?? 'python3');
    try {
      const row = await readRow(cluster, client, process.argv.includes('--token'));
      console.log(`row ${JSON.stringify(row)}`);
      break;
    } catch (error) {
      if (start === maxStarts || !/ray start failed/.test(String(error))) throw error;
    } finally {
      await cluster.close();
    }
  }
  await client.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
