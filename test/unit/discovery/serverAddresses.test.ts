import assert from 'node:assert/strict';
import { listServerAddresses } from '../../../src/discovery/serverAddresses';

describe('listServerAddresses', () => {
  it('lists ports 8000 + 100 k on every node, as many as the config has, but at most 256 addresses', () => {
    assert.deepEqual(
      listServerAddresses(['10.0.0.1', 'fd00::1'], 2).map(({ base: at }) => at),
      ['http://10.0.0.1:8000', 'http://[fd00::1]:8000', 'http://10.0.0.1:8100', 'http://[fd00::1]:8100'],
    );
    assert.equal(
      listServerAddresses(
        Array.from({ length: 64 }, (_, node) => `10.0.1.${node}`),
        64,
      ).length,
      256,
    );
    assert.equal(listServerAddresses(['10.0.0.1'], 1e9).length, 256);
  });
});
