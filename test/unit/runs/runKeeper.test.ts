/** Keeping runs while a cluster is watched: when a run begins, its data, and its config as it was. */
import assert from 'node:assert/strict';
import { longRestMs } from '../../../src/runs/runSighting';
import { memoryRunStorage } from '../../../src/runs/runStorage';
import { config, nestedConfig } from '../config/support';
import { atSecond, seconds } from '../rollouts/madeRun';
import { openWindow, workingEngines } from './watchRuns';

const pair = workingEngines(['a', 'b'], 10, 3);
const during = seconds(0, 280, 5);
const job1 = { session: 'session_1', job: '01000000', engines: pair };

describe('A run that is watched', () => {
  it('is kept with what is known of it, its rollouts, their means, and its measures', async () => {
    const window = openWindow();
    await window.scrape(during, { ...job1, startedAt: -30, config: await nestedConfig('max_num_seqs: 256') });
    const [run, ...others] = await window.keeper.listRuns();
    assert.ok(run);
    assert.deepEqual(others, []);
    const { id, ...known } = run;
    assert.match(id, /^2026-11-24T12-00-00-000Z-0$/);
    assert.deepEqual(known, {
      name: known.name,
      from: atSecond(0),
      to: atSecond(280),
      isOpen: true,
      origin: 'watched',
      session: 'session_1',
      job: '01000000',
      engines: 2,
      nodes: 1,
      gpus: 8,
      models: ['Qwen/Qwen3-8B'],
      releases: { skyrl: '0.4.1', ray: '2.57.0', vllm: '0.11.0' },
      config: 'config/train.yaml',
      rollouts: 3,
      steps: 0,
    });
    assert.match(known.name, /^config\/train\.yaml 2026-11-2\d \d\d:\d\d:\d\d$/);
    const data = await window.keeper.loadRun(id);
    assert.ok(data);
    assert.deepEqual(data.run, run);
    assert.equal(data.rollouts.length, 3);
    for (const rollout of data.rollouts) {
      assert.ok(Math.abs(rollout.seconds - 60) <= rollout.uncertainty && !rollout.cut);
      const running = data.means[rollout.id]?.['num_requests_running'] ?? NaN;
      assert.ok(running > 1.5 && running <= 2, `${running} of 2 engines work during a rollout`);
    }
    assert.deepEqual(
      data.series.map(({ measure, engine, at }) => [measure, engine?.id, at.length]),
      [undefined, 'a', 'b'].map((engine) => ['num_requests_running', engine, during.length]),
    );
    assert.deepEqual(
      data.config?.entries.find(({ key }) => key === 'generator.inference_engine.max_num_seqs'),
      { key: 'generator.inference_engine.max_num_seqs', value: '256', line: 4 },
    );
    assert.equal(await window.keeper.loadRun('none'), undefined);
  });

  it('has the name of its config, and keeps the config and the values it began with', async () => {
    const window = openWindow();
    const before = await config(
      'trainer:\n  run_name: grpo-<b>qwen</b>\ngenerator:\n  inference_engine:\n    max_num_seqs: 256\n',
    );
    const after = await config('trainer:\n  run_name: other\ngenerator:\n  inference_engine:\n    max_num_seqs: 512\n');
    await window.scrape([0, 5], { ...job1, config: before });
    await window.scrape([10, 15], { ...job1, config: after });
    const [run] = await window.keeper.listRuns();
    assert.equal(run?.name, 'grpo-<b>qwen</b>');
    const data = await window.keeper.loadRun(run.id);
    assert.equal(data?.config?.entries.find(({ key }) => key.endsWith('.max_num_seqs'))?.value, '256');
    assert.equal(data.config?.readAt, atSecond(0));
    // A new job begins with what is written now.
    await window.scrape([20, 25], { ...job1, engines: workingEngines(['c'], 20, 1), job: '02000000', config: after });
    assert.deepEqual(
      (await window.keeper.listRuns()).map(({ name, isOpen }) => [name, isOpen]),
      [
        ['other', true],
        ['grpo-<b>qwen</b>', undefined],
      ],
    );
  });

  it('has no config until one is seen, and says if it was edited after the engines started', async () => {
    const window = openWindow();
    await window.scrape([0], { ...job1, startedAt: -600 });
    const [first] = await window.keeper.listRuns();
    assert.match(first?.name ?? '', /^Run of 2026-/);
    assert.equal(first?.config, undefined);
    assert.equal((await window.keeper.loadRun(first?.id ?? ''))?.config, undefined);
    const late = { ...job1, startedAt: -600, config: await nestedConfig(), writtenAt: -300 };
    await window.scrape([5], late);
    const data = await window.keeper.loadRun(first?.id ?? '');
    assert.equal(data?.config?.editedAfterStart, true);
    assert.equal(data.run.config, 'config/train.yaml');
  });

  it('keeps no secret of its config', async () => {
    const storage = memoryRunStorage();
    const window = openWindow({ storage });
    const secret = 'hf_abcdefghijklmnopqrstuvwxyz';
    const text = `trainer:\n  run_name: ${secret}\n  logger_api_key: swordfish\ngenerator:\n  inference_engine:\n    backend: vllm\n    external_proxy_url: http://me:swordfish@host/\n`;
    await window.scrape([0], { ...job1, config: await config(text) });
    const [run] = await window.keeper.listRuns();
    const data = await window.keeper.loadRun(run?.id ?? '');
    assert.ok(data?.config?.entries.some(({ key }) => key === 'trainer.logger_api_key'));
    const everything = JSON.stringify(data) + (await window.keeper.export(run?.id ?? '')).toString();
    assert.doesNotMatch(everything, /swordfish|hf_abc/);
  });

  it('ends when its engines have, or when it is read no longer', async () => {
    const window = openWindow();
    const dying = pair.map((engine) => ({ ...engine, diesAt: 100 }));
    await window.scrape(seconds(0, 150, 5), { ...job1, engines: dying });
    const [ended] = await window.keeper.listRuns();
    assert.deepEqual([ended?.isOpen, ended?.to], [undefined, atSecond(95)]);
    const other = openWindow();
    await other.scrape([0], job1);
    assert.equal((await other.keeper.listRuns())[0]?.isOpen, true);
    await other.clock.advance(16 * 60_000);
    assert.equal((await other.keeper.listRuns())[0]?.isOpen, undefined);
  });

  it('has the last rollout as a whole if its engines end right after it, and is written then', async () => {
    const storage = memoryRunStorage();
    const window = openWindow({ storage });
    const engines = workingEngines(['a', 'b'], 10, 1).map((engine) => ({ ...engine, diesAt: 76 }));
    await window.scrape(seconds(0, 75, 5), { ...job1, engines });
    const [before] = await window.keeper.listRuns();
    const readCuts = async (): Promise<(boolean | undefined)[] | undefined> =>
      (await window.keeper.loadRun(before?.id ?? ''))?.rollouts.map(({ cut }) => cut);
    assert.deepEqual(await readCuts(), [true], 'it may go on');
    await window.scrape([80, 85], { ...job1, engines });
    assert.deepEqual(await readCuts(), [false]);
    const [run] = await openWindow({ storage, second: 90 }).keeper.listRuns();
    assert.deepEqual([run?.to, run?.rollouts], [atSecond(75), 1], 'without the window being closed');
  });

  it('goes on in the next window, with what was kept of it', async () => {
    const storage = memoryRunStorage();
    const first = openWindow({ storage });
    const settings = { ...job1, config: await nestedConfig('max_num_seqs: 256') };
    await first.scrape(seconds(0, 100, 5), settings);
    const [run] = await first.keeper.listRuns();
    await first.keeper.rename(run?.id ?? '', 'baseline');
    await first.keeper.close();
    const next = openWindow({ storage, second: 130 });
    await next.scrape(seconds(130, 280, 5), { ...settings, config: await nestedConfig('max_num_seqs: 512') });
    const runs = await next.keeper.listRuns();
    assert.deepEqual(
      runs.map(({ id, name, from, to }) => [id, name, from, to]),
      [[run?.id, 'baseline', atSecond(0), atSecond(280)]],
    );
    const data = await next.keeper.loadRun(run?.id ?? '');
    assert.equal(data?.rollouts.filter(({ cut }) => !cut).length, 2, 'the rollout in which it was reloaded is cut');
    const aggregate = data?.series.find(({ engine }) => !engine);
    assert.deepEqual([aggregate?.at[0], aggregate?.at.at(-1)], [atSecond(0), atSecond(280)]);
    assert.equal(data?.config?.entries.find(({ key }) => key.endsWith('.max_num_seqs'))?.value, '256');
  });

  it('is not kept again after a person deleted it, also in the next window', async () => {
    const storage = memoryRunStorage();
    const window = openWindow({ storage });
    await window.scrape([0, 5], job1);
    const [run] = await window.keeper.listRuns();
    await window.keeper.remove(run?.id ?? '');
    await window.scrape([10, 15], job1);
    assert.deepEqual(await window.keeper.listRuns(), []);
    const next = openWindow({ storage, second: 20 });
    await next.scrape([20], job1);
    assert.deepEqual(await next.keeper.listRuns(), []);
    await next.scrape([25], { ...job1, job: '02000000' });
    assert.equal((await next.keeper.listRuns()).length, 1, 'another job is another run');
    await next.scrape([30], job1);
    assert.equal((await next.keeper.listRuns()).length, 2, 'it is watched anew');
  });

  it('follows a clock that is set back', async () => {
    const window = openWindow();
    await window.scrape(seconds(0, 200, 5), job1);
    window.clock.set(-100_000);
    window.clock.follow();
    await window.scrape(seconds(105, 150, 5), job1);
    const [run] = await window.keeper.listRuns();
    const data = await window.keeper.loadRun(run?.id ?? '');
    assert.deepEqual([run?.from, run?.to], [atSecond(0), atSecond(150)]);
    assert.ok(data?.series.every(({ at }) => (at.at(-1) ?? 0) <= atSecond(150)));
    assert.ok(data?.rollouts.every(({ from }) => from <= atSecond(150)));
  });
});

describe('Another run', () => {
  /** The number of runs after scrapes of two things, in one window or in two. */
  async function countRuns(
    one: Parameters<ReturnType<typeof openWindow>['scrape']>[1],
    other: typeof one,
    at = 300,
    reload = false,
  ): Promise<number> {
    const storage = memoryRunStorage();
    const window = openWindow({ storage });
    await window.scrape([0, 20, 40], one);
    if (reload) await window.keeper.close();
    const next = reload ? openWindow({ storage, second: at }) : window;
    await next.scrape([at, at + 5], other);
    return (await next.keeper.listRuns()).length;
  }

  const servers = { engines: pair };
  const restarted = { ...servers, processStart: 290 };

  for (const reload of [false, true])
    describe(reload ? 'after a reload' : 'in one window', () => {
      it('is another Ray session', async () =>
        assert.equal(await countRuns(job1, { ...job1, session: 'session_2' }, 300, reload), 2));
      it('is another job of the session', async () =>
        assert.equal(await countRuns(job1, { ...job1, job: '02000000' }, 300, reload), 2));
      it('is not the same job with other engines', async () =>
        assert.equal(await countRuns(job1, { ...job1, engines: workingEngines(['c'], 300, 1) }, 300, reload), 1));
      it('is a start of all processes if no job is known', async () => {
        const before = { session: 'session_1', engines: pair };
        const after = { session: 'session_1', engines: workingEngines(['c', 'd'], 300, 1) };
        assert.equal(await countRuns(before, after, 300, reload), 2);
        assert.equal(await countRuns({ ...servers, processStart: -100 }, restarted, 300, reload), 2, 'servers');
        assert.equal(await countRuns(servers, restarted, 300, reload), 1, 'their start was not known');
      });
      it('is not the restart of one of them', async () => {
        const after = [...workingEngines(['c'], 300, 1), ...pair.slice(1)];
        assert.equal(await countRuns(servers, { engines: after }, 300, reload), 1);
      });
      it('is other work with another config after a long rest', async () => {
        const later = longRestMs / 1000 + 60;
        const one = { ...servers, config: await nestedConfig('max_num_seqs: 256') };
        const other = {
          engines: workingEngines(['a', 'b'], later - 10, 1),
          config: await nestedConfig('max_num_seqs: 512'),
        };
        assert.equal(await countRuns(one, other, later, reload), 2);
        assert.equal(await countRuns(one, { ...other, config: one.config }, later, reload), 1, 'the same config');
        assert.equal(await countRuns(one, { ...one, config: other.config }, later, reload), 1, 'no work');
        assert.equal(await countRuns(one, { ...other, engines: pair }, 120, reload), 1, 'a short rest');
        const ofJob = { session: 'session_1', job: '01000000' };
        assert.equal(await countRuns({ ...one, ...ofJob }, { ...other, ...ofJob }, later, reload), 1, 'one job');
      });
    });

  it('is found out late if the dashboard is silent first, and then has what is its own', async () => {
    const storage = memoryRunStorage();
    const window = openWindow({ storage });
    await window.scrape(seconds(0, 100, 5), { ...job1, engines: workingEngines(['a'], 10, 1) });
    await window.keeper.close();
    const next = openWindow({ storage, second: 300 });
    const engines = workingEngines(['c'], 310, 2);
    await next.scrape(seconds(300, 400, 5), { session: 'session_1', engines });
    assert.equal((await next.keeper.listRuns()).length, 1, 'not known yet');
    await next.scrape(seconds(405, 500, 5), { session: 'session_1', job: '02000000', engines });
    const [second, first] = await next.keeper.listRuns();
    assert.deepEqual([first?.to, first?.rollouts], [atSecond(300) - 1, 1]);
    assert.deepEqual([second?.from, second?.rollouts], [atSecond(300), 2]);
  });

  it('has nothing of the one that was chosen in between', async () => {
    const window = openWindow();
    const [a, c] = [workingEngines(['a'], 10, 4), workingEngines(['c'], 110, 1)];
    await window.scrape(seconds(0, 100, 5), { ...job1, engines: a, startedAt: -10 });
    await window.scrape(seconds(105, 180, 5), { ...job1, job: '02000000', engines: c, startedAt: -5 });
    await window.scrape(seconds(185, 400, 5), { ...job1, engines: a, startedAt: -10 });
    const [second, first] = await window.keeper.listRuns();
    assert.deepEqual([first?.from, first?.to, second?.from, second?.to], [0, 400, 105, 180].map(atSecond));
    const isIn = (from: number, to: number) => (time: number) => time >= atSecond(from) && time <= atSecond(to);
    const data = await window.keeper.loadRun(first?.id ?? '');
    const other = await window.keeper.loadRun(second?.id ?? '');
    assert.ok(data && other);
    assert.ok(data.series[0]?.at.every((time) => isIn(0, 100)(time) || isIn(185, 400)(time)));
    assert.ok(other.series[0]?.at.every(isIn(105, 180)));
    assert.ok(data.rollouts.every(({ from, to }) => !isIn(106, 184)(from) || !isIn(106, 184)(to)));
  });

  it('has nothing of the one before it, although both are in one history', async () => {
    const window = openWindow();
    await window.scrape(seconds(0, 100, 5), { ...job1, engines: workingEngines(['a'], 10, 1) });
    const after = { ...job1, job: '02000000', engines: workingEngines(['c'], 210, 1), startedAt: 190 };
    await window.scrape(seconds(200, 300, 5), after);
    const [second, first] = await window.keeper.listRuns();
    const [one, other] = [await window.keeper.loadRun(first?.id ?? ''), await window.keeper.loadRun(second?.id ?? '')];
    for (const data of [one, other]) {
      assert.equal(data?.rollouts.length, 1);
      const { from, to } = data.run;
      assert.ok(data.series.every(({ at }) => at.every((time) => time >= from && time <= to)));
    }
  });
});
