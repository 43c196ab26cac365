/** The recording that ships with the extension: its form, and what it shows when it is played. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type { Snapshot } from '../../../src/api';
import { openBundle, packColumn, unpackColumn } from '../../../src/capture/captureBundle';
import { openReplay, type CaptureReplay } from '../../../src/capture/captureReplay';
import { playReplay } from '../../../src/capture/replayPlayer';
import { Collector } from '../../../src/collector/collector';
import { recordRun } from '../../demonstration/shipped/recordRun';
import { assertObeys } from '../support/assertObeys';
import { catalogIndex } from '../support/catalogIndex';
import { manualClock } from '../support/clock';

const file = path.join(process.cwd(), 'media/recorded-run.json.br');

describe('a column of a bundle', () => {
  for (const values of [
    ['1.0', '1.0', undefined, '8.0', '2.0'],
    [undefined, undefined, '0.0'],
    ['0.25', '0.25', '1e+21', 'NaN', undefined, 'NaN'],
    ['5', '5.0', '6.0'],
    ['', '', undefined],
    ['12345678901234567890.0', '1.0'],
  ])
    it(`keeps ${JSON.stringify(values)}`, () => assert.deepEqual(unpackColumn(packColumn(values)), values));
});

describe('the recorded run that ships', () => {
  let replay: CaptureReplay;
  const clock = manualClock(0);

  before(async () => {
    const { source, example } = await openBundle(readFileSync(file));
    replay = await openReplay(source, clock, { speed: 5, example });
  });

  it('is small enough to ship', () => assert.ok(readFileSync(file).length <= 60_000));

  it('is what the simulation gives now (npm run recording)', () =>
    assert.ok(brotliDecompressSync(readFileSync(file)).toString() === JSON.stringify(recordRun())));

  it('says how fast it is played', () =>
    assert.equal(replay.pace, 'its first 4.5 min at once, the rest 5 times as fast'));

  it('plays the beginning at once and shows engines, rollouts, a death and findings', async () => {
    const snapshots: Snapshot[] = [];
    const collector = new Collector({
      catalogIndex: () => catalogIndex,
      get: replay.get,
      clock: replay.clock,
      input: () => ({
        discovery: replay.discovery,
        requestsAllowed: true,
        expectedEngines: replay.example?.expectedEngines,
        timeoutMs: 5000,
        intervalMs: 10_000,
        ignoreHold: true,
      }),
      onSnapshot: (snapshot) => snapshots.push(assertObeys(snapshot)),
      onChange: () => undefined,
    });
    const errors: unknown[] = [];
    const waits: (number | undefined)[] = [];
    const scrape = async (): Promise<void> => {
      waits.push(replay.waitMs);
      await collector.tick();
    };
    const player = playReplay(replay, scrape, (error) => errors.push(error));
    const untilSnapshots = async (count: number): Promise<void> => {
      for (let turn = 0; turn < 2000 && snapshots.length < count; turn++) await clock.advance(50);
      assert.deepEqual([snapshots.length, errors], [count, []]);
    };
    await untilSnapshots(28);
    const waitsAtOnce = new Set(waits.splice(0, 27));
    for (let count = 29; count <= replay.stepCount; count++) {
      await clock.advance(2000);
      await untilSnapshots(count);
    }
    player.stop();
    assert.deepEqual([errors, [...waitsAtOnce], new Set(waits)], [[], [0], new Set([10_000, undefined])]);
    assert.equal(replay.stepIndex + 1, replay.stepCount);
    const [last] = snapshots.slice(-1);
    assert.ok(snapshots.every(({ targets }) => targets.length === 2 && targets.every(({ state }) => state === 'ok')));
    assert.equal(snapshots[27]?.engines.filter(({ state }) => state === 'active').length, 4);
    const findings = new Set(snapshots.slice(27).flatMap((snapshot) => snapshot.findings.map(({ id }) => id)));
    assert.ok(findings.has('engine-dead'), [...findings].join());
    assert.ok(snapshots.some(({ engines }) => engines.some(({ follows }) => follows !== undefined)));
    assert.ok((last?.at ?? 0) > (snapshots[0]?.at ?? 0));
    assert.equal(new Set(snapshots.flatMap(({ phase }) => phase?.name ?? [])).size, 6);
  }).timeout(60_000);
});
