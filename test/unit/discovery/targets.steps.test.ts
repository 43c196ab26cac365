/** Discovery takes steps in proportion to what a cluster lists. */
import { strict as assert } from 'node:assert';
import { parseDiscoveryList } from '../../../src/discovery/discoveryFile';
import { listServerAddresses } from '../../../src/discovery/serverAddresses';
import { withoutRepeats } from '../../../src/discovery/targets';
import { runToEnd } from '../../../src/shared/timeSlice';
import { stepGrowth } from '../support/countSteps';

const addresses = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}:8080`);

const works: Readonly<Record<string, (hosts: readonly string[]) => number>> = {
  'targets of a list': (targets) => withoutRepeats(runToEnd(parseDiscoveryList([{ targets }], 'file'))).length,
  'lists of a target each': (hosts) =>
    withoutRepeats(
      runToEnd(
        parseDiscoveryList(
          hosts.map((host) => ({ targets: [host] })),
          'file',
        ),
      ),
    ).length,
  'nodes that may have servers': (nodes) => listServerAddresses(nodes, nodes.length).length,
};

describe('discovery', () => {
  for (const [what, work] of Object.entries(works))
    it(`takes steps in proportion to the ${what}`, () => {
      const growth = stepGrowth(1000, addresses, (hosts) => assert.ok(work(hosts) > 0));
      assert.ok(growth < 5, `four times the ${what} take ${growth} times the steps`);
    });
});
