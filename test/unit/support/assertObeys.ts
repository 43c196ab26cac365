/** Asserts what every snapshot obeys. */
import { strict as assert } from 'node:assert';
import type { Snapshot } from '../../../src/api';
import { snapshotViolations } from '../../../src/collector/invariants';

/** Returns the snapshot. Throws, with all violations, if it does not obey. */
export function assertObeys(snapshot: Snapshot): Snapshot {
  assert.deepEqual([...snapshotViolations(snapshot)], []);
  return snapshot;
}
