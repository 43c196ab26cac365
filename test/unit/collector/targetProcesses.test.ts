import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import type { Snapshot } from '../../../src/api';
import { fixturePath } from '../../demonstration/paths';
import {
  actor,
  at,
  engineOf,
  generation,
  lines,
  nativeEngine,
  newScene,
  rayEngine,
  targetA,
  targetB,
} from '../metrics/scene';

const bodyOf = (name: string): string => readFileSync(fixturePath('situations', `${name}.prom`), 'utf8');
const idsOf = ({ findings }: Snapshot): string[] => findings.map(({ id }) => id);
const tokenRate = ({ values }: Snapshot): number | undefined => values['vllm/generation_throughput_tok_s'];

describe('servers behind one address', () => {
  /** Two servers that count on. */
  const even = (second: number): string =>
    bodyOf('replica-a').replace(/(generation_tokens_total\{.*\}) 1000/, `$1 ${1000 + 50 * second}`);
  const odd = (second: number): string =>
    bodyOf('replica-b').replace(/(generation_tokens_total\{.*\}) 90000/, `$1 ${90_000 + 20 * second}`);

  it('that answer in turn are one finding: no restart, and no rate of two processes', () => {
    const scene = newScene('vllm');
    const snapshots = [0, 10, 20, 30, 40, 50, 60].map((second) =>
      scene.scrape(second, { [targetA]: second % 20 === 0 ? even(second) : odd(second) }),
    );
    assert.deepEqual(snapshots.map(idsOf), [[], ...Array<string[]>(6).fill(['alternating-processes'])]);
    for (const snapshot of snapshots)
      assert.deepEqual([generation(snapshot), tokenRate(snapshot)], [undefined, undefined]);
    assert.equal(snapshots.at(-1)?.measures['num_requests_running']?.value, 3);
    assert.match(
      snapshots[3]?.findings[0]?.message ?? '',
      /Several servers answer at http:\/\/192\.0\.2\.2:1\/metrics/,
    );
  });

  it('are found if there are three of them, and another target is left alone', () => {
    const scene = newScene('vllm');
    const other = (second: number): string => nativeEngine({ generation_tokens_total: 10 * second }, '0', 77);
    const snapshots = [1, 2, 3, 2, 1].map((start, index) =>
      scene.scrape(10 * index, {
        [targetA]: nativeEngine({ generation_tokens_total: 1000 * start + index }, '0', start),
        [targetB]: other(10 * index),
      }),
    );
    assert.deepEqual(snapshots.slice(3).map(idsOf), [['alternating-processes'], ['alternating-processes']]);
    assert.deepEqual(snapshots.slice(1).map(generation), [10, 10, 10, 10]);
  });

  it('are several at once if the other one began before the last answer, and one that restarted began after it', () => {
    for (const [start, expected] of [
      [at(-86_400) / 1000, 'alternating-processes'],
      [at(-7_200) / 1000, 'alternating-processes'],
      [at(6) / 1000, 'engine-reset'],
      // Clocks of two machines differ.
      [at(-20) / 1000, 'engine-reset'],
    ] as const) {
      const scene = newScene('vllm');
      const first = nativeEngine({ generation_tokens_total: 1000 }, '0', at(-3600) / 1000);
      assert.deepEqual(idsOf(scene.scrape(0, { [targetA]: first })), []);
      const other = nativeEngine({ generation_tokens_total: 5000 }, '0', start);
      const snapshot = scene.scrape(10, { [targetA]: other });
      assert.deepEqual(
        [idsOf(snapshot), generation(snapshot), tokenRate(snapshot)],
        [[expected], undefined, undefined],
      );
    }
  });

  it('are one server again ten minutes after the last change, and a restart is a restart', () => {
    const scene = newScene('vllm');
    const server = (start: number, tokens: number): Record<string, string> => ({
      [targetA]: nativeEngine({ generation_tokens_total: tokens }, '0', start),
    });
    scene.scrape(0, server(1, 1000));
    assert.deepEqual(idsOf(scene.scrape(10, server(2, 5000))), ['engine-reset']);
    assert.deepEqual(idsOf(scene.scrape(20, server(1, 1100))), ['alternating-processes']);
    scene.scrape(610, server(1, 2000));
    assert.deepEqual(idsOf(scene.scrape(630, server(1, 2000))), []);
    assert.equal(generation(scene.scrape(640, server(1, 2100))), 10);
    const restarted = scene.scrape(650, server(9, 9000));
    assert.deepEqual(
      [idsOf(restarted), generation(restarted), tokenRate(restarted)],
      [['engine-reset'], undefined, undefined],
    );
    assert.equal(generation(scene.scrape(660, server(9, 9500))), 50);
  });
});

describe('servers behind one address whose start times tell nothing', () => {
  /** As a server with several API processes has them. */
  const server = (tokens: number, running = 1): Record<string, string> => ({
    [targetA]: lines(
      'vllm:',
      { engine: '0', model_name: 'm' },
      { generation_tokens_total: tokens, num_requests_running: running },
    ),
  });
  const answers = (
    scene: ReturnType<typeof newScene>,
    tokens: readonly number[],
  ): [string[], ...(number | undefined)[]][] =>
    tokens.map((count, index) => {
      const snapshot = scene.scrape(10 * index, server(count));
      return [idsOf(snapshot), generation(snapshot), tokenRate(snapshot)];
    });

  it('that answer in turn are found when counters return to where they were', () => {
    const found = [['alternating-processes'], undefined, undefined];
    // The first change cannot be told from a busy server.
    assert.deepEqual(answers(newScene('vllm'), [1000, 90_200, 2000, 90_600, 3000]).slice(2), [found, found, found]);
  });

  it('are found at the first change if one engine cannot have done so much', () => {
    const body = (steps: number, tokens: number): Record<string, string> => ({
      [targetA]: lines(
        'vllm:',
        { engine: '0', model_name: 'm' },
        { generation_tokens_total: tokens, iteration_tokens_total_count: steps },
      ),
    });
    const shown = (jump: [number, number], ...after: [number, number][]): [string[], (number | undefined)[]] => {
      const scene = newScene('vllm');
      scene.scrape(0, body(1000, 50_000));
      scene.scrape(10, body(1500, 75_000));
      const snapshots = [jump, ...after].map((counted, index) => scene.scrape(20 + 10 * index, body(...counted)));
      return [snapshots.flatMap(idsOf), snapshots.map(generation)];
    };
    const alternating = Array<string>(2).fill('alternating-processes');
    // Half an hour more of steps, and as many tokens as a batch of 64 gives in that time.
    assert.deepEqual(shown([90_000, 80_000], [2000, 100_000]), [alternating, [undefined, undefined]]);
    assert.deepEqual(shown([2000, 40_000_000], [2500, 125_000]), [alternating, [undefined, undefined]]);
    // The fastest that a small model was seen to be.
    assert.deepEqual(shown([6000, 575_000], [10_500, 1_075_000]), [[], [50_000, 50_000]]);
  });

  it('are found in any order and number', () => {
    const found = answers(newScene('vllm'), [1000, 91_000, 91_200, 1900, 51_200, 2200, 91_800]).slice(3);
    assert.deepEqual(found, Array(4).fill([['alternating-processes'], undefined, undefined]));
  });

  it('are found if they began at the same time', () => {
    const scene = newScene('vllm');
    const found = [1000, 90_000, 2000, 90_400].map((tokens, index) => {
      const body = nativeEngine({ generation_tokens_total: tokens, num_requests_running: 1 }, '0', at(-600) / 1000);
      return idsOf(scene.scrape(10 * index, { [targetA]: body }));
    });
    assert.deepEqual(found, [[], [], ['alternating-processes'], ['alternating-processes']]);
  });

  it('are not what a server is that restarts, and restarts again', () => {
    const scene = newScene('vllm');
    const [, , first, between, , second, last] = answers(scene, [5000, 5500, 40, 640, 1140, 30, 230]);
    for (const restart of [first, second]) assert.deepEqual(restart, [['engine-reset'], undefined, undefined]);
    for (const [after, rate] of [
      [between, 60],
      [last, 20],
    ] as const)
      assert.deepEqual([after?.[1], after?.[2]], [rate, rate]);
  });

  it('are not a server with a rank that restarts, or one rank less', () => {
    const scene = newScene('vllm');
    const ranks = (...tokens: number[]): Record<string, string> => ({
      [targetA]: tokens.map((count, rank) => nativeEngine({ generation_tokens_total: count }, `${rank}`)).join(''),
    });
    scene.scrape(0, ranks(100, 100));
    scene.scrape(10, ranks(2000, 2000));
    assert.deepEqual(idsOf(scene.scrape(20, ranks(4000))), []);
    scene.scrape(30, ranks(6000, 2000));
    assert.deepEqual(idsOf(scene.scrape(40, ranks(8000, 50))), ['engine-reset']);
  });

  it('are not an idle server that restarts before it has counted anything', () => {
    const found = answers(newScene('vllm'), [0, 900, 0, 800]);
    assert.deepEqual(
      found.map(([ids]) => ids),
      [[], [], ['engine-reset'], []],
    );
  });
});

describe('a restarted agent of a node', () => {
  const alive = ['aa11', 'bb22'].map((worker) => actor(worker, 'ALIVE', { startedAt: at(-3600), node: '10.20.0.7' }));
  const node = 'http://10.20.0.7:1/metrics';

  it('makes no rate from counters before and after, and the next rate is right', () => {
    const scene = newScene();
    scene.scrape(0, { [node]: bodyOf('agent-before') }, { actors: alive });
    const after = scene.scrape(10, { [node]: bodyOf('agent-after') }, { actors: alive });
    assert.deepEqual([generation(after), tokenRate(after)], [undefined, undefined]);
    assert.deepEqual(
      after.engines.map(({ state, follows }) => [state, follows]),
      [
        ['active', undefined],
        ['active', undefined],
      ],
    );
    const next = bodyOf('agent-after').replaceAll('} 1000', '} 2000').replaceAll('} 990', '} 1490');
    assert.equal(generation(scene.scrape(20, { [node]: next }, { actors: alive })), 150);
  });

  it('is known by its own start time, even if the counters of young engines did not fall', () => {
    const scene = newScene();
    const body = (tokens: number, start: number): string =>
      `${rayEngine('w1', { generation_tokens_total: tokens })}process_start_time_seconds ${start}\n`;
    scene.scrape(0, { [targetA]: body(500, 1) });
    const after = scene.scrape(10, { [targetA]: body(800, 2) });
    assert.deepEqual([generation(after), tokenRate(after)], [undefined, undefined]);
    assert.equal(generation(scene.scrape(20, { [targetA]: body(1000, 2) })), 20);
  });
});

describe('a dead engine', () => {
  const worker = (tokens: number): string =>
    rayEngine('w1', { generation_tokens_total: tokens, num_requests_running: 1 });
  const other = rayEngine('w2', { generation_tokens_total: 7 });

  it('stays dead if the dashboard misses an answer, forgets its actor, or its counters are shown again', () => {
    const scene = newScene();
    const living = actor('w2', 'ALIVE');
    scene.scrape(0, { [targetA]: worker(1) + other }, { actors: [actor('w1', 'ALIVE'), living] });
    const states = [
      scene.scrape(10, { [targetA]: worker(2) + other }, { actors: [actor('w1', 'DEAD'), living] }),
      scene.scrape(20, { [targetA]: worker(3) + other }),
      scene.scrape(30, { [targetA]: worker(3) + other }, { actors: [living] }),
      scene.scrape(2000, { [targetA]: other }, { actors: [living] }),
      scene.scrape(2010, { [targetA]: worker(3) + other }),
    ];
    assert.deepEqual(
      states.map((snapshot) => engineOf(snapshot, 'w1')?.state),
      ['dead', 'dead', 'dead', undefined, 'dead'],
    );
    for (const snapshot of states) assert.equal('num_requests_running' in snapshot.measures, false);
  });

  it('does not come back as a trainer either: its phase has ended', () => {
    const phase = lines('ray_', { WorkerId: 't1', SessionName: 's' }, { 'skyrl_training_phase{phase="train"}': 1 });
    const scene = newScene();
    assert.equal(scene.scrape(0, { [targetA]: phase + other }).phase?.name, 'train');
    const died = [actor('t1', 'DEAD', { className: 'Trainer' })];
    assert.equal(scene.scrape(10, { [targetA]: phase + other }, { actors: died }).phase, undefined);
    assert.equal(scene.scrape(20, { [targetA]: phase + other }).phase, undefined);
  });
});

describe('numbers that are not finite', () => {
  const huge = 1.7e308;

  it('are absent from values, measures and distributions, and make no false 0', () => {
    const histogram = (count: number): Record<string, number> => ({
      'time_to_first_token_seconds_bucket{le="1.0"}': count,
      'time_to_first_token_seconds_bucket{le="+Inf"}': count,
      time_to_first_token_seconds_count: count,
      time_to_first_token_seconds_sum: count,
    });
    const engine = (name: string, size: number): string =>
      rayEngine(name, {
        num_requests_running: size,
        kv_cache_usage_perc: size,
        generation_tokens_total: size,
        prefix_cache_queries_total: size,
        prefix_cache_hits_total: size === 0 ? 0 : 1,
        ...histogram(size),
      });
    const scene = newScene();
    scene.scrape(0, { [targetA]: engine('w1', 0) + engine('w2', 0) });
    const { values, measures, distributions, sinceStart, engines } = scene.scrape(10, {
      [targetA]: engine('w1', huge) + engine('w2', huge),
    });
    const numbers = JSON.stringify([values, measures, distributions ?? {}, sinceStart, engines]);
    assert.equal(numbers.includes('null'), false, numbers);
    for (const id of ['num_requests_running', 'kv_cache_usage_perc', 'prefix_cache_hit_rate', 'ttft_seconds_p50'])
      assert.equal(id in measures, false, id);
    assert.deepEqual(Object.keys(values), ['vllm/generation_throughput_tok_s']);
  });
});
