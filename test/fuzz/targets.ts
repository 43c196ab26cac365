/** All fuzz targets, in the order in which they run. */
import { dashboardTarget, messageTarget, prometheusTarget } from './answerTargets';
import { configTarget } from './configTarget';
import { anyTarget, type AnyFuzzTarget } from './fuzzTarget';
import { historyTarget, importTarget } from './importTarget';
import { promqlTarget } from './promqlTarget';
import { readerTarget } from './readerTarget';
import { runTarget } from './runTarget';
import { snapshotTarget } from './snapshotTarget';

export const fuzzTargets: readonly AnyFuzzTarget[] = [
  anyTarget(readerTarget),
  anyTarget(snapshotTarget),
  anyTarget(configTarget),
  anyTarget(promqlTarget),
  anyTarget(prometheusTarget),
  anyTarget(dashboardTarget),
  anyTarget(importTarget),
  anyTarget(historyTarget),
  anyTarget(runTarget),
  anyTarget(messageTarget),
];
