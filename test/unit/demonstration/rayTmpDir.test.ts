/** The demonstration's copy of Ray's temporary folder. */
import { strict as assert } from 'node:assert';
import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createRayTmpDir, type RayTmpDir } from '../../demonstration/cluster/rayTmpDir';

describe('Ray’s temporary folder', () => {
  let folder: RayTmpDir;
  let targets = ['127.0.0.1:1'];
  beforeEach(() => {
    folder = createRayTmpDir({
      session: 'session_x',
      targets: () => targets,
      currentCluster: '127.0.0.1:6379',
      rewrite: false,
    });
  });
  afterEach(() => folder.close());

  it('links the service-discovery file to the one of the session', () => {
    assert.ok(lstatSync(folder.discoveryFile).isSymbolicLink());
    assert.equal(
      realpathSync(folder.discoveryFile),
      join(realpathSync(folder.path), 'session_x', 'prom_metrics_service_discovery.json'),
    );
    assert.deepEqual(JSON.parse(readFileSync(folder.discoveryFile, 'utf8')), [
      { labels: { job: 'ray' }, targets: ['127.0.0.1:1'] },
    ]);
    assert.equal(readFileSync(join(folder.path, 'ray_current_cluster'), 'utf8'), '127.0.0.1:6379');
  });

  it('writes the file with the present targets, or with any content', () => {
    targets = ['127.0.0.1:2'];
    folder.write();
    assert.match(readFileSync(folder.discoveryFile, 'utf8'), /127\.0\.0\.1:2/);
    folder.write('[{"labels":');
    assert.equal(readFileSync(folder.discoveryFile, 'utf8'), '[{"labels":');
  });

  it('sets the age of the file', () => {
    folder.setAge(90);
    assert.ok(Math.abs(Date.now() - statSync(folder.discoveryFile).mtimeMs - 90_000) < 2000);
  });
});
