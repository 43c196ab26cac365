/** Required by mocha: what tests start by this library ends with them, also when the run is ended from outside; the name of the present test is kept in a file. */
import { writeFileSync } from 'node:fs';
import { endAll, endOnSignals } from './cleanup.mjs';
import { currentLine } from './mochaEnd.mjs';

endOnSignals();

const currentFile = process.env['SKYRL_TEST_CURRENT'];

export const mochaHooks = {
  /** @this {import('mocha').Context} */
  beforeEach() {
    // A process that is killed cannot say where it was.
    if (currentFile)
      writeFileSync(currentFile, currentLine(this.currentTest?.fullTitle() ?? '', process.memoryUsage.rss()));
  },
  afterAll: () => endAll(),
};
