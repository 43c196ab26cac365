import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Snapshot } from '../../../src/api';
import { openCaptureReplay } from '../../../src/capture/captureReplay';
import { Collector } from '../../../src/collector/collector';
import { HttpError, type GetOptions } from '../../../src/http/httpGet';
import { fixturePath } from '../../demonstration/paths';
import { assertObeys } from '../support/assertObeys';
import { catalogIndex } from '../support/catalogIndex';
import { manualClock } from '../support/clock';
import { replayRecording } from '../support/replay';

const options: GetOptions = { signal: new AbortController().signal, timeoutMs: 1000, maxBytes: 1e9 };

describe('openCaptureReplay', () => {
  const snapshotsOf = async (folder: string): Promise<Snapshot[]> => {
    const replay = await openCaptureReplay(folder, manualClock(5_000_000));
    const snapshots: Snapshot[] = [];
    const collector = new Collector({
      catalogIndex: () => catalogIndex,
      get: replay.get,
      clock: {
        ...replay.clock,
        after: (_ms, call) => {
          setImmediate(call);
          return () => undefined;
        },
      },
      input: () => ({
        discovery: replay.discovery,
        requestsAllowed: true,
        expectedEngines: undefined,
        timeoutMs: 1000,
        intervalMs: 10_000,
        ignoreHold: true,
      }),
      onSnapshot: (snapshot) => snapshots.push(assertObeys(snapshot)),
      onChange: () => undefined,
    });
    do await collector.scrape('api');
    while (replay.next());
    return snapshots;
  };

  it('gives the same numbers as the live run (ray-2.57)', async () => {
    const live = await replayRecording('ray-2.57');
    const replayed = await snapshotsOf(fixturePath('ray-2.57'));
    assert.equal(replayed.length, live.length);
    replayed.forEach((snapshot, index) => {
      const expected = live[index]!.snapshot;
      assert.equal(snapshot.at, expected.at);
      assert.deepEqual(snapshot.values, expected.values);
      // The replay's dashboard also reports the nodes' load.
      assert.ok('node_load' in snapshot.measures);
      assert.deepEqual(
        Object.keys(snapshot.measures).filter((id) => id !== 'node_load'),
        Object.keys(expected.measures),
      );
      // If a step has no actors, the replay has those of the step before it.
      if (live[index]!.step.json['logical-actors'])
        assert.deepEqual(
          snapshot.engines.map(({ state }) => state),
          expected.engines.map(({ state }) => state),
          live[index]!.step.name,
        );
    });
  });

  it('replays a recording of a server, too', async () => {
    const snapshots = await snapshotsOf(fixturePath('vllm-0.32-native'));
    assert.equal(snapshots.length, 6);
    assert.ok(snapshots.every(({ engines }) => engines.length === 1));
    assert.ok((snapshots[3]?.values['vllm/generation_throughput_tok_s'] ?? 0) > 0);
  });

  it('has a clock that runs from a step’s time to the next one’s at the given speed', async () => {
    const clock = manualClock();
    const replay = await openCaptureReplay(fixturePath('ray-2.57'), clock, 2);
    const first = replay.clock.now();
    const lasts = replay.stepDurationMs!;
    await clock.advance(1000);
    assert.equal(replay.clock.now(), first + 2000);
    await clock.advance(60_000);
    assert.equal(replay.clock.now(), first + lasts);
    assert.ok(replay.next());
    assert.equal(replay.clock.now(), first + lasts);
    while (replay.next());
    assert.deepEqual([replay.stepIndex, replay.stepCount, replay.stepDurationMs], [11, 12, undefined]);
    await clock.advance(60_000);
    const end = replay.clock.now();
    await clock.advance(60_000);
    assert.equal(replay.clock.now(), end);
  });

  it('rejects for missing and damaged bodies like a target that does not answer', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'replay-'));
    try {
      writeFileSync(path.join(folder, 'a-node0.prom.gz'), gzipSync('x 1\n'));
      writeFileSync(path.join(folder, 'b-node0.prom.gz'), 'no gzip');
      const index = ['a-node0', 'b-node0', 'c-node0'].map((name, at) => ({
        file: `${name}.prom.gz`,
        at_unix_s: at,
        node: 0,
        url: 'http://10.0.0.1:1/metrics',
      }));
      writeFileSync(path.join(folder, 'index.json'), JSON.stringify(index));
      const replay = await openCaptureReplay(folder, manualClock());
      await replay.get('http://10.0.0.1:1/metrics', options);
      for (const _ of ['b', 'c']) {
        replay.next();
        await assert.rejects(replay.get('http://10.0.0.1:1/metrics', options), HttpError);
      }
      await assert.rejects(replay.get('http://10.0.0.9/metrics', options), HttpError);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('reads neither links nor pipes in the folder', async function () {
    if (process.platform === 'win32') return this.skip();
    const parent = mkdtempSync(path.join(tmpdir(), 'replay-'));
    const folder = path.join(parent, 'recording');
    try {
      mkdirSync(folder);
      writeFileSync(path.join(parent, 'secret'), gzipSync('secret 1\n'));
      symlinkSync(path.join(parent, 'secret'), path.join(folder, 'a-node0.prom.gz'));
      execFileSync('mkfifo', [path.join(folder, 'b-node0.prom.gz')]);
      const index = ['a', 'b'].map((name, at) => ({
        file: `${name}-node0.prom.gz`,
        at_unix_s: at,
        node: 0,
        url: 'http://10.0.0.1:1/metrics',
      }));
      writeFileSync(path.join(folder, 'index.json'), JSON.stringify(index));
      const replay = await openCaptureReplay(folder, manualClock());
      await assert.rejects(replay.get('http://10.0.0.1:1/metrics', options), { kind: 'other' });
      replay.next();
      await assert.rejects(replay.get('http://10.0.0.1:1/metrics', options), /is not a file/);
      const linked = path.join(parent, 'linked');
      mkdirSync(linked);
      symlinkSync(path.join(folder, 'index.json'), path.join(linked, 'index.json'));
      await assert.rejects(openCaptureReplay(linked, manualClock()));
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
  });

  for (const [what, index] of [
    ['is not JSON', '{'],
    ['is not a list', '{}'],
    ['is empty', '[]'],
    ['names a file outside of the folder', '[{"file":"../x.prom.gz","at_unix_s":1}]'],
    ['has no time', '[{"file":"x.prom.gz"}]'],
    ['has numbers', '[1]'],
  ] as const) {
    it(`rejects an index that ${what}`, async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'replay-'));
      writeFileSync(path.join(folder, 'index.json'), index);
      await assert.rejects(openCaptureReplay(folder, manualClock()));
      rmSync(folder, { recursive: true, force: true });
    });
  }
});
