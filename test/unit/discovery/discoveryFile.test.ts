import { strict as assert } from 'node:assert';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDiscoveryList, readDiscoveryFile } from '../../../src/discovery/discoveryFile';
import { createRayTmpDir, loadRecording, type RayTmpDir } from '../../demonstration/index';

describe('service-discovery file', () => {
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

  it('a link into the session’s folder: targets, session, fresh', async () => {
    const file = await read();
    assert.deepEqual([file?.isFresh, file?.session, file?.path], [true, 'session_2026-11-22_1', folder.discoveryFile]);
    assert.deepEqual(file?.targets, [{ url: 'http://192.0.2.2:40851/metrics', kind: 'ray', discoveredBy: 'file' }]);
  });

  it('its age is the file’s, not the link’s, which is as old as the session', async () => {
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
    it(`${seconds} s old: ${fresh ? 'fresh' : 'left behind by a cluster that is gone'}`, async () => {
      folder.setAge(0);
      assert.equal((await read(Date.now() + seconds * 1000))?.isFresh, fresh);
    });
  }

  for (const content of ['', '{', 'null', '{"targets": []}', '"x"']) {
    it(`content ${JSON.stringify(content)}: no file, no throw`, async () => {
      folder.write(content);
      assert.equal(await read(), undefined);
    });
  }

  it('a link that leads nowhere and no file at all: no file', async () => {
    rmSync(join(folder.path, 'session_2026-11-22_1'), { recursive: true });
    assert.equal(await read(), undefined);
    assert.equal(await readDiscoveryFile({ RAY_TMPDIR: join(folder.path, 'missing') }, Date.now()), undefined);
  });

  it('RAY_TMPDIR names the folder above `ray`, or Ray’s folder itself; the newer one wins', async () => {
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

  const shapes: readonly (readonly [string, unknown, number])[] = [
    ['groups are joined', [{ targets: ['a:1'] }, { labels: {}, targets: ['b:2', 'c:3'] }], 3],
    ['an empty list', [], 0],
    ['what is no group is left out', [null, 5, 'x', [], {}, { targets: null }, { targets: ['a:1'] }], 1],
    ['what is no address is left out', [{ targets: [1, null, {}, 'a:1', 'a'] }], 1],
  ];
  for (const [rule, list, count] of shapes)
    it(`list: ${rule}`, () => assert.equal(parseDiscoveryList(list, 'file').length, count));
  for (const list of [{}, null, 'x', 5])
    it(`list: ${JSON.stringify(list)} is none`, () => assert.throws(() => parseDiscoveryList(list, 'file'), TypeError));

  it('the list that ray-2.57’s dashboard gave names two nodes, and neither the autoscaler nor the dashboard', () => {
    const targets = parseDiscoveryList(loadRecording('ray-2.57').steps[0]?.json['prometheus-sd'], 'dashboard');
    assert.equal(targets.length, 2);
    for (const { url, kind } of targets) assert.deepEqual([/:(44217|44227)\//.test(url), kind], [false, 'ray']);
  });
});
