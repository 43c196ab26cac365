import { strict as assert } from 'node:assert';
import type { Trigger } from '../../../src/api';
import { rayRecordings } from '../../demonstration/index';
import { randomOf } from '../support/random';
import { replayRecording } from '../support/replay';
import { targetA, at, engineOf, factsIn, findingIds, generation, newScene, rayEngine, stateOf } from './scene';

const row = 'generation_throughput_tok_s';

/** Tokens of each engine by step, read with a plain pattern from the bodies. */
function tokensIn(body: Buffer): Map<string, number> {
  const found = body
    .toString('utf8')
    .matchAll(/^ray_vllm_generation_tokens_total\{[^\n]*WorkerId="(\w+)"[^\n]*\} (\S+)$/gm);
  return new Map([...found].map(([, worker = '', count]) => [worker, Number(count)]));
}

describe('windows on recordings: no false zero', () => {
  for (const name of rayRecordings) {
    for (const trigger of ['api', 'timer'] as const) {
      it(`${name} (${trigger}): an engine whose young gauge says that requests run never shows 0 tok/s`, async () => {
        let seen = 0;
        for (const { step, snapshot } of await replayRecording(name, { trigger })) {
          for (const { name: engine, measures } of snapshot.engines) {
            const running = measures['num_requests_running'];
            if (!running || running.value === 0 || step.at - running.to >= 20_000 || !measures[row]) continue;
            seen += 1;
            assert.ok(measures[row].value > 0, `${step.name} ${engine}`);
          }
        }
        assert.ok(seen > 3, `${seen} such engines`);
      });
    }
  }

  /** Steps that came before the next report: SkyRL logs 0 for busy engines. */
  const between = [
    ['ray-2.57-speculation', '05'],
    ['ray-2.56', '03'],
    ['ray-2.51', '03'],
  ] as const;
  for (const [name, step] of between) {
    it(`${name} ${step}: nothing moved, SkyRL says 0, ours keeps the window before with its time`, async () => {
      const replayed = await replayRecording(name);
      const index = replayed.findIndex(({ step: { name: each } }) => each.startsWith(step));
      const [before, now] = [replayed[index - 1]?.snapshot, replayed[index]?.snapshot];
      assert.equal(replayed[index]?.step.skyrlValues['vllm/generation_throughput_tok_s'], 0);
      assert.ok(now && before);
      assert.deepEqual(now.measures[row], before.measures[row]);
      assert.equal(now.measures[row]?.to, before.at);
      assert.deepEqual(findingIds(now), []);
    });
  }
});

describe('windows on recordings: no doubled rate', () => {
  /** Steps under load throughout, one report interval or a little more apart. */
  const loaded: readonly (readonly [Parameters<typeof replayRecording>[0], string[]])[] = [
    ['ray-2.57', ['02', '03', '04', '05', '09', '12']],
    ['ray-2.57-speculation', ['02', '03', '04', '05']],
    ['ray-2.56', ['02', '04']],
    ['ray-2.51', ['02', '04']],
  ];
  const factor = 1.75;
  for (const [name, under] of loaded) {
    for (const trigger of ['api', 'timer'] as const) {
      it(`${name} (${trigger}): no engine is more than ${factor} times as fast as it is in the long run under load`, async () => {
        const replayed = await replayRecording(name, { trigger });
        const load = replayed.filter(({ step }) => /load|speculation|one-second/.test(step.name)).slice(0, 5);
        const [first, last] = [load[0]?.step, load.at(-1)?.step];
        assert.ok(first && last);
        const tokens = (step: typeof first): Map<string, number> =>
          new Map(step.bodies.flatMap(({ bytes }) => [...tokensIn(bytes)]));
        const seconds = (last.at - first.at) / 1000;
        for (const { step, snapshot } of replayed.filter(({ step: { name: each } }) =>
          under.some((prefix) => each.startsWith(prefix)),
        )) {
          for (const { id, name: engine, measures } of snapshot.engines) {
            const start = tokens(first).get(id);
            if (start === undefined || !measures[row]) continue;
            const longRun = ((tokens(last).get(id) ?? NaN) - start) / seconds;
            assert.ok(
              measures[row].value < factor * longRun,
              `${step.name} ${engine}: ${measures[row].value}, in the long run ${longRun}`,
            );
          }
        }
      });
    }
  }

  it('ray-2.57 08→09 is 4 s and holds a whole report: SkyRL’s rate is twice what the living engines and the dead one did, ours is not', async () => {
    const replayed = await replayRecording('ray-2.57');
    const [before, now] = [replayed[7], replayed[8]];
    assert.ok(before && now && now.step.at - before.step.at < 5000);
    const moved = (worker: string): number => {
      const count = (step: typeof now.step): number =>
        new Map(step.bodies.flatMap(({ bytes }) => [...tokensIn(bytes)])).get(worker) ?? NaN;
      return count(now.step) - count(before.step);
    };
    const living = now.snapshot.engines.filter(({ state }) => state === 'active');
    assert.equal(living.length, 2);
    for (const { id, measures } of living) assert.equal(measures[row]?.value, moved(id) / 10);
    const skyrl = now.step.skyrlValues['vllm/generation_throughput_tok_s'] ?? NaN;
    assert.ok(skyrl > 2 * (generation(now.snapshot) ?? NaN), `${skyrl}`);
  });
});

describe('windows: a steady engine of 100 tok/s, reported every 10 s', () => {
  const intervals = [1, 3, 5, 8, 9.1, 9.9, 10, 10.3, 12, 14, 15, 20, 25, 60];

  function ratesAt(interval: number, trigger: Trigger, seed: number): number[] {
    const random = randomOf(seed);
    const scene = newScene();
    const phase = random() * 10;
    let second = 0;
    return Array.from({ length: 150 }, () => {
      // A response begins a moment late, now and then a report too.
      second += interval + random() * 0.04;
      const reports = Math.floor((second + phase + random() * 0.1) / 10);
      const snapshot = scene.scrape(
        second,
        { [targetA]: rayEngine('w1', { num_requests_running: 4, generation_tokens_total: 5000 + 1000 * reports }) },
        { trigger },
      );
      assert.deepEqual(findingIds(snapshot), []);
      return generation(snapshot);
    })
      .slice(10)
      .filter((rate) => rate !== undefined);
  }

  for (const interval of intervals) {
    // A step of a whole interval can hold two reports or, late, none: one window cannot tell, three even it out.
    for (const [trigger, least, most] of [
      ['api', 49, 201],
      ['timer', 65, 135],
    ] as const) {
      it(`scraped every ${interval} s (${trigger}): 100 on the average, each within ${least} to ${most}`, () => {
        const rates = [1, 2, 3, 4].flatMap((seed) => ratesAt(interval, trigger, seed));
        const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
        assert.ok(Math.abs(mean - 100) < 2.5, `mean ${mean}`);
        assert.ok(
          Math.min(...rates) > least && Math.max(...rates) < most,
          `${Math.min(...rates)} to ${Math.max(...rates)}`,
        );
      });
    }
  }
});

describe('windows by hand', () => {
  const busy = (tokens: number, running = 2): string =>
    rayEngine('w1', { num_requests_running: running, generation_tokens_total: tokens });

  it('the first scrape has no rate, the second has one over its window', () => {
    const scene = newScene();
    assert.equal(generation(scene.scrape(0, { [targetA]: busy(1000) })), undefined);
    const { measures } = scene.scrape(10, { [targetA]: busy(2000) });
    assert.equal(measures[row]?.value, 100);
    assert.deepEqual([measures[row]?.from, measures[row]?.to], [at(0), at(10)]);
  });

  it('on the timer rates slide over three windows, on command the last one counts', () => {
    const counts = [0, 1000, 3000, 6000, 10_000];
    for (const [trigger, expected, from] of [
      ['api', [100, 200, 300, 400], 30],
      ['timer', [100, 150, 200, 300], 10],
    ] as const) {
      const scene = newScene();
      const snapshots = counts.map((count, index) =>
        scene.scrape(10 * index, { [targetA]: busy(500 + count) }, { trigger }),
      );
      assert.deepEqual(snapshots.slice(1).map(generation), expected, trigger);
      assert.equal(snapshots.at(-1)?.measures[row]?.from, at(from));
    }
  });

  it('scrapes within one report close no window: the rate is that of the whole report', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    for (const second of [2, 4, 6])
      assert.equal(generation(scene.scrape(second, { [targetA]: busy(1000) })), undefined);
    assert.equal(generation(scene.scrape(8, { [targetA]: busy(2000) })), 100);
    assert.equal(generation(scene.scrape(10, { [targetA]: busy(2000) })), 100);
    assert.equal(generation(scene.scrape(12, { [targetA]: busy(2000) })), 100);
    assert.equal(generation(scene.scrape(18, { [targetA]: busy(3500) })), 150);
  });

  it('still for two intervals without work is 0, not before', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    scene.scrape(10, { [targetA]: busy(2000) });
    assert.equal(generation(scene.scrape(20, { [targetA]: busy(2000, 0) })), 100);
    const { measures, findings } = scene.scrape(30, { [targetA]: busy(2000, 0) });
    assert.deepEqual([measures[row]?.value, measures[row]?.to], [0, at(30)]);
    assert.deepEqual(factsIn({ findings }), []);
    assert.equal(
      scene.scrape(40, { [targetA]: busy(2000, 0) }).measures[row]?.to,
      at(40),
      'a standing 0 is measured anew each time',
    );
  });

  it('still for two intervals with requests running is no 0 but the finding “not moving”', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    scene.scrape(10, { [targetA]: busy(2000) });
    assert.deepEqual(findingIds(scene.scrape(20, { [targetA]: busy(2000) })), []);
    const stuck = scene.scrape(30, { [targetA]: busy(2000) });
    assert.equal(generation(stuck), undefined);
    assert.deepEqual(
      factsIn(stuck).map(({ id, severity, engine }) => [id, severity, engine]),
      [['not-moving', 'error', 'w1']],
    );
    assert.match(factsIn(stuck)[0]?.message ?? '', /engine 0 has not moved for 20 s/);
    assert.equal(stateOf(stuck, 'w1'), 'active');
    const moves = scene.scrape(40, { [targetA]: busy(2300) });
    assert.deepEqual(
      [findingIds(moves), generation(moves)],
      [[], 10],
      'what it stood still is part of the window that ends it',
    );
  });

  it('waiting requests are work too', () => {
    const scene = newScene();
    const waiting = rayEngine('w1', {
      num_requests_running: 0,
      num_requests_waiting: 5,
      generation_tokens_total: 1000,
    });
    for (const second of [0, 10]) scene.scrape(second, { [targetA]: waiting });
    assert.deepEqual(findingIds(scene.scrape(20, { [targetA]: waiting })), ['not-moving']);
  });

  it('a pause does not dilute what follows it', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    scene.scrape(10, { [targetA]: busy(2000) });
    for (const second of [20, 30, 40]) scene.scrape(second, { [targetA]: busy(2000, 0) });
    assert.equal(generation(scene.scrape(50, { [targetA]: busy(3000) })), 100);
    assert.equal(
      generation(scene.scrape(60, { [targetA]: busy(4000) }, { trigger: 'timer' })),
      100,
      'the standing 0 is not slid over',
    );
  });

  it('a reset sits its window out and says so; the next window is its own', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    scene.scrape(10, { [targetA]: busy(2000) });
    const reset = scene.scrape(20, { [targetA]: busy(300) });
    assert.deepEqual([generation(reset), findingIds(reset)], [undefined, ['engine-reset']]);
    const after = scene.scrape(30, { [targetA]: busy(800) });
    assert.deepEqual([generation(after), findingIds(after)], [50, []]);
  });

  it('a reset between two reports is no stand-still', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    scene.scrape(10, { [targetA]: busy(2000) });
    scene.scrape(25, { [targetA]: busy(300) });
    assert.deepEqual(findingIds(scene.scrape(31, { [targetA]: busy(300) })), ['engine-reset']);
  });

  it('an engine whose target did not answer for a minute has not stood still for a minute', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    scene.scrape(10, { [targetA]: busy(2000) });
    for (const second of [20, 30, 40, 50, 60]) scene.scrape(second, { [targetA]: undefined });
    scene.scrape(70, { [targetA]: busy(8000) });
    const soon = scene.scrape(72, { [targetA]: busy(8000) });
    assert.deepEqual([findingIds(soon), generation(soon)], [[], undefined]);
    assert.equal(generation(scene.scrape(80, { [targetA]: busy(9000) })), 100);
  });

  it('a new engine’s first report covers an unknown time: no rate, but ratios', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: busy(1000) });
    const young = rayEngine('w2', {
      generation_tokens_total: 400,
      prefix_cache_hits_total: 30,
      prefix_cache_queries_total: 40,
    });
    const { engines } = scene.scrape(10, { [targetA]: busy(2000) + young });
    assert.equal(generation(engines[1]), undefined);
    assert.equal(engines[1]?.measures['prefix_cache_hit_rate']?.value, 0.75);
    assert.equal(
      generation(engineOf(scene.scrape(20, { [targetA]: busy(3000) + young.replace('} 400\n', '} 900\n') }), 'w2')),
      50,
    );
  });
});
