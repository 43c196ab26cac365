/** Required by mocha: what tests start by this library ends with them, also when the run is ended from outside. */
import { endAll, endOnSignals } from './cleanup.mjs';

endOnSignals();

export const mochaHooks = { afterAll: () => endAll() };
