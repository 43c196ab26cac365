/** Servers under several addresses: their engines count once, and two servers that look alike count as two. */
import assert from 'node:assert/strict';
import type { Finding, Snapshot } from '../../../src/api';
import { TargetSource } from '../../../src/collector/targetSource';
import { rayTarget, serverTarget, type Target } from '../../../src/discovery/targets';
import { HttpError, type HttpGet } from '../../../src/http/httpGet';
import { at, rayEngine } from '../metrics/scene';
import { assertObeys } from '../support/assertObeys';
import { catalogIndex } from '../support/catalogIndex';
import { manualClock } from '../support/clock';
import { nothingElseKnown } from '../support/nothingElseKnown';

const [here, there, other] = ['localhost:8000', '10.0.0.5:8000', '10.0.0.6:8000'].map((address) =>
  serverTarget(address, 'vllm', 'config'),
) as [Target, Target, Target];

/** A server as Python's client shows it. */
interface Server {
  processStart?: number;
  /** When its counters were created, Unix s. */
  created?: number;
  tokens: number;
  /** Sum of measured times; three histograms show a multiple. */
  took?: number;
  running?: number;
  rank?: string;
}

const serverBody = ({ processStart, created, tokens, took, running = 8, rank = '0' }: Server): string => {
  const labels = `{engine="${rank}",model_name="m"}`;
  return [
    ...(processStart === undefined ? [] : [`process_start_time_seconds ${processStart}`]),
    ...(created === undefined
      ? []
      : ['prompt_tokens', 'generation_tokens', 'num_preemptions'].map(
          (family, index) => `vllm:${family}_created${labels} ${created + (index * 1234) / 1e7}`,
        )),
    ...(took === undefined
      ? []
      : ['time_to_first_token', 'e2e_request_latency', 'request_queue_time'].map(
          (family, index) => `vllm:${family}_seconds_sum${labels} ${took * (index + 1)}`,
        )),
    `vllm:num_requests_running${labels} ${running}`,
    `vllm:generation_tokens_total${labels} ${tokens}`,
    `vllm:prompt_tokens_total${labels} ${2 * tokens}`,
    '',
  ].join('\n');
};

/** A run of these targets. */
function newRun(targets: readonly Target[]): {
  source: TargetSource;
  /** By URL; undefined: it does not answer. */
  scrape(second: number, bodies: Record<string, string | undefined>, expectedEngines?: number): Promise<Snapshot>;
} {
  const clock = manualClock(at(0));
  const source = new TargetSource(clock, catalogIndex);
  const discovery = { targets: [...targets], reason: '', ray: {} };
  return {
    source,
    async scrape(second, bodies, expectedEngines) {
      await clock.advance(at(second) - clock.now());
      const get: HttpGet = (url, { onChunk }) => {
        const body = bodies[url];
        if (body === undefined) return Promise.reject(new HttpError('refused', 'connection refused'));
        onChunk?.(Buffer.from(body));
        return Promise.resolve({ at: clock.now(), bytes: body.length, mediaType: 'text/plain', framed: true });
      };
      const { signal } = new AbortController();
      const common = { trigger: 'api', signal, timeoutMs: 1000 } as const;
      const evidence = await source.collect({
        ...common,
        discovery,
        get,
        intervalMs: 10_000,
        session: undefined,
        rediscover: () => Promise.resolve(discovery),
      });
      const context = { ...common, ...nothingElseKnown, now: clock.now(), rayVersion: undefined, expectedEngines };
      const { snapshot } = await source.evaluate(evidence, context);
      return assertObeys(snapshot);
    },
  };
}

const sameServer = ({ findings }: Snapshot): string[] =>
  findings.filter(({ id }) => id === 'same-server').map(({ severity }) => severity);
const numbers = ({ engines, measures, values }: Snapshot): (number | undefined)[] => [
  engines.length,
  measures['num_requests_running']?.value,
  measures['generation_throughput_tok_s']?.value,
  values['vllm/generation_throughput_tok_s'],
];
/** Two addresses, each with what it answers at a second. */
const both =
  (first: Target, second: Target) =>
  (a: string | undefined, b: string | undefined): Record<string, string | undefined> => ({
    [first.url]: a,
    [second.url]: b,
  });

describe('a server under two addresses', () => {
  const bodies = both(here, there);
  const real = { processStart: 1_795_368_348, created: 1_795_368_382.1373382 };

  it('counts once from the first scrape on if its counters were created at the same microseconds', async () => {
    const { scrape } = newRun([here, there]);
    const first = await scrape(
      0,
      bodies(serverBody({ ...real, tokens: 1000 }), serverBody({ ...real, tokens: 1003 })),
      2,
    );
    const second = await scrape(
      10,
      bodies(serverBody({ ...real, tokens: 2000 }), serverBody({ ...real, tokens: 2003 })),
      2,
    );
    assert.deepEqual([first, second].map(numbers), [
      [1, 8, undefined, undefined],
      [1, 8, 100, 100],
    ]);
    assert.deepEqual(second.engines[0]?.id, `${here.url} 0`);
    assert.deepEqual(
      second.findings.map(({ id, severity }) => [id, severity]),
      [['same-server', 'info']],
    );
    assert.match(
      second.findings[0]?.message ?? '',
      /localhost:8000\/metrics and .*10\.0\.0\.5:8000\/metrics are one server/,
    );
    assert.deepEqual(
      second.targets.map(({ state, about }) => [state, about]),
      [
        ['ok', undefined],
        ['ok', `the same server as ${here.url}`],
      ],
    );
  });

  it('counts once with several ranks, and after it restarted', async () => {
    const ranks = (tokens: number, created: number): string =>
      ['0', '1'].map((rank) => serverBody({ created, tokens, rank })).join('');
    const { scrape } = newRun([here, there]);
    const counted: number[] = [];
    for (const [second, tokens, created] of [
      [0, 1000, real.created],
      [10, 2000, real.created],
      [20, 50, real.created + 3600.0123456],
      [30, 150, real.created + 3600.0123456],
    ] as const)
      counted.push((await scrape(second, bodies(ranks(tokens, created), ranks(tokens, created)))).engines.length);
    assert.deepEqual(counted, [2, 2, 2, 2]);
    assert.equal(numbers(await scrape(40, bodies(ranks(250, real.created + 3600.0123456), undefined)))[2], 20);
  });

  it('may be one if only its measured times agree, and is one once they agreed again after it moved', async () => {
    const { scrape } = newRun([here, there]);
    const body = (tokens: number, took: number): string => serverBody({ tokens, took });
    const shown: (string | number)[][] = [];
    for (const [second, tokens, took] of [
      [0, 1000, 136.20780444145203],
      [10, 1000, 136.20780444145203],
      [20, 2000, 204.4665641784668],
      [30, 3000, 291.0123456789012],
    ] as const) {
      const snapshot = await scrape(
        second,
        bodies(body(tokens, took), body(tokens + 20, took + (second === 30 ? 1 : 0))),
      );
      shown.push([snapshot.engines.length, ...sameServer(snapshot)]);
    }
    assert.deepEqual(shown, [
      [2, 'warning'],
      [2, 'warning'],
      [1, 'info'],
      [1, 'info'],
    ]);
  });

  it('counts under the other address once the first has not answered for 20 s', async () => {
    const { scrape } = newRun([here, there]);
    const body = (second: number): string => serverBody({ ...real, tokens: 100 * second });
    await scrape(0, bodies(body(0), body(0)));
    await scrape(10, bodies(body(10), body(10)));
    const shown = [];
    for (const second of [20, 30, 40, 50]) shown.push(await scrape(second, bodies(undefined, body(second))));
    assert.deepEqual(
      shown.map(({ engines, measures }) => [engines.map(({ id }) => id), measures['num_requests_running']?.value]),
      [
        [[`${here.url} 0`], 8],
        [[`${there.url} 0`], 8],
        [[`${there.url} 0`], 8],
        [[`${there.url} 0`], 8],
      ],
    );
    // What it counted before is no rate of its first window here.
    assert.deepEqual(shown.map((snapshot) => snapshot.measures['generation_throughput_tok_s']?.value).slice(1), [
      undefined,
      100,
      100,
    ]);
    assert.equal(numbers(await scrape(60, bodies(body(60), body(60))))[0], 1);
  });

  it('is a node agent that shows the same workers', async () => {
    const agents = ['127.0.0.1:7000', '10.0.0.5:7000'].map((address) => rayTarget(address, 'file') as Target) as [
      Target,
      Target,
    ];
    const { scrape } = newRun(agents);
    const body = (tokens: number): string =>
      rayEngine('w1', { num_requests_running: 8, generation_tokens_total: tokens });
    await scrape(0, both(...agents)(body(1000), body(1000)));
    const snapshot = await scrape(10, both(...agents)(body(2000), body(2000)));
    assert.deepEqual([numbers(snapshot), sameServer(snapshot)], [[1, 8, 100, 100], ['info']]);
  });
});

describe('two servers that look alike', () => {
  const bodies = both(here, other);
  const twins: [what: string, a: Server, b: Server][] = [
    [
      'count the same and started in the same second',
      { processStart: 1_795_368_348, tokens: 0 },
      { processStart: 1_795_368_348, tokens: 0 },
    ],
    [
      'have counters that were created a microsecond apart',
      { created: 1_795_368_382.1373382, tokens: 0 },
      { created: 1_795_368_382.137339, tokens: 0 },
    ],
    ['have rounded times of creation', { created: 1_795_368_382, tokens: 0 }, { created: 1_795_368_382, tokens: 0 }],
    ['measure round times', { took: 0.5, tokens: 0 }, { took: 0.5, tokens: 0 }],
    ['show nothing measured', { tokens: 0 }, { tokens: 0 }],
    [
      'have other ranks',
      { created: 1_795_368_382.1373382, tokens: 0, rank: '0' },
      { created: 1_795_368_382.1373382, tokens: 0, rank: '1' },
    ],
  ];
  for (const [what, a, b] of twins)
    it(`count as two if they ${what}`, async () => {
      const { scrape } = newRun([here, other]);
      const growing = (server: Server, second: number): string => serverBody({ ...server, tokens: 100 * second });
      await scrape(0, bodies(growing(a, 0), growing(b, 0)));
      await scrape(10, bodies(growing(a, 10), growing(b, 10)));
      const snapshot = await scrape(20, bodies(growing(a, 20), growing(b, 20)), 2);
      assert.deepEqual([numbers(snapshot), snapshot.findings.map(({ id }: Finding) => id)], [[2, 16, 200, 200], []]);
    });

  it('part again when an address leads to another server', async () => {
    const { scrape } = newRun([here, other]);
    const [one, two] = [1_795_368_382.1373382, 1_795_368_999.7654321];
    await scrape(0, bodies(serverBody({ created: one, tokens: 0 }), serverBody({ created: one, tokens: 0 })));
    const parted = await scrape(
      10,
      bodies(serverBody({ created: one, tokens: 1000 }), serverBody({ created: two, tokens: 7_000_000 })),
    );
    assert.deepEqual([numbers(parted), sameServer(parted)], [[2, 16, 100, 100], []]);
  });
});
