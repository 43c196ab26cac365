import assert from 'node:assert/strict';
import { isLocalHost } from '../../../src/generation/isLocalHost';

describe('isLocalHost', () => {
  const at = (url: string, node: string): Parameters<typeof isLocalHost>[0] => ({
    targets: [{ url, kind: 'ray', state: 'ok', bytes: 0, samples: 0, tookMs: 0 }],
    engines: [{ id: 'e', name: 'e', node, state: 'active', measures: {} }],
  });
  it('compares the addresses of targets and nodes with this host’s', () => {
    assert.ok(isLocalHost(at('http://127.0.0.1:1/metrics', '192.0.2.2'), []));
    assert.ok(isLocalHost(at('http://[::1]:1/metrics', ''), []));
    assert.ok(isLocalHost(at('http://10.0.0.5:1/metrics', ''), ['10.0.0.5']));
    assert.ok(isLocalHost(at('http://head:1/metrics', '10.0.0.5'), ['10.0.0.5']));
    assert.ok(!isLocalHost(at('http://10.0.0.6:1/metrics', '10.0.0.6'), ['10.0.0.5']));
    assert.ok(
      !isLocalHost(
        { ...at('http://127.0.0.1:9090', '10.0.0.6'), source: { kind: 'prometheus', url: 'http://127.0.0.1:9090' } },
        ['10.0.0.5'],
      ),
    );
    assert.ok(!isLocalHost({ targets: [], engines: [] }, ['10.0.0.5']));
  });
});
