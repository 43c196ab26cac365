import { strict as assert } from 'node:assert';
import { rayRecordings } from '../../demonstration/index';
import { replayRecording } from '../support/replay';
import { findingIds, generation } from './scene';

const rate = 'generation_throughput_tok_s';

/** Output tokens by worker, found with a simple pattern. */
function tokensIn(body: Buffer): Map<string, number> {
  const found = body
    .toString('utf8')
    .matchAll(/^ray_vllm_generation_tokens_total\{[^\n]*WorkerId="(\w+)"[^\n]*\} (\S+)$/gm);
  return new Map([...found].map(([, worker = '', count]) => [worker, Number(count)]));
}

describe('rate windows of recordings: no false zero', () => {
  for (const name of rayRecordings) {
    for (const trigger of ['api', 'timer'] as const) {
      it(`never has a rate of 0 in ${name} (${trigger}) while a fresh gauge says that requests run`, async () => {
        let seen = 0;
        for (const { step, snapshot } of await replayRecording(name, { trigger })) {
          for (const { name: engine, measures } of snapshot.engines) {
            const running = measures['num_requests_running'];
            if (!running || running.value === 0 || step.at - running.to >= 20_000 || !measures[rate]) continue;
            seen += 1;
            assert.ok(measures[rate].value > 0, `${step.name} ${engine}`);
          }
        }
        assert.ok(seen > 3, `${seen} such engines`);
      });
    }
  }

  /** Steps before the next report, in which SkyRL logs 0 for busy engines. */
  const between = [
    ['ray-2.57-speculation', '05'],
    ['ray-2.56', '03'],
    ['ray-2.51', '03'],
  ] as const;

  for (const [name, step] of between) {
    it(`keeps the rate window before in ${name} ${step}, in which nothing moved and SkyRL logs 0`, async () => {
      const replayed = await replayRecording(name);
      const index = replayed.findIndex(({ step: { name: each } }) => each.startsWith(step));
      const [before, now] = [replayed[index - 1]?.snapshot, replayed[index]?.snapshot];
      assert.equal(replayed[index]?.step.skyrlValues['vllm/generation_throughput_tok_s'], 0);
      assert.ok(now && before);
      assert.deepEqual(now.measures[rate], before.measures[rate]);
      assert.equal(now.measures[rate]?.to, before.at);
      assert.deepEqual(findingIds(now), []);
    });
  }
});

describe('rate windows of recordings: no doubled rate', () => {
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
      it(`has no rate in ${name} (${trigger}) above ${factor} times that of the whole recording`, async () => {
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
            if (start === undefined || !measures[rate]) continue;
            const longRun = ((tokens(last).get(id) ?? NaN) - start) / seconds;
            assert.ok(
              measures[rate].value < factor * longRun,
              `${step.name} ${engine}: ${measures[rate].value}, in the long run ${longRun}`,
            );
          }
        }
      });
    }
  }

  /** 08 to 09 is 4 s and holds a whole report. */
  it('does not double the rate in ray-2.57 09 as SkyRL does', async () => {
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
    for (const { id, measures } of living) assert.equal(measures[rate]?.value, moved(id) / 10);
    const skyrl = now.step.skyrlValues['vllm/generation_throughput_tok_s'] ?? NaN;
    assert.ok(skyrl > 2 * (generation(now.snapshot) ?? NaN), `${skyrl}`);
  });
});
