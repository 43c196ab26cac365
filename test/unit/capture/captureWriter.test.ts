import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { TargetReport } from '../../../src/api';
import { parseCaptureIndex } from '../../../src/capture/captureFiles';
import { CaptureWriter, createCaptureFolder, type CaptureResult } from '../../../src/capture/captureWriter';
import { fixturePath } from '../../demonstration/paths';
import { readRecordingFolder } from '../../demonstration/replay/recording';

const target = (url: string, state: TargetReport['state'] = 'ok'): TargetReport => ({
  url,
  kind: 'ray',
  state,
  bytes: 0,
  samples: 0,
  tookMs: 0,
});

describe('CaptureWriter', () => {
  let folder: string;
  let ends: CaptureResult[];
  const createWriter = (bounds = { bytes: 1e9, scrapes: 1e9 }): CaptureWriter =>
    new CaptureWriter({ folder, bounds, onEnd: (result) => ends.push(result) });
  const scrape = async (
    writer: CaptureWriter,
    at: number,
    bodies: Record<string, string>,
    failed: string[] = [],
  ): Promise<void> => {
    for (const [url, body] of Object.entries(bodies))
      writer.addResponse({
        url,
        response: { at, bytes: body.length, mediaType: '', framed: true },
        body: Buffer.from(body),
      });
    const targets = [
      ...Object.keys(bodies)
        .filter((url) => url.endsWith('/metrics'))
        .map((url) => target(url)),
      ...failed.map((url) => target(url, 'failed')),
    ];
    await writer.writeScrape({ trigger: 'timer', targets });
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'scrapes-'));
    ends = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes bodies byte for byte, with an index as in the recordings of the tests', async () => {
    const writer = createWriter();
    await scrape(writer, 1_000_000, {
      'http://a/metrics': 'one\n',
      'http://b/metrics': 'two\n',
      'http://d:8265/api/version': '{"ray_version":"2.57.0","ray_commit":"x"}',
    });
    await scrape(writer, 1_010_500, { 'http://b/metrics': 'three\n' }, ['http://a/metrics']);
    const result = await writer.stop();
    assert.deepEqual([result.scrapes, result.folder, ends], [2, folder, []]);
    assert.deepEqual(readdirSync(folder).sort(), [
      '0001-timer-node0.prom.gz',
      '0001-timer-node1.prom.gz',
      '0001-timer-version.json',
      '0002-timer-node1.prom.gz',
      'index.json',
    ]);
    assert.equal(gunzipSync(readFileSync(path.join(folder, '0002-timer-node1.prom.gz'))).toString(), 'three\n');
    assert.deepEqual((await parseCaptureIndex(readFileSync(path.join(folder, 'index.json'))))[2], {
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

  it('writes only the fields of the dashboard’s answers that are read', async () => {
    const nodes = JSON.parse(readFileSync(fixturePath('ray-2.57', '06-idle-nodes-summary.json'), 'utf8')) as {
      data: { summary: object[] };
    };
    Object.assign(nodes.data.summary[0]!, { cmdline: ['--secret=x'], workers: [{ cmdline: ['secret'] }] });
    const writer = createWriter();
    await scrape(writer, 1000, {
      'http://a/metrics': 'x 1\n',
      'http://d:8265/nodes?view=summary': JSON.stringify(nodes),
    });
    const kept = readFileSync(path.join(folder, '0001-timer-nodes-summary.json'), 'utf8');
    assert.ok(!kept.includes('secret') && !kept.includes('cmdline'));
    const summary = (JSON.parse(kept) as { data: { summary: { loadAvg: unknown; raylet: Record<string, unknown> }[] } })
      .data.summary;
    assert.equal(summary.length, nodes.data.summary.length);
    assert.ok(Array.isArray(summary[0]?.loadAvg) && summary[0].raylet['state'] === 'ALIVE');
  });

  it('does not write what a server reports about itself', async () => {
    const writer = createWriter();
    await scrape(writer, 1000, {
      'http://a/metrics': 'x 1\n',
      'http://a/server_info?config_format=json': '{"vllm_env":{}}',
    });
    await writer.stop();
    assert.deepEqual(readdirSync(folder).sort(), ['0001-timer-node0.prom.gz', 'index.json']);
  });

  it('ends with a message when it is full', async () => {
    const writer = createWriter({ bytes: 1e9, scrapes: 2 });
    for (const at of [1, 2, 3, 4]) await scrape(writer, at, { 'http://a/metrics': `x ${at}\n` });
    assert.equal(ends.length, 1);
    assert.match(ends[0]?.problem ?? '', /full: 2 scrapes/);
    assert.equal((await writer.stop()).scrapes, 2);
    assert.equal((await parseCaptureIndex(readFileSync(path.join(folder, 'index.json')))).length, 2);
  });

  it('ends with a message when the disk is full, and keeps what was written before', async function () {
    if (!existsSync('/dev/full')) this.skip();
    const writer = createWriter();
    await scrape(writer, 1, { 'http://a/metrics': 'x 1\n' });
    symlinkSync('/dev/full', path.join(folder, '0002-timer-node0.prom.gz'));
    await scrape(writer, 2, { 'http://a/metrics': 'x 2\n' });
    await scrape(writer, 3, { 'http://a/metrics': 'x 3\n' });
    assert.match(ends[0]?.problem ?? '', /ENOSPC/);
    assert.equal(ends.length, 1);
    assert.equal(readRecordingFolder(folder).length, 1);
  });
});

describe('createCaptureFolder', () => {
  it('uses an empty folder, and a new one inside a folder that is not empty', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'scrapes-'));
    assert.equal(await createCaptureFolder(path.join(folder, 'new'), 0), path.join(folder, 'new'));
    writeFileSync(path.join(folder, 'new', 'mine'), '');
    const inside = await createCaptureFolder(path.join(folder, 'new'), 0);
    assert.equal(inside, path.join(folder, 'new', 'skyrl-scrapes-1970-01-01T00-00-00-000Z'));
    assert.ok(existsSync(inside));
    rmSync(folder, { recursive: true, force: true });
  });
});
