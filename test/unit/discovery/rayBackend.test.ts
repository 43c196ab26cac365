import { strict as assert } from 'node:assert';
import { backendOf } from '../../../src/discovery/rayBackend';

describe('backendOf', () => {
  const rows: readonly (readonly [string | undefined, ReturnType<typeof backendOf>])[] = [
    ['2.9.3', 'opencensus'],
    ['2.51.1', 'opencensus'],
    ['2.52.0', 'one-reader'],
    ['2.56.0', 'one-reader'],
    ['2.57.0', 'open-telemetry'],
    ['3.0.0.dev0', 'open-telemetry'],
    ['nightly', undefined],
    ['', undefined],
    [undefined, undefined],
  ];
  for (const [version, backend] of rows)
    it(`is ${String(backend)} for Ray ${JSON.stringify(version)}`, () => assert.equal(backendOf(version), backend));
});
