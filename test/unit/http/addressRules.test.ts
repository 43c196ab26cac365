import { strict as assert } from 'node:assert';
import { allowedUrl, isLinkLocal, isLoopback, isMetadataService, mayConnect } from '../../../src/http/addressRules';
import { metadataAddresses } from '../../../src/http/metadataAddresses';

describe('allowedUrl', () => {
  const refusedUrls: readonly (readonly [what: string, url: string])[] = [
    ['the metadata service', 'http://169.254.169.254/latest/meta-data'],
    ['every link-local address', 'http://169.254.0.1:8265'],
    ['an address in decimal', 'http://2852039166/'],
    ['an address in hexadecimal', 'http://0xa9fea9fe/'],
    ['an address in octal', 'http://0251.0376.0251.0376/'],
    ['an address with parts left out', 'http://169.254.43518/'],
    ['an address with a dot at the end', 'http://169.254.169.254./'],
    ['an address with full-width digits', 'http://１６９.254.169.254/'],
    ['an IPv4-mapped IPv6 address', 'http://[::ffff:169.254.169.254]/'],
    ['an IPv4-mapped IPv6 address in hexadecimal', 'http://[::ffff:a9fe:a9fe]/'],
    ['link-local IPv6', 'http://[fe80::1]/'],
    ['the end of the link-local IPv6 range', 'http://[febf::1]/'],
    ['EC2’s metadata service over IPv6', 'http://[fd00:ec2::254]/'],
    ['Alibaba Cloud’s metadata service', 'http://100.100.100.200/'],
    ['NAT64', 'http://[64:ff9b::a9fe:a9fe]/'],
    ['NAT64 by the local prefix', 'http://[64:ff9b:1::a9fe:a9fe]/'],
    ['NAT64 by the local prefix of 48 bits', 'http://[64:ff9b:1:a9fe:a9:fe00::]/'],
    ['NAT64 by the local prefix of 56 bits', 'http://[64:ff9b:1:ffa9:fe:a9fe::]/'],
    ['NAT64 by the local prefix of 64 bits', 'http://[64:ff9b:1:ffff:a9:fea9:fe00:0]/'],
    ['the metadata service of Oracle Cloud’s first generation', 'http://192.0.0.192/'],
    ['6to4', 'http://[2002:a9fe:a9fe::]/'],
    ['Teredo’s client', 'http://[2001:0:c000:201::5601:5601]/'],
    ['Teredo’s server', 'http://[2001:0:a9fe:a9fe::1]/'],
    ['an IPv4-compatible address', 'http://[::169.254.169.254]/'],
    ['a translated address', 'http://[::ffff:0:a9fe:a9fe]/'],
    ['ISATAP', 'http://[2001:db8::5efe:a9fe:a9fe]/'],
    ['Google Cloud’s metadata service over IPv6', 'http://[fd20:ce::254]/'],
    ['Oracle Cloud’s metadata service over IPv6', 'http://[fd00:c1::a9fe:a9fe]/'],
    ['Azure’s platform service', 'http://168.63.129.16/'],
    ['Azure’s platform service by NAT64', 'http://[64:ff9b::a83f:8110]/'],
    ['a file', 'file:///etc/passwd'],
    ['another scheme', 'ftp://192.0.2.1/'],
    ['a text that is not a URL', 'not a url'],
  ];
  for (const [what, url] of refusedUrls)
    it(`refuses ${what}: ${url}`, () =>
      assert.throws(() => allowedUrl(url), { name: 'HttpError', kind: 'not-allowed' }));

  for (const url of [
    'http://127.0.0.1:8265',
    'http://10.0.0.5:1',
    'https://head.example/x',
    'http://[::1]:1',
    'http://[fec0::1]/',
    'http://169.253.0.1',
    'http://[::ffff:10.0.0.1]/',
    'http://[64:ff9b::a00:1]/',
    'http://[2002:a00:1::1]/',
    'http://[fd00::7]:8080/metrics',
    'http://[fd20:ce::255]/',
  ]) {
    it(`allows ${url}`, () => assert.equal(allowedUrl(url).href, new URL(url).href));
  }

  it('allows a link-local address that a person typed, but no file', () => {
    assert.equal(allowedUrl('http://169.254.1.1/', true).hostname, '169.254.1.1');
    assert.throws(() => allowedUrl('file:///etc/passwd', true), { kind: 'not-allowed' });
  });
});

describe('isLinkLocal', () => {
  it('ignores brackets and a zone, and is false for a name', () =>
    assert.deepEqual(
      [isLinkLocal('fe80::1%eth0'), isLinkLocal('[fe80::1]'), isLinkLocal('example.org')],
      [true, true, false],
    ));
});

describe('mayConnect', () => {
  it('lets a name that a person typed lead to the local network, but to no metadata service', () => {
    const addresses = ['10.0.0.1', '169.254.7.7', 'fe80::7', '169.254.169.254', '64:ff9b::a9fe:a9fe', 'fd00:ec2::254'];
    assert.deepEqual(
      addresses.map((address) => [mayConnect(address, false), mayConnect(address, true)]),
      [
        [true, true],
        [false, true],
        [false, true],
        [false, false],
        [false, false],
        [false, false],
      ],
    );
  });
});

describe('the list of metadata addresses', () => {
  it('has a source for each, and is wholly refused', () => {
    for (const { range, cloud, source } of metadataAddresses) {
      assert.ok(isMetadataService(range.split('/')[0] ?? ''), range);
      assert.match(source, /^https:\/\/\S+$/, cloud);
    }
  });
});

describe('isLoopback', () => {
  for (const [host, expected] of [
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
    it(`is ${expected} for ${host || 'an empty host'}`, () => assert.equal(isLoopback(host), expected));
  }
});
