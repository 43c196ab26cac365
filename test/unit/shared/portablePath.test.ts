/** Paths in files for others name no folder of this machine. */
import assert from 'node:assert/strict';
import { portablePath } from '../../../src/shared/portablePath';

describe('portablePath', () => {
  it('leaves a path within the workspace', () => {
    for (const path of ['train.sh', 'jobs/train one.yaml', 'root (2)/a/b.yml', '.hidden/c.yaml', 'a:b/c.yaml'])
      assert.equal(portablePath(path), path);
  });

  it('has only the name of a file outside of it, on any system', () => {
    for (const path of [
      '/home/someone/customer/train.sh',
      'C:\\Users\\someone\\train.sh',
      'd:/jobs/train.sh',
      '\\\\server\\share\\train.sh',
      '~/jobs/train.sh',
      '/train.sh',
    ])
      assert.equal(portablePath(path), 'train.sh');
  });
});
