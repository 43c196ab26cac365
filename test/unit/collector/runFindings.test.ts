/** Findings about the run itself. */
import assert from 'node:assert/strict';
import { manyTargetsFindings } from '../../../src/collector/runFindings';

describe('the findings about a run', () => {
  it('suggests Prometheus for 65 targets or more, if no source was selected', () => {
    assert.match(manyTargetsFindings(65, { offersSource: true })[0]?.advice ?? '', /Select Source/);
    assert.deepEqual(
      [
        manyTargetsFindings(64, { offersSource: true }),
        manyTargetsFindings(65, { offersSource: false }),
        manyTargetsFindings(65, { offersSource: true, source: {} }),
      ],
      [[], [], []],
    );
  });
});
