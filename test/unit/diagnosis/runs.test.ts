/** Situations of real runs in which an engine looks broken and is not, and their counterparts in which it is. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import type { Finding, ServerFacts, Snapshot } from '../../../src/api';
import { fixturePath } from '../../demonstration/paths';
import { actor, at, newScene, rayEngine, type ScrapeOptions } from '../metrics/scene';

const read = (path: string): string => readFileSync(fixturePath('runs', path), 'utf8');
const agent = 'http://10.20.0.7:1/metrics';

/** `severity id` of each finding. */
const summary = ({ findings }: { findings: readonly Finding[] }): string[] =>
  findings.map(({ id, severity }) => `${severity} ${id}`);
/** The distinct summaries of all snapshots. */
const allOf = (snapshots: readonly Snapshot[]): string[] => [...new Set(snapshots.flatMap(summary))];
const everyTen = (from: number, to: number): number[] =>
  Array.from({ length: (to - from) / 10 + 1 }, (_, index) => from + 10 * index);
/** A body in which every sample of a family has another value. */
const withValue = (body: string, family: string, value: (worker: string) => number): string =>
  body.replace(new RegExp(`^(ray_vllm_${family}\\{WorkerId="(\\w+)".*\\}) .*$`, 'gm'), (_, series, worker) =>
    [series, value(String(worker))].join(' '),
  );

describe('an engine that keeps its requests and stands still', () => {
  const [first, later] = ['paused-engine/agent-t0.prom', 'paused-engine/agent-t10-and-later.prom'].map(read);
  const phase = 'ray_skyrl_training_phase{WorkerId="tt",NodeAddress="10.20.0.7",phase="sync_weights"} 1\n';

  function scrapeAll(options: ScrapeOptions, extra = '', last = 70): Snapshot[] {
    const scene = newScene();
    const scrape = (second: number): Snapshot =>
      scene.scrape(
        second,
        { [agent]: `${second === 0 ? first : later}${extra}` },
        { actors: [actor('aa11', 'ALIVE', { node: '10.20.0.7' })], ...options },
      );
    return everyTen(0, last).map(scrape);
  }

  for (const [what, facts, state] of [
    ['paused', { paused: true }, 'paused'],
    ['asleep', { sleeping: true }, 'asleep'],
  ] as const)
    it(`is no finding while it is ${what}`, () => {
      const snapshots = scrapeAll({ serverFactsByWorker: { aa11: facts } });
      assert.deepEqual(allOf(snapshots), []);
      assert.equal(snapshots.at(-1)?.engines[0]?.state, state);
    });

  it('is no finding during a weight sync, but an error once that takes longer than ten minutes', () => {
    assert.deepEqual(allOf(scrapeAll({}, phase)), []);
    const long = scrapeAll({}, phase, 700);
    assert.deepEqual(allOf(long.slice(0, 60)), []);
    assert.deepEqual(summary(long.at(-1) ?? assert.fail()), ['error not-moving']);
    assert.match(long.at(-1)?.findings[0]?.message ?? '', /during a weight sync/);
  });

  it('is an error if its server or a phase shows that it is not paused, else a warning', () => {
    const last = (facts: ServerFacts, extra?: string): Snapshot =>
      scrapeAll({ serverFactsByWorker: { aa11: facts } }, extra).at(-1) ?? assert.fail();
    const running = phase.replace('sync_weights', 'run_training');
    for (const snapshot of [last({ paused: false }), last({}, running), last({}, running.replace(/1$/m, '0'))])
      assert.deepEqual(summary(snapshot), ['error not-moving']);
    assert.deepEqual([last({}), last({ sleeping: false })].map(summary), [
      ['warning not-moving'],
      ['warning not-moving'],
    ]);
  });

  it('is no finding right after it was resumed: the pause is no standstill', () => {
    const scene = newScene();
    const scrape = (second: number, isPaused: boolean): Snapshot =>
      scene.scrape(
        second,
        { [agent]: (second === 0 ? first : later) ?? '' },
        { serverFactsByWorker: { aa11: { paused: isPaused } } },
      );
    everyTen(0, 60).forEach((second) => scrape(second, true));
    assert.deepEqual(summary(scrape(70, false)), []);
    assert.deepEqual(summary(scrape(80, false)), ['error not-moving']);
    assert.match(scrape(90, false).findings[0]?.message ?? '', /has not moved for 30 s/);
  });

  it('has no output speed of 0 on a server that is paused, known or not', () => {
    const native = (tokens: number): string =>
      `vllm:num_requests_running{engine="0"} 24\nvllm:generation_tokens_total{engine="0"} ${tokens}\n`;
    for (const paused of [true, false]) {
      const scene = newScene('vllm');
      const snapshots = everyTen(0, 50).map((second) =>
        scene.scrape(
          second,
          { [agent]: native(second === 0 ? 50_000 : 62_000) },
          { serverFactsByUrl: { [agent]: { paused } } },
        ),
      );
      assert.deepEqual(allOf(snapshots), [], `paused: ${paused}`);
    }
  });
});

describe('an engine on a server that stands still', () => {
  it('is a warning after a minute', () => {
    const scene = newScene('vllm');
    const scrape = (second: number): Snapshot =>
      scene.scrape(second, {
        [agent]: `vllm:num_requests_running{engine="0"} 4\nvllm:generation_tokens_total{engine="0"} ${1000 * Math.min(second, 20)}\n`,
      });
    const snapshots = everyTen(0, 80).map(scrape);
    assert.deepEqual(allOf(snapshots.slice(0, -1)), []);
    assert.deepEqual(summary(snapshots.at(-1) ?? assert.fail()), ['warning not-moving']);
  });
});

describe('an agent that reports seldom or late', () => {
  const body = read('slow-report-interval/agent.prom');
  const counted = (tokens: (worker: string) => number): string => withValue(body, 'generation_tokens_total', tokens);

  it('is no finding if Ray’s workers report every 30 s', () => {
    const scene = newScene();
    const snapshots = everyTen(0, 300).map((second) =>
      scene.scrape(second, { [agent]: counted(() => 3000 * Math.floor(second / 30)) }),
    );
    // 12.5 tok/s for each of the requests is slow, and true.
    assert.deepEqual(
      allOf(snapshots).filter((each) => each !== 'info low-output-speed'),
      [],
    );
  });

  it('is no finding with a single engine either, whose next standstill is found', () => {
    const scene = newScene();
    const single = (tokens: number): string =>
      counted(() => tokens)
        .split('\n')
        .filter((line) => !line.includes('dd44'))
        .join('\n');
    const scrape = (second: number, tokens: number): Snapshot => scene.scrape(second, { [agent]: single(tokens) });
    assert.deepEqual(allOf(everyTen(0, 120).map((second) => scrape(second, 9000 * Math.floor(second / 30)))), []);
    const stuck = everyTen(130, 180).map((second) => scrape(second, 36_000));
    assert.deepEqual(stuck.map(summary), [[], [], [], [], [], ['warning not-moving']]);
  });

  it('is one warning about the node if both engines stop in the same scrape, and ends with them', () => {
    const scene = newScene();
    const tokens = (second: number) => (worker: string) =>
      (worker === 'cc33' ? 900 : 880) * (second >= 20 && second < 140 ? 10 : second);
    const snapshots = everyTen(0, 150).map((second) => scene.scrape(second, { [agent]: counted(tokens(second)) }));
    assert.deepEqual(allOf(snapshots), ['warning late-agent']);
    const [finding] = snapshots[13]?.findings ?? [];
    assert.match(finding?.message ?? '', /Node 10\.20\.0\.7 has reported nothing new for 2 min/);
    assert.deepEqual([finding?.engine, snapshots.slice(14).flatMap(summary)], [undefined, []]);
  });

  it('is a warning about the engine if another one of the node goes on', () => {
    const scene = newScene();
    const tokens = (second: number) => (worker: string) =>
      worker === 'cc33' ? 900 * second : 880 * Math.min(second, 20);
    const snapshots = everyTen(0, 60).map((second) => scene.scrape(second, { [agent]: counted(tokens(second)) }));
    assert.deepEqual(allOf(snapshots), ['warning not-moving']);
    assert.deepEqual(
      snapshots.at(-1)?.findings.map(({ engine }) => engine),
      ['dd44'],
    );
  });
});

describe('an agent that fails', () => {
  const body = read('agent-answers-500/agent.prom');
  const other = 'http://10.20.0.8:1/metrics';

  it('says nothing about load from old readings', () => {
    const scene = newScene();
    const actors = [actor('ee55', 'ALIVE', { node: '10.20.0.7' })];
    const snapshots = everyTen(0, 50).map((second) => {
      const answer =
        second >= 20 && second <= 40 ? undefined : withValue(body, 'generation_tokens_total', () => 100 * second);
      return scene.scrape(second, { [agent]: answer }, { actors });
    });
    assert.deepEqual(allOf(snapshots), []);
  });

  it('makes no tail of the engines of other nodes: what it runs is unknown', () => {
    const scene = newScene();
    const actors = [actor('ee55', 'ALIVE', { node: '10.20.0.7' }), actor('ff66', 'ALIVE', { node: '10.20.0.8' })];
    const ofOther = (running: number, second: number): string =>
      withValue(
        withValue(
          body.replaceAll('ee55', 'ff66').replaceAll('10.20.0.7', '10.20.0.8'),
          'num_requests_running',
          () => running,
        ),
        'generation_tokens_total',
        () => 100 * second,
      );
    const snapshots = everyTen(0, 60).map((second) =>
      scene.scrape(
        second,
        {
          [agent]: second >= 20 ? undefined : withValue(body, 'generation_tokens_total', () => 100 * second),
          [other]: ofOther(second >= 20 ? 3 : 8, second),
        },
        { actors },
      ),
    );
    assert.deepEqual(allOf(snapshots), []);
  });

  it('keeps no finding about a cache that nobody reads any more', () => {
    const scene = newScene();
    const full = body + body.replaceAll('num_requests_running', 'kv_cache_usage_perc').replace(/ 8$/m, ' 0.97');
    assert.deepEqual(summary(scene.scrape(0, { [agent]: full })), ['warning kv-pressure']);
    assert.deepEqual(summary(scene.scrape(10, { [agent]: undefined })), []);
  });
});

describe('an agent that restarts', () => {
  const [before, after] = ['agent-restarts/before.prom', 'agent-restarts/after.prom'].map(read);
  const actors = ['aa11', 'bb22'].map((id) =>
    actor(id, 'ALIVE', { node: '10.20.0.7', pid: 7, startedAt: 1_700_000_000_000 }),
  );

  for (const [what, options] of [
    ['whose actors are known', { actors }],
    ['whose actors are not known', {}],
  ] as const)
    it(`is one finding about the node ${what}, and no restart of its engines`, () => {
      const scene = newScene();
      assert.deepEqual(summary(scene.scrape(0, { [agent]: before }, options)), []);
      const snapshot = scene.scrape(10, { [agent]: after }, options);
      assert.deepEqual(summary(snapshot), ['info agent-restarted']);
      assert.match(snapshot.findings[0]?.message ?? '', /agent on 10\.20\.0\.7 restarted.*; its engines did not/);
      assert.deepEqual(
        snapshot.engines.map(({ follows }) => follows),
        [undefined, undefined],
      );
    });

  it('stays that as long as one of its engines has not reported again', () => {
    const scene = newScene();
    scene.scrape(0, { [agent]: before });
    scene.scrape(10, { [agent]: after });
    const one = withValue(after ?? '', 'generation_tokens_total', (worker) => (worker === 'aa11' ? 2000 : 990));
    assert.deepEqual(summary(scene.scrape(20, { [agent]: one })), ['info agent-restarted']);
    const both = withValue(after ?? '', 'generation_tokens_total', () => 3000);
    assert.deepEqual(summary(scene.scrape(30, { [agent]: both })), []);
  });

  it('is one finding if its engines are shown again one after the other, and none of them restarted', () => {
    const engine = (worker: string, tokens: number): string =>
      rayEngine(worker, { generation_tokens_total: tokens, num_requests_running: 1 });
    const known = ['w1', 'w2', 'w3'].map((id) => actor(id, 'ALIVE', { startedAt: at(-3600) }));
    const scene = newScene();
    const scrape = (second: number, ...bodies: string[]): string[] =>
      summary(scene.scrape(second, { [agent]: bodies.join('') }, { actors: known }));
    scrape(0, engine('w1', 50_000), engine('w2', 60_000), engine('w3', 200));
    scrape(10, engine('w1', 51_000), engine('w2', 61_000), engine('w3', 400));
    assert.deepEqual(scrape(20, '# nothing yet\n'), []);
    assert.deepEqual(scrape(30, engine('w1', 900)), ['info agent-restarted']);
    assert.deepEqual(scrape(40, engine('w1', 1900), engine('w2', 2000)), ['info agent-restarted']);
    assert.deepEqual(scrape(50, engine('w1', 2900), engine('w2', 3000), engine('w3', 900)), []);
  });

  it('says nothing of an engine that it does not show: that is not idle', () => {
    const engine = (worker: string, second: number): string =>
      rayEngine(worker, { generation_tokens_total: 1000 * second, num_requests_running: 8 });
    const other = 'http://10.20.0.9:1/metrics';
    const known = ['w1', 'w2'].map((id) => actor(id, 'ALIVE', { startedAt: at(-3600) }));
    const scene = newScene();
    for (const second of everyTen(0, 100)) {
      const shown = second < 30 || second > 80;
      const bodies = { [agent]: engine('w1', second), [other]: shown ? engine('w2', second) : '# no engine yet\n' };
      assert.deepEqual(summary(scene.scrape(second, bodies, { actors: known })), [], `${second} s`);
    }
  });

  it('that never answered may show the engines that are not known', () => {
    const engine = (second: number): string => rayEngine('w1', { generation_tokens_total: 100 * second });
    const scene = newScene();
    const other = 'http://10.20.0.9:1/metrics';
    const scrape = (second: number, answers: boolean): Finding[] =>
      scene.scrape(
        second,
        { [agent]: engine(second), [other]: answers ? '# no engine\n' : undefined },
        { expectedEngines: 2 },
      ).findings;
    scrape(0, false);
    const [unknown] = scrape(100, false);
    assert.deepEqual([unknown?.id, unknown?.severity], ['fewer-engines', 'info']);
    assert.match(unknown?.message ?? '', /^1 of 2 engines .* known; 1 target does not answer/);
    assert.equal(scrape(110, true)[0]?.severity, 'warning');
  });

  it('is told from a rank that starts anew in a worker whose other rank goes on', () => {
    const scene = newScene();
    const rank = (label: string, tokens: number): string =>
      rayEngine('w1', { generation_tokens_total: tokens, num_requests_running: 1 }, { engine: label });
    const known = { actors: [actor('w1', 'ALIVE', { startedAt: at(-3600) })] };
    scene.scrape(0, { [agent]: rank('0', 5000) + rank('1', 6000) }, known);
    const one = scene.scrape(10, { [agent]: rank('0', 6000) + rank('1', 40) }, known);
    assert.deepEqual(summary(one), ['info engine-reset']);
    const both = scene.scrape(20, { [agent]: rank('0', 30) + rank('1', 20) }, known);
    assert.deepEqual(summary(both), ['info agent-restarted']);
  });

  it('is told from an engine whose counters fall alone', () => {
    const scene = newScene();
    scene.scrape(0, { [agent]: before });
    const one = withValue(before ?? '', 'generation_tokens_total', (worker) => (worker === 'aa11' ? 100 : 52_000));
    const [finding] = scene.scrape(10, { [agent]: one }).findings;
    assert.deepEqual([finding?.id, finding?.engine], ['engine-reset', 'aa11']);
  });
});

describe('a server that shows no engine', () => {
  const server = 'http://10.20.0.9:8000/metrics';
  const processOnly = read('answer-without-engines/process-only.prom');
  const emptyBody =
    read('answer-without-engines/empty.http')
      .split(/\r?\n\r?\n/)[1]
      ?.replace(/^0\s*$/m, '') ?? '';

  for (const [what, body, message, advice] of [
    ['answers with nothing', emptyBody, /answers, but with nothing at all/, /PROMETHEUS_MULTIPROC_DIR/],
    ['answers with comments only', '# HELP x x\n', /answers, but with nothing at all/, /PROMETHEUS_MULTIPROC_DIR/],
    ['shows its process', processOnly, /shows its process, but no engine/, /--disable-log-stats/],
  ] as const)
    it(`is told why if it ${what}`, () => {
      const [finding] = newScene('vllm').scrape(0, { [server]: body }).findings;
      assert.equal(finding?.id, 'server-without-engine');
      assert.match(finding?.message ?? '', message);
      assert.match(finding?.advice ?? '', advice);
    });
});
