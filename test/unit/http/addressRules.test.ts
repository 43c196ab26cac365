import { strict as assert } from 'node:assert';
import { allowedUrl, isLinkLocal, isLoopback, withoutCredentials } from '../../../src/http/addressRules';
import { dashboardAddress } from '../../../src/discovery/dashboardAddress';
import { backendOf } from '../../../src/discovery/rayBackend';
import { rayTarget, serverTarget, withoutRepeats } from '../../../src/discovery/targets';

describe('dashboard address: setting, RAY_ADDRESS, this machine (metrics.md 1.7)', () => {
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
    ['   ', 'head:6379', { url: 'http://head:8265', configuredBy: 'RAY_ADDRESS' }],
  ];
  for (const [setting, address, expected] of cases) {
    it(`setting ${JSON.stringify(setting)}, RAY_ADDRESS ${JSON.stringify(address)}`, () =>
      assert.deepEqual(dashboardAddress(setting, { RAY_ADDRESS: address }), expected));
  }
});

describe('addresses that are not asked', () => {
  const refused: readonly (readonly [why: string, url: string])[] = [
    ['the metadata service', 'http://169.254.169.254/latest/meta-data'],
    ['any link-local address', 'http://169.254.0.1:8265'],
    ['in decimal', 'http://2852039166/'],
    ['in hexadecimal', 'http://0xa9fea9fe/'],
    ['in octal', 'http://0251.0376.0251.0376/'],
    ['with parts left out', 'http://169.254.43518/'],
    ['with a dot at the end', 'http://169.254.169.254./'],
    ['with wide digits', 'http://１６９.254.169.254/'],
    ['as IPv4-mapped IPv6', 'http://[::ffff:169.254.169.254]/'],
    ['as IPv4-mapped IPv6 in hexadecimal', 'http://[::ffff:a9fe:a9fe]/'],
    ['link-local IPv6', 'http://[fe80::1]/'],
    ['the end of link-local IPv6', 'http://[febf::1]/'],
    ['EC2’s metadata over IPv6', 'http://[fd00:ec2::254]/'],
    ['Alibaba Cloud’s metadata', 'http://100.100.100.200/'],
    ['a file', 'file:///etc/passwd'],
    ['another scheme', 'ftp://192.0.2.1/'],
    ['no URL', 'not a url'],
  ];
  for (const [why, url] of refused)
    it(`${why}: ${url}`, () => assert.throws(() => allowedUrl(url), { name: 'HttpError', kind: 'not-allowed' }));

  for (const url of [
    'http://127.0.0.1:8265',
    'http://10.0.0.5:1',
    'https://head.example/x',
    'http://[::1]:1',
    'http://[fec0::1]/',
    'http://169.253.0.1',
    'http://[::ffff:10.0.0.1]/',
  ]) {
    it(`${url} is asked`, () => assert.equal(allowedUrl(url).href, new URL(url).href));
  }

  it('a link-local address in user settings is meant, a file never', () => {
    assert.equal(allowedUrl('http://169.254.1.1/', true).hostname, '169.254.1.1');
    assert.throws(() => allowedUrl('file:///etc/passwd', true), { kind: 'not-allowed' });
  });

  it('a zone is no disguise', () =>
    assert.deepEqual(
      [isLinkLocal('fe80::1%eth0'), isLinkLocal('[fe80::1]'), isLinkLocal('example.org')],
      [true, true, false],
    ));
});

describe('this machine', () => {
  for (const [host, here] of [
    ['127.0.0.1', true],
    ['127.9.8.7', true],
    ['[::1]', true],
    ['localhost', true],
    ['LOCALHOST', true],
    ['x.localhost', true],
    ['localhost.example', false],
    ['128.0.0.1', false],
    ['[::2]', false],
    ['', false],
  ] as const) {
    it(`${host || '(empty)'}: ${here}`, () => assert.equal(isLoopback(host), here));
  }

  it('user names and passwords go, everything else stays', () => {
    const texts = ['http://a:b@h:1/x?y=@z', 'https://a@h', 'ray://u:p@h:1', 'http://h/a@b', 'h:1', 'x@h'];
    assert.deepEqual(texts.map(withoutCredentials), [
      'http://h:1/x?y=@z',
      'https://h',
      'ray://h:1',
      'http://h/a@b',
      'h:1',
      'x@h',
    ]);
  });
});

describe('targets', () => {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['192.0.2.2:40851', 'http://192.0.2.2:40851/metrics'],
    ['[2001:db8::1]:40851', 'http://[2001:db8::1]:40851/metrics'],
    ['192.0.2.2:44217', undefined],
    ['192.0.2.2:44227', undefined],
    ['192.0.2.2:0', undefined],
    ['192.0.2.2', undefined],
    ['192.0.2.2:99999', undefined],
    ['user:secret@192.0.2.2:1', undefined],
    ['192.0.2.2/x:1', undefined],
    ['file:///etc/passwd:1', undefined],
    [' :1', undefined],
    ['', undefined],
  ];
  for (const [address, url] of rows)
    it(`Ray address ${JSON.stringify(address)}: ${url ?? 'no target'}`, () =>
      assert.equal(rayTarget(address, 'file')?.url, url));

  const servers: readonly (readonly [string, string])[] = [
    ['host:8000', 'http://host:8000/metrics'],
    ['http://host:8000', 'http://host:8000/metrics'],
    ['https://host/', 'https://host/metrics'],
    ['http://host:8000/custom', 'http://host:8000/custom'],
    ['http://host:8081/metrics', 'http://host:8081/metrics'],
    ['http://user:secret@host:8000/', 'http://host:8000/metrics'],
    ['[::1]:8000', 'http://[::1]:8000/metrics'],
    ['127.0.0.1:8000', 'http://127.0.0.1:8000/metrics'],
  ];
  for (const [text, url] of servers)
    it(`server ${text}: ${url}`, () =>
      assert.deepEqual(serverTarget(text, 'vllm', 'config'), { url, kind: 'vllm', discoveredBy: 'config' }));

  it('each URL once, the first mention wins', () => {
    const targets = [
      serverTarget('a:1', 'vllm', 'config'),
      serverTarget('b:1', 'vllm', 'config'),
      serverTarget('http://a:1/metrics', 'dynamo', 'setting'),
    ];
    assert.deepEqual(withoutRepeats(targets), targets.slice(0, 2));
  });
});

describe('Ray versions and their metrics back-ends', () => {
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
    it(`${String(version)}: ${String(backend)}`, () => assert.equal(backendOf(version), backend));
});
