import { strict as assert } from 'node:assert';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDiscoveryList, readDiscoveryFile } from '../../../src/discovery/discoveryFile';
import { runToEnd } from '../../../src/shared/timeSlice';
import { createRayTmpDir, loadRecording, type RayTmpDir } from '../../demonstration/index';

describe('the service-discovery file', () => {
  let folder: RayTmpDir;
  beforeEach(() => {
    folder = createRayTmpDir({
      session: 'session_2026-11-22_1',
      targets: () => ['192.0.2.2:40851', '192.0.2.2:44217'],
      rewrite: false,
    });
  });
  afterEach(() => folder.close());
  const read = (now = Date.now()): ReturnType<typeof readDiscoveryFile> =>
    readDiscoveryFile({ RAY_TMPDIR: folder.path }, now);

  it('has targets, session and age if it is a link into the session’s folder', async () => {
    const file = await read();
    assert.deepEqual([file?.isFresh, file?.session, file?.path], [true, 'session_2026-11-22_1', folder.discoveryFile]);
    assert.deepEqual(file?.targets, [{ url: 'http://192.0.2.2:40851/metrics', kind: 'ray', discoveredBy: 'file' }]);
  });

  it('is as old as the file, not as the link, which is as old as the session', async () => {
    folder.setAge(31);
    assert.equal((await read())?.isFresh, false);
    folder.write();
    assert.equal((await read())?.isFresh, true);
  });

  for (const [seconds, fresh] of [
    [0, true],
    [25, true],
    [31, false],
    [86_400, false],
  ] as const) {
    it(`is ${fresh ? 'fresh' : 'stale'} after ${seconds} s`, async () => {
      folder.setAge(0);
      assert.equal((await read(Date.now() + seconds * 1000))?.isFresh, fresh);
    });
  }

  for (const content of ['', '{', 'null', '{"targets": []}', '"x"']) {
    it(`counts as missing with the content ${JSON.stringify(content)}`, async () => {
      folder.write(content);
      assert.equal(await read(), undefined);
    });
  }

  it('is missing if the link is broken or there is no file', async () => {
    rmSync(join(folder.path, 'session_2026-11-22_1'), { recursive: true });
    assert.equal(await read(), undefined);
    assert.equal(await readDiscoveryFile({ RAY_TMPDIR: join(folder.path, 'missing') }, Date.now()), undefined);
  });

  it('is the newer one of those in RAY_TMPDIR and in its folder `ray`', async () => {
    const above = join(folder.path, 'ray', 'prom_metrics_service_discovery.json');
    mkdirSync(dirname(above));
    writeFileSync(above, '[{"targets": ["192.0.2.9:1"]}]');
    folder.setAge(10);
    const file = await read();
    assert.deepEqual(
      [file?.path, file?.targets[0]?.url, file?.session],
      [above, 'http://192.0.2.9:1/metrics', undefined],
    );
    folder.write();
    renameSync(above, `${above}.away`);
    assert.equal((await read())?.path, folder.discoveryFile);
  });
});

describe('parseDiscoveryList', () => {
  const shapes: readonly (readonly [string, unknown, number])[] = [
    ['joins the groups', [{ targets: ['a:1'] }, { labels: {}, targets: ['b:2', 'c:3'] }], 3],
    ['accepts an empty list', [], 0],
    ['leaves out what is not a group', [null, 5, 'x', [], {}, { targets: null }, { targets: ['a:1'] }], 1],
    ['leaves out what is not an address', [{ targets: [1, null, {}, 'a:1', 'a'] }], 1],
  ];
  for (const [rule, list, count] of shapes)
    it(rule, () => assert.equal(runToEnd(parseDiscoveryList(list, 'file')).length, count));
  for (const list of [{}, null, 'x', 5])
    it(`throws for ${JSON.stringify(list)}`, () =>
      assert.throws(() => runToEnd(parseDiscoveryList(list, 'file')), TypeError));

  it('finds the two nodes in the recorded list of Ray 2.57, and neither the autoscaler nor the dashboard', () => {
    const targets = runToEnd(
      parseDiscoveryList(loadRecording('ray-2.57').steps[0]?.json['prometheus-sd'], 'dashboard'),
    );
    assert.equal(targets.length, 2);
    for (const { url, kind } of targets) assert.deepEqual([/:(44217|44227)\//.test(url), kind], [false, 'ray']);
  });
});
