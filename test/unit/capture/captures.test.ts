import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Snapshot, TargetReport } from '../../../src/api';
import { HttpError, type GetOptions, type HttpGet } from '../../../src/http/httpGet';
import { parseCaptureIndex, pickFields } from '../../../src/capture/captureFiles';
import { createCaptureFolder, CaptureWriter, type CaptureResult } from '../../../src/capture/captureWriter';
import { openCaptureReplay } from '../../../src/capture/captureReplay';
import { tapResponses } from '../../../src/capture/responseTap';
import { Collector } from '../../../src/collector/collector';
import { fixturePath } from '../../demonstration/paths';
import { readRecordingFolder } from '../../demonstration/replay/recording';
import { manualClock } from '../support/clock';
import { replayRecording } from '../support/replay';
import { catalogIndex } from '../support/catalogIndex';

const options = (onChunk: GetOptions['onChunk']): GetOptions => ({
  signal: new AbortController().signal,
  timeoutMs: 1000,
  maxBytes: 1e9,
  ...(onChunk && { onChunk }),
});
const target = (url: string, state: TargetReport['state'] = 'ok'): TargetReport => ({
  url,
  kind: 'ray',
  state,
  bytes: 0,
  samples: 0,
  tookMs: 0,
});

describe('the tap', () => {
  it('hands every answer on as it is, and shows it to a listener', async () => {
    const get: HttpGet = async (_url, { onChunk }) => {
      const reused = Buffer.from('ab');
      onChunk?.(reused);
      reused.write('cd');
      onChunk?.(reused);
      return { at: 5, bytes: 4, mediaType: 'text/plain', framed: true };
    };
    const tap = tapResponses(get);
    let text = '';
    const ask = (): Promise<unknown> =>
      tap.get(
        'http://a/metrics',
        options((chunk) => {
          text += Buffer.from(chunk).toString();
        }),
      );
    await ask();
    const seen: string[] = [];
    tap.listener = ({ url, answer, body }) => seen.push(`${url} ${answer.at} ${body.toString()}`);
    await ask();
    tap.listener = undefined;
    await ask();
    assert.deepEqual([text, seen], ['abcdabcdabcd', ['http://a/metrics 5 abcd']]);
  });
});

describe('recording scrapes', () => {
  let folder: string;
  let ends: CaptureResult[];
  const begin = (bounds = { bytes: 1e9, scrapes: 1e9 }): CaptureWriter =>
    new CaptureWriter({ folder, bounds, onEnd: (result) => ends.push(result) });
  const scrape = async (
    recording: CaptureWriter,
    at: number,
    bodies: Record<string, string>,
    failed: string[] = [],
  ): Promise<void> => {
    for (const [url, body] of Object.entries(bodies))
      recording.addResponse({
        url,
        answer: { at, bytes: body.length, mediaType: '', framed: true },
        body: Buffer.from(body),
      });
    const targets = [
      ...Object.keys(bodies)
        .filter((url) => url.endsWith('/metrics'))
        .map((url) => target(url)),
      ...failed.map((url) => target(url, 'failed')),
    ];
    await recording.writeScrape({ trigger: 'timer', targets });
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'scrapes-'));
    ends = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps bodies byte for byte, with an index in the form of the recordings of the tests', async () => {
    const recording = begin();
    await scrape(recording, 1_000_000, {
      'http://a/metrics': 'one\n',
      'http://b/metrics': 'two\n',
      'http://d:8265/api/version': '{"ray_version":"2.57.0","ray_commit":"x"}',
    });
    await scrape(recording, 1_010_500, { 'http://b/metrics': 'three\n' }, ['http://a/metrics']);
    const result = await recording.stop();
    assert.deepEqual([result.scrapes, result.folder, ends], [2, folder, []]);
    assert.deepEqual(readdirSync(folder).sort(), [
      '0001-timer-node0.prom.gz',
      '0001-timer-node1.prom.gz',
      '0001-timer-version.json',
      '0002-timer-node1.prom.gz',
      'index.json',
    ]);
    assert.equal(gunzipSync(readFileSync(path.join(folder, '0002-timer-node1.prom.gz'))).toString(), 'three\n');
    assert.deepEqual(parseCaptureIndex(readFileSync(path.join(folder, 'index.json'), 'utf8'))[2], {
      file: '0002-timer-node1.prom.gz',
      at_unix_s: 1010.5,
      since_start_s: 10.5,
      node: 1,
      bytes: 6,
      event: '0002-timer',
      url: 'http://b/metrics',
      kind: 'ray',
    });
    const recorded = readRecordingFolder(folder);
    assert.deepEqual(
      recorded.map(({ name, at, bodies }) => [name, at, bodies.map(({ node }) => node)]),
      [
        ['0001-timer', 1_000_000, [0, 1]],
        ['0002-timer', 1_010_500, [1]],
      ],
    );
    assert.deepEqual(recorded[0]?.json.version, { ray_version: '2.57.0' });
  });

  it('keeps of the dashboard’s answers only what is read of them', async () => {
    const nodes = JSON.parse(readFileSync(fixturePath('ray-2.57', '06-idle-nodes-summary.json'), 'utf8')) as {
      data: { summary: object[] };
    };
    Object.assign(nodes.data.summary[0]!, { cmdline: ['--secret=x'], workers: [{ cmdline: ['secret'] }] });
    const recording = begin();
    await scrape(recording, 1000, {
      'http://a/metrics': 'x 1\n',
      'http://d:8265/nodes?view=summary': JSON.stringify(nodes),
    });
    const kept = readFileSync(path.join(folder, '0001-timer-nodes-summary.json'), 'utf8');
    assert.ok(!kept.includes('secret') && !kept.includes('cmdline'));
    const summary = (JSON.parse(kept) as { data: { summary: { loadAvg: unknown; raylet: Record<string, unknown> }[] } })
      .data.summary;
    assert.equal(summary.length, nodes.data.summary.length);
    assert.ok(Array.isArray(summary[0]?.loadAvg) && summary[0].raylet['state'] === 'ALIVE');
    assert.deepEqual(pickFields({ a: 1, b: { c: 2, d: 3 } }, { b: { c: true } }), { b: { c: 2 } });
    assert.deepEqual(pickFields('text', { b: true }), undefined);
  });

  it('does not keep what a server says of itself', async () => {
    const recording = begin();
    await scrape(recording, 1000, {
      'http://a/metrics': 'x 1\n',
      'http://a/server_info?config_format=json': '{"vllm_env":{}}',
    });
    await recording.stop();
    assert.deepEqual(readdirSync(folder).sort(), ['0001-timer-node0.prom.gz', 'index.json']);
  });

  it('ends, and says so, where it is full', async () => {
    const recording = begin({ bytes: 1e9, scrapes: 2 });
    for (const at of [1, 2, 3, 4]) await scrape(recording, at, { 'http://a/metrics': `x ${at}\n` });
    assert.equal(ends.length, 1);
    assert.match(ends[0]?.problem ?? '', /full: 2 scrapes/);
    assert.equal((await recording.stop()).scrapes, 2);
    assert.equal(parseCaptureIndex(readFileSync(path.join(folder, 'index.json'), 'utf8')).length, 2);
  });

  it('ends, and says so, where the disk is full, with what was written before', async function () {
    if (!existsSync('/dev/full')) this.skip();
    const recording = begin();
    await scrape(recording, 1, { 'http://a/metrics': 'x 1\n' });
    symlinkSync('/dev/full', path.join(folder, '0002-timer-node0.prom.gz'));
    await scrape(recording, 2, { 'http://a/metrics': 'x 2\n' });
    await scrape(recording, 3, { 'http://a/metrics': 'x 3\n' });
    assert.match(ends[0]?.problem ?? '', /ENOSPC/);
    assert.equal(ends.length, 1);
    assert.equal(readRecordingFolder(folder).length, 1);
  });

  it('takes a folder of its own where there is something already', async () => {
    assert.equal(await createCaptureFolder(path.join(folder, 'new'), 0), path.join(folder, 'new'));
    writeFileSync(path.join(folder, 'new', 'mine'), '');
    const inside = await createCaptureFolder(path.join(folder, 'new'), 0);
    assert.equal(inside, path.join(folder, 'new', 'skyrl-scrapes-1970-01-01T00-00-00-000Z'));
    assert.ok(existsSync(inside));
  });
});

describe('replaying scrapes', () => {
  const snapshotsOf = async (folder: string): Promise<Snapshot[]> => {
    const replay = await openCaptureReplay(folder, manualClock(5_000_000));
    const snapshots: Snapshot[] = [];
    const monitor = new Collector({
      catalogIndex,
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
      onSnapshot: (snapshot) => snapshots.push(snapshot),
      onChange: () => undefined,
    });
    do await monitor.scrape('api');
    while (replay.next());
    return snapshots;
  };

  it('gives the very numbers that the recording gave: ray-2.57', async () => {
    const live = await replayRecording('ray-2.57');
    const replayed = await snapshotsOf(fixturePath('ray-2.57'));
    assert.equal(replayed.length, live.length);
    replayed.forEach((snapshot, index) => {
      const wanted = live[index]!.snapshot;
      assert.equal(snapshot.at, wanted.at);
      assert.deepEqual(snapshot.values, wanted.values);
      // The replay's dashboard also says the nodes' load.
      assert.ok('node_load' in snapshot.measures);
      assert.deepEqual(
        Object.keys(snapshot.measures).filter((id) => id !== 'node_load'),
        Object.keys(wanted.measures),
      );
      // Where a step has no actors of its own, the replay has those of the step before it.
      if (live[index]!.step.json['logical-actors'])
        assert.deepEqual(
          snapshot.engines.map(({ state }) => state),
          wanted.engines.map(({ state }) => state),
          live[index]!.step.name,
        );
    });
  });

  it('reads a recording of a server, too', async () => {
    const snapshots = await snapshotsOf(fixturePath('vllm-0.32-native'));
    assert.equal(snapshots.length, 6);
    assert.ok(snapshots.every(({ engines }) => engines.length === 1));
    assert.ok((snapshots[3]?.values['vllm/generation_throughput_tok_s'] ?? 0) > 0);
  });

  it('has a clock that stands at the step and goes on to the next one’s time, at the speed that is asked for', async () => {
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

  it('fails for what is not there, as a target that does not answer', async () => {
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
      await replay.get('http://10.0.0.1:1/metrics', options(undefined));
      for (const _ of ['b', 'c']) {
        replay.next();
        await assert.rejects(replay.get('http://10.0.0.1:1/metrics', options(undefined)), HttpError);
      }
      await assert.rejects(replay.get('http://10.0.0.9/metrics', options(undefined)), HttpError);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  for (const [what, index] of [
    ['no JSON', '{'],
    ['no list', '{}'],
    ['empty', '[]'],
    ['a path outside', '[{"file":"../x.prom.gz","at_unix_s":1}]'],
    ['without time', '[{"file":"x.prom.gz"}]'],
    ['of numbers', '[1]'],
  ] as const) {
    it(`refuses an index that is ${what}`, async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'replay-'));
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'index.json'), index);
      await assert.rejects(openCaptureReplay(folder, manualClock()));
      rmSync(folder, { recursive: true, force: true });
    });
  }
});
