/** Tests of what a script tells Ray and vLLM, by meaning. */
import { strict as assert } from 'node:assert';
import { describeHint, parseEnvironmentHints } from '../../../src/config/environmentHints';
import type { EnvironmentHint, HintName } from '../../../src/config/types';

const hint = (name: HintName, value: string | undefined, line = 0): EnvironmentHint => ({
  name,
  value,
  range: { startLine: line, startCharacter: 0, endLine: line, endCharacter: 1 },
});

const valuesOf = (hints: readonly EnvironmentHint[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(parseEnvironmentHints(hints)).map(([name, field]) => [name, field?.value]));

describe('config: hints of a script by meaning', () => {
  it('gives each hint its type', () => {
    assert.deepEqual(
      valuesOf([
        hint('RAY_TMPDIR', '/scratch/r'),
        hint('--temp-dir', '/tmp/r'),
        hint('RAY_ADDRESS', '10.0.0.1:6379'),
        hint('--dashboard-port', '8275'),
        hint('RAY_metrics_report_interval_ms', '0'),
        hint('RAY_enable_metrics_collection', 'false'),
        hint('SKYRL_VLLM_START_PORT', '9000'),
      ]),
      {
        temporaryFolder: '/scratch/r',
        rayFolder: '/tmp/r',
        rayAddress: '10.0.0.1:6379',
        dashboardPort: 8275,
        reportIntervalMs: 0,
        collectsMetrics: false,
        vllmStartPort: 9000,
      },
    );
  });

  it('leaves out what is not known or of no use', () => {
    const bad = [hint('RAY_TMPDIR', undefined), hint('RAY_ADDRESS', ' '), hint('--dashboard-port', '70000')];
    assert.deepEqual(valuesOf([...bad, hint('SKYRL_VLLM_START_PORT', '$PORT')]), {});
    assert.deepEqual(parseEnvironmentHints(undefined), {});
  });

  it('keeps the line for people', () => {
    const { dashboardPort } = parseEnvironmentHints([hint('--dashboard-port', '8275', 6)]);
    assert.equal(dashboardPort && describeHint(dashboardPort.hint), '--dashboard-port at line 7');
  });
});
