/** Findings about the run itself. */
import assert from 'node:assert/strict';
import { clusterFindings, manyTargetsFindings } from '../../../src/collector/runFindings';

describe('the findings about a run', () => {
  it('say how many targets are left out, whatever the source by default', () => {
    const [finding, ...more] = manyTargetsFindings(4000, { omittedTargets: 16_000 });
    assert.deepEqual([finding?.id, finding?.severity, more], ['targets-left-out', 'warning', []]);
    assert.match(finding?.message ?? '', /^Only 4000 of 20000 targets/);
    assert.deepEqual(manyTargetsFindings(4000, { omittedTargets: 1, source: {} }), []);
  });

  it('name both clusters and the way on', () => {
    const conflict = {
      isGuess: true,
      dashboardUrl: 'http://127.0.0.1:8265',
      filePath: '/tmp/ray/x.json',
      dashboardSession: 'session_a',
      fileSession: 'session_b',
    };
    const [guess] = clusterFindings({ ...conflict, shown: 'dashboard' });
    assert.equal(guess?.severity, 'warning');
    assert.match(guess?.message ?? '', /Shown is that of the dashboard .*session_a; left out .*x\.json, session_b/);
    assert.match(guess?.advice ?? '', /skyrl\.ray\.dashboardUrl/);
    const [named] = clusterFindings({ ...conflict, shown: 'file', isGuess: false });
    assert.equal(named?.severity, 'info');
    assert.match(named?.message ?? '', /Shown is that of the file .*session_b; left out .*session_a/);
    assert.deepEqual(clusterFindings(undefined), []);
  });

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
