import { strict as assert } from 'node:assert';
import { dashboardAddress } from '../../../src/discovery/dashboardAddress';

describe('dashboardAddress', () => {
  const local = { url: 'http://127.0.0.1:8265', configuredBy: 'default' };
  const cases: readonly (readonly [
    setting: string,
    address: string | undefined,
    expected: { url: string; configuredBy: string },
  ])[] = [
    ['', undefined, local],
    ['', '', local],
    ['', 'auto', local],
    ['', 'local', local],
    ['', '   ', local],
    ['', 'http://head:8265', { url: 'http://head:8265', configuredBy: 'RAY_ADDRESS' }],
    ['', 'HTTPS://head/ray/', { url: 'HTTPS://head/ray', configuredBy: 'RAY_ADDRESS' }],
    ['', 'head:6379', { url: 'http://head:8265', configuredBy: 'RAY_ADDRESS' }],
    ['', '192.0.2.7:6379', { url: 'http://192.0.2.7:8265', configuredBy: 'RAY_ADDRESS' }],
    ['', 'ray://head:10001', { url: 'http://head:8265', configuredBy: 'RAY_ADDRESS' }],
    ['', 'ray://[2001:db8::1]:10001', { url: 'http://[2001:db8::1]:8265', configuredBy: 'RAY_ADDRESS' }],
    ['', 'head', { url: 'http://head:8265', configuredBy: 'RAY_ADDRESS' }],
    ['http://other:1/', 'http://head:8265', { url: 'http://other:1', configuredBy: 'setting' }],
    ['other:1', 'auto', { url: 'http://other:1', configuredBy: 'setting' }],
    ['  other:1 ', undefined, { url: 'http://other:1', configuredBy: 'setting' }],
    ['http://user:secret@other:1', undefined, { url: 'http://other:1', configuredBy: 'setting' }],
    ['', 'http://user:secret@head:8265', { url: 'http://head:8265', configuredBy: 'RAY_ADDRESS' }],
    ['http://other:1/#/overview', undefined, { url: 'http://other:1', configuredBy: 'setting' }],
    ['other:1/#/jobs/01000000', undefined, { url: 'http://other:1', configuredBy: 'setting' }],
    [
      'https://h/user/me/proxy/8265/?x=1#/cluster',
      undefined,
      { url: 'https://h/user/me/proxy/8265', configuredBy: 'setting' },
    ],
    [
      'https://k:6443/api/v1/namespaces/n/services/http:head:8265/proxy/#/jobs',
      undefined,
      { url: 'https://k:6443/api/v1/namespaces/n/services/http:head:8265/proxy', configuredBy: 'setting' },
    ],
    [
      'https://console/api/kubernetes/api/v1/namespaces/n/pods/head:8265/proxy/api/jobs/',
      undefined,
      { url: 'https://console/api/kubernetes/api/v1/namespaces/n/pods/head:8265/proxy', configuredBy: 'setting' },
    ],
    [
      'https://rancher/k8s/clusters/c-1/api/v1/namespaces/n/services/head:8265',
      undefined,
      { url: 'https://rancher/k8s/clusters/c-1/api/v1/namespaces/n/services/head:8265/proxy', configuredBy: 'setting' },
    ],
    ['http://other:1/api/', undefined, { url: 'http://other:1', configuredBy: 'setting' }],
    ['http://other:1/api/version', undefined, { url: 'http://other:1', configuredBy: 'setting' }],
    ['ray://other:10001', undefined, { url: 'http://other:8265', configuredBy: 'setting' }],
    ['', 'http://head:8265/#/overview', { url: 'http://head:8265', configuredBy: 'RAY_ADDRESS' }],
    ['   ', 'head:6379', { url: 'http://head:8265', configuredBy: 'RAY_ADDRESS' }],
  ];
  for (const [setting, address, expected] of cases) {
    it(`is ${expected.url} for setting ${JSON.stringify(setting)} and RAY_ADDRESS ${JSON.stringify(address)}`, () =>
      assert.deepEqual(dashboardAddress(setting, { RAY_ADDRESS: address }), expected));
  }
});
