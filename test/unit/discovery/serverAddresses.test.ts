import assert from 'node:assert/strict';
import { firstServerPorts, listServerAddresses } from '../../../src/discovery/serverAddresses';

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

  const basesOf = (...given: Parameters<typeof listServerAddresses>): string[] =>
    listServerAddresses(...given).map(({ base }) => base);

  it('begins at the ports that are named, and one port higher if that is asked for', () => {
    assert.deepEqual(basesOf(['a'], 2, { firstPorts: [9000, 8500] }), [
      'http://a:9000',
      'http://a:8500',
      'http://a:9100',
      'http://a:8600',
    ]);
    assert.deepEqual(basesOf(['a'], 2, { shift: 1 }), ['http://a:8001', 'http://a:8101']);
    assert.deepEqual(basesOf(['a'], 3, { firstPorts: [65_400] }), ['http://a:65400', 'http://a:65500']);
  });

  it('asks no side channel of NIXL and Mooncake, unless servers begin there', () => {
    const ports = basesOf(['a'], 256).map((base) => Number(new URL(base).port));
    assert.deepEqual(
      ports.filter((port) => port >= 20_000 && port < 30_000),
      [],
    );
    assert.ok(ports.includes(19_900));
    assert.deepEqual(basesOf(['a'], 1, { firstPorts: [20_500] }), ['http://a:20500']);
  });

  it('makes no more addresses than it returns, however many nodes and servers there are', () => {
    let reads = 0;
    const nodes = new Proxy(
      Array.from({ length: 100_000 }, (_, index) => `node${index}`),
      {
        get: (list, key, receiver) => {
          reads += 1;
          return Reflect.get(list, key, receiver) as unknown;
        },
      },
    );
    assert.equal(listServerAddresses(nodes, 1e9).length, 256);
    assert.ok(reads < 2_000, String(reads));
    assert.deepEqual(listServerAddresses([], 1e9), []);
  });
});

describe('firstServerPorts', () => {
  const hints = [{ name: 'SKYRL_VLLM_START_PORT' as const, value: '8500', file: 'run.sh', line: 2 }];
  const rows: [Record<string, string>, typeof hints, number[]][] = [
    [{}, [], [8000]],
    [{ SKYRL_VLLM_START_PORT: '9000' }, [], [9000]],
    [{}, hints, [8500]],
    [{ SKYRL_VLLM_START_PORT: '9000' }, hints, [9000, 8500]],
    [{ SKYRL_VLLM_START_PORT: '8500' }, hints, [8500]],
    [{ SKYRL_VLLM_START_PORT: 'x' }, [], [8000]],
    [{ SKYRL_VLLM_START_PORT: '0' }, [], [8000]],
  ];
  for (const [environment, given, ports] of rows)
    it(`are ${ports.join(', ')} by ${JSON.stringify(environment)} and ${given.length} hints`, () =>
      assert.deepEqual(firstServerPorts(environment, given), ports));
});
