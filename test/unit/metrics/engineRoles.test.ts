/** Roles of engines with prefill/decode disaggregation: told by servers, names and what engines do; never guessed. */
import assert from 'node:assert/strict';
import type { Engine, EngineRole, Finding, Snapshot } from '../../../src/api';
import { KvRoleReader, parseKvRole, rolesOfWorkers } from '../../../src/collector/kvRoles';
import { diagnosisRules } from '../../../src/diagnosis/diagnosis';
import type { RuleInput } from '../../../src/diagnosis/rule';
import { HttpError, type HttpGet } from '../../../src/http/httpGet';
import { noRoleFacts, type RoleFacts } from '../../../src/metrics/engineRoles';
import { yieldToEventLoop } from '../../../src/shared/timeSlice';
import { childrenOf, tooltipOf } from '../../../src/views/shared/treeRow';
import { newRun } from '../rollouts/madeRun';
import { enginesRow } from '../../../src/views/tree/enginesRow';
import { engineOf, nativeEngine, newScene, targetA, targetB, type Samples } from './scene';

const told = (disaggregated: boolean | undefined): RoleFacts => ({ ...noRoleFacts, disaggregated });

/** A prefill leg asks for one token; its KV blocks go to the decode engine. `n`: number of scrapes so far. */
const prefilling = (n: number): Samples => ({
  num_requests_running: 2,
  prompt_tokens_total: 10_000 * n,
  'prompt_tokens_by_source_total{source="local_compute"}': 10_000 * n,
  generation_tokens_total: 20 * n,
  'request_success_total{finished_reason="length"}': 20 * n,
  'time_to_first_token_seconds_bucket{le="0.1"}': 0,
  'time_to_first_token_seconds_bucket{le="1"}': 20 * n,
  'time_to_first_token_seconds_bucket{le="+Inf"}': 20 * n,
  time_to_first_token_seconds_sum: 10 * n,
  time_to_first_token_seconds_count: 20 * n,
});

/** Its prompts come over the connector, so that the first token of its leg is there at once. */
const decoding = (n: number, transferred = 10_000): Samples => ({
  num_requests_running: 40,
  prompt_tokens_total: 10_000 * n,
  'prompt_tokens_by_source_total{source="local_compute"}': (10_000 - transferred) * n,
  'prompt_tokens_by_source_total{source="external_kv_transfer"}': transferred * n,
  generation_tokens_total: 5_000 * n,
  'request_success_total{finished_reason="stop"}': 20 * n,
  'time_to_first_token_seconds_bucket{le="0.1"}': 20 * n,
  'time_to_first_token_seconds_bucket{le="1"}': 20 * n,
  'time_to_first_token_seconds_bucket{le="+Inf"}': 20 * n,
  time_to_first_token_seconds_sum: n,
  time_to_first_token_seconds_count: 20 * n,
  inter_token_latency_seconds_sum: 100 * n,
  inter_token_latency_seconds_count: 5_000 * n,
});

const idle: Samples = { num_requests_running: 0, prompt_tokens_total: 0, generation_tokens_total: 0 };
/** The tail of a rollout: tokens without prompts. */
const longTail = (n: number): Samples => ({
  num_requests_running: 1,
  prompt_tokens_total: 1_000,
  generation_tokens_total: 500 * n,
});

type Body = (n: number) => Samples;

/** Scrapes two servers every 10 s for so many seconds; the last snapshot. */
function scrapeFor(seconds: number, a: Body, b: Body, roleFacts: RoleFacts): Snapshot {
  const scene = newScene('vllm');
  let snapshot: Snapshot | undefined;
  for (let n = 0; n <= seconds / 10; n += 1)
    snapshot = scene.scrape(10 * n, { [targetA]: nativeEngine(a(n)), [targetB]: nativeEngine(b(n)) }, { roleFacts });
  return snapshot ?? assert.fail();
}
const rolesIn = ({ engines }: Snapshot): (EngineRole | undefined)[] => engines.map(({ role }) => role);

describe('the role of an engine', () => {
  it('is told by what it does for a minute, if the config asks for disaggregation', () => {
    assert.deepEqual(rolesIn(scrapeFor(60, prefilling, decoding, told(true))), [undefined, undefined]);
    assert.deepEqual(rolesIn(scrapeFor(80, prefilling, decoding, told(true))), ['prefill', 'decode']);
    assert.deepEqual(rolesIn(scrapeFor(80, prefilling, longTail, told(true))), ['prefill', 'decode']);
  });

  it('is told without a config only where prompts go from one to the other', () => {
    assert.deepEqual(rolesIn(scrapeFor(80, prefilling, decoding, told(undefined))), ['prefill', 'decode']);
    assert.deepEqual(rolesIn(scrapeFor(80, prefilling, longTail, told(undefined))), [undefined, undefined]);
    assert.deepEqual(rolesIn(scrapeFor(80, decoding, decoding, told(undefined))), [undefined, undefined]);
  });

  it('is not invented without enable_pd, for idle engines, or for engines that do both', () => {
    assert.deepEqual(rolesIn(scrapeFor(120, prefilling, decoding, told(false))), [undefined, undefined]);
    assert.deepEqual(rolesIn(scrapeFor(120, () => idle, longTail, told(false))), [undefined, undefined]);
    assert.deepEqual(
      rolesIn(
        scrapeFor(
          120,
          () => idle,
          () => idle,
          told(true),
        ),
      ),
      [undefined, undefined],
    );
    const both: Body = (n) => decoding(n, 2_000);
    assert.deepEqual(rolesIn(scrapeFor(120, both, both, told(true))), [undefined, undefined]);
  });

  it('outlasts idleness and a moment of something else', () => {
    const pausing: Body = (n) => prefilling(Math.min(n, 8));
    const wavering: Body = (n) => ({
      ...decoding(n),
      ...(n === 10 && { 'prompt_tokens_by_source_total{source="local_compute"}': 9_000 }),
    });
    assert.deepEqual(rolesIn(scrapeFor(110, pausing, wavering, told(true))), ['prefill', 'decode']);
  });

  it('is what its server or its actor’s name says, before what it does', () => {
    const [a, b] = [`${targetA} 0`, `${targetB} 0`];
    const reported = new Map<string, EngineRole>([[a, 'decode']]);
    const actorNames = new Map([
      [a, 'prefill-0'],
      [b, 'vllm_prefill_1'],
    ]);
    const facts = { disaggregated: undefined, reported, actorNames };
    assert.deepEqual(
      rolesIn(
        scrapeFor(
          0,
          () => idle,
          () => idle,
          facts,
        ),
      ),
      ['decode', 'prefill'],
    );
    const other = {
      ...noRoleFacts,
      actorNames: new Map([
        [a, 'undecoded'],
        [b, 'prefilled'],
      ]),
    };
    assert.deepEqual(
      rolesIn(
        scrapeFor(
          0,
          () => idle,
          () => idle,
          other,
        ),
      ),
      [undefined, undefined],
    );
  });

  it('is read from kv_transfer_config; kv_both says nothing', () => {
    const answer = (kvRole: unknown): unknown => ({ vllm_config: { kv_transfer_config: { kv_role: kvRole } } });
    const names = ['kv_producer', 'kv_consumer', 'kv_both', '__proto__', 7];
    assert.deepEqual(
      names.map((name) => parseKvRole(answer(name))),
      ['prefill', 'decode', undefined, undefined, undefined],
    );
    assert.equal(parseKvRole({ vllm_config: { kv_transfer_config: null } }), undefined);
    assert.equal(parseKvRole('no object'), undefined);
  });

  it('is asked of a server once, without a scrape that waits for the answer', async () => {
    const asked: string[] = [];
    let now = 0;
    const get: HttpGet = (url, { onChunk }) => {
      asked.push(url);
      if (url.includes('8100')) return Promise.reject(new HttpError('time-out', 'no answer'));
      const bytes = Buffer.from(JSON.stringify({ vllm_config: { kv_transfer_config: { kv_role: 'kv_producer' } } }));
      onChunk?.(bytes);
      return Promise.resolve({ at: now, bytes: bytes.length, mediaType: 'application/json', framed: true });
    };
    const reader = new KvRoleReader();
    const urls = ['http://192.0.2.1:8000/metrics', 'http://192.0.2.1:8100/metrics'];
    const options = { get, signal: new AbortController().signal, timeoutMs: 1000, now: () => now };
    assert.deepEqual([...reader.read(urls, [], options)], []);
    await yieldToEventLoop();
    assert.deepEqual([...reader.read(urls, [], options)], [[urls[0], 'prefill']]);
    assert.deepEqual(asked, [
      'http://192.0.2.1:8000/server_info?config_format=json',
      'http://192.0.2.1:8100/server_info?config_format=json',
    ]);
    now = 600_000;
    reader.read(urls, [], options);
    assert.equal(asked.length, 3);
  });

  it('is a Ray worker’s only where all servers of its node report one', () => {
    const worker = (workerId: string, node: string) =>
      [workerId, { workerId, className: 'VLLMServerActor', state: 'ALIVE', node }] as const;
    const actors = new Map([worker('w1', '192.0.2.1'), worker('w2', '192.0.2.2'), worker('w3', '192.0.2.2')]);
    const url = (node: number, port: number): string => `http://192.0.2.${node}:${port}/metrics`;
    const urls = [url(1, 8000), url(2, 8000), url(2, 8100)];
    const roles = new Map<string, EngineRole>([
      [url(1, 8000), 'prefill'],
      [url(2, 8000), 'prefill'],
      [url(2, 8100), 'decode'],
    ]);
    assert.deepEqual([...rolesOfWorkers(urls, roles, actors, new Set())], [['w1', 'prefill']]);
  });
});

describe('measures and findings with roles', () => {
  it('take first tokens from prefill engines, and the time between tokens from decode engines', () => {
    const snapshot = scrapeFor(100, prefilling, decoding, told(true));
    assert.equal(snapshot.measures['ttft_seconds_avg']?.value, 0.5);
    assert.deepEqual(
      [snapshot.measures['ttft_seconds_avg']?.counted, snapshot.measures['ttft_seconds_avg']?.of],
      [1, 1],
    );
    assert.equal(snapshot.measures['tpot_seconds_avg']?.value, 0.02);
    assert.equal(snapshot.measures['output_speed_per_request']?.value, 12.5);
    assert.equal(engineOf(snapshot, `${targetB} 0`)?.measures['ttft_seconds_avg']?.value, 0.05);
    const without = scrapeFor(100, prefilling, decoding, told(false));
    assert.equal(without.measures['ttft_seconds_avg']?.value, 0.275);
    assert.equal(without.values['vllm/ttft_seconds_avg'], snapshot.values['vllm/ttft_seconds_avg']);
  });

  it('show the role beside the engine', () => {
    const row = enginesRow(scrapeFor(80, prefilling, decoding, told(true)), 2, 0);
    assert.deepEqual(
      childrenOf(row)
        .map(({ description }) => description.split(' · ').slice(0, 2).join(' · '))
        .sort(),
      ['active · decode', 'active · prefill'],
    );
  });

  it('make rollouts that count no prefill engine as idle once the prompts are read', () => {
    const scene = newScene('vllm');
    const run = newRun();
    // Prompts for 100 s, and then only the decode engine has work, for 200 s.
    for (let n = 0; n <= 36; n += 1) {
      const decoded = decoding(Math.min(n, 30));
      scene.scrape(
        10 * n,
        {
          [targetA]: nativeEngine({ ...prefilling(Math.min(n, 10)), num_requests_running: n < 10 ? 2 : 0 }),
          [targetB]: nativeEngine({ ...decoded, num_requests_running: n < 30 ? 40 : 0 }),
        },
        { roleFacts: told(true), trackWork: run.add },
      );
    }
    const rollout = run.update().all.at(-1);
    assert.ok(rollout && rollout.seconds > 250, JSON.stringify(rollout));
    assert.ok((rollout.idleShare ?? 1) < 0.05, JSON.stringify(rollout));
    assert.equal(rollout.tailSeconds, undefined, 'one engine alone generates');
  });

  it('say why no engine has a role with Prometheus as the source', () => {
    const snapshot = scrapeFor(
      0,
      () => idle,
      () => idle,
      told(true),
    );
    const aboutRoles = (of: Snapshot): string[] =>
      tooltipOf(enginesRow(of, 2, 0)).filter((line) => line.includes('role'));
    assert.deepEqual(aboutRoles(snapshot), []);
    assert.equal(aboutRoles({ ...snapshot, source: { kind: 'prometheus', url: 'http://192.0.2.9:9090' } }).length, 1);
  });

  const engine = (id: string, role: EngineRole | undefined, running: number): Engine => ({
    id,
    name: id,
    node: '',
    state: 'active',
    ...(role && { role }),
    measures: { num_requests_running: { value: running, to: 0 } },
  });
  const symptoms = (id: string, engines: Engine[]): Pick<Finding, 'message'>[] =>
    diagnosisRules
      .find((rule) => rule.id === id)
      ?.detect({ engines, measures: {} } as unknown as RuleInput, () => false, new Map()) ?? assert.fail(id);

  it('compare load within a role only', () => {
    const unequal = [engine('p', 'prefill', 2), engine('d1', 'decode', 60), engine('d2', 'decode', 50)];
    assert.deepEqual(symptoms('imbalance', unequal), []);
    const within = symptoms('imbalance', [...unequal, engine('d3', 'decode', 4)]);
    assert.deepEqual(
      within.map(({ message }) => message),
      ['Unequal load: d1 has 60 requests, d3 has 4.'],
    );
    const noRoles = unequal.map((each) =>
      engine(each.id, undefined, each.measures['num_requests_running']?.value ?? 0),
    );
    assert.equal(symptoms('imbalance', noRoles).length, 1);
  });

  it('judge the output speed by decode engines', () => {
    const slow = (role: EngineRole | undefined): Engine => {
      const each = engine('p', role, 20);
      return { ...each, measures: { ...each.measures, generation_throughput_tok_s: { value: 20, to: 0 } } };
    };
    assert.deepEqual(symptoms('low-output-speed', [slow('prefill')]), []);
    assert.equal(symptoms('low-output-speed', [slow('prefill'), slow('decode')]).length, 1);
    assert.equal(symptoms('low-output-speed', [slow(undefined)]).length, 1);
  });

  it('miss no families of decoding on a prefill engine', () => {
    const families = (count: number): Set<string> => new Set(Array.from({ length: count }, (_, index) => `f${index}`));
    const few = (engines: Engine[]): string[] => {
      const tracked = engines.map(({ id }, index) => [id, { firstSeenAt: 0, families: families(index ? 30 : 15) }]);
      const input = {
        now: 600_000,
        engines: engines.map((each) => ({ ...each, isCurrent: true })),
        trackedById: new Map(tracked as [string, object][]),
      } as unknown as RuleInput;
      const rule = diagnosisRules.find(({ id }) => id === 'dropped-families') ?? assert.fail();
      return rule.detect(input, () => false, new Map()).flatMap(({ engine: id }) => id ?? []);
    };
    assert.deepEqual(few([engine('p', 'prefill', 2), engine('d', 'decode', 40)]), []);
    assert.deepEqual(few([engine('p1', 'prefill', 2), engine('p2', 'prefill', 2)]), ['p1']);
    assert.deepEqual(few([engine('a', undefined, 2), engine('b', undefined, 40)]), ['a']);
  });

  it('take no idle prefill engine for a sign of a long tail', () => {
    const tail = [engine('p', 'prefill', 0), engine('d', 'decode', 5)];
    assert.deepEqual(symptoms('long-tail', tail), []);
    assert.equal(symptoms('long-tail', [...tail, engine('d2', 'decode', 0)]).length, 1);
  });
});
