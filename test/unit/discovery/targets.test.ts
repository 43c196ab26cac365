import { strict as assert } from 'node:assert';
import { rayTarget, serverTarget, withoutRepeats } from '../../../src/discovery/targets';

describe('rayTarget', () => {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['192.0.2.2:40851', 'http://192.0.2.2:40851/metrics'],
    ['[2001:db8::1]:40851', 'http://[2001:db8::1]:40851/metrics'],
    ['[fd00::7]:8080', 'http://[fd00::7]:8080/metrics'],
    ['fd00::7:8080', undefined],
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
    it(`makes ${url ?? 'no target'} of ${JSON.stringify(address)}`, () =>
      assert.equal(rayTarget(address, 'file')?.url, url));
});

describe('serverTarget', () => {
  const servers: readonly (readonly [string, string])[] = [
    ['host:8000', 'http://host:8000/metrics'],
    ['http://host:8000', 'http://host:8000/metrics'],
    ['https://host/', 'https://host/metrics'],
    ['http://host:8000/custom', 'http://host:8000/custom'],
    ['http://host:8081/metrics', 'http://host:8081/metrics'],
    ['http://user:secret@host:8000/', 'http://host:8000/metrics'],
    ['[::1]:8000', 'http://[::1]:8000/metrics'],
    ['http://[fd00::7]:8080/metrics', 'http://[fd00::7]:8080/metrics'],
    ['fd00::7', 'http://[fd00::7]/metrics'],
    ['127.0.0.1:8000', 'http://127.0.0.1:8000/metrics'],
    ['http://host:8000/v1', 'http://host:8000/metrics'],
    ['host:8000/v1/', 'http://host:8000/metrics'],
    ['https://host/llm/v1/chat/completions', 'https://host/llm/metrics'],
    ['https://host/v1beta', 'https://host/v1beta'],
    [' http://host:8000/metrics#top ', 'http://host:8000/metrics'],
  ];
  for (const [text, url] of servers)
    it(`makes ${url} of ${text}`, () =>
      assert.deepEqual(serverTarget(text, 'vllm', 'config'), { url, kind: 'vllm', discoveredBy: 'config' }));
});

describe('withoutRepeats', () => {
  it('keeps the first target of each URL', () => {
    const targets = [
      serverTarget('a:1', 'vllm', 'config'),
      serverTarget('b:1', 'vllm', 'config'),
      serverTarget('http://a:1/metrics', 'dynamo', 'setting'),
    ];
    assert.deepEqual(withoutRepeats(targets), targets.slice(0, 2));
  });

  it('looks at each target once', () => {
    let looks = 0;
    const targets = Array.from({ length: 20_000 }, (_, index) => ({
      get url() {
        looks += 1;
        return `http://10.0.0.1:${index}/metrics`;
      },
      kind: 'ray' as const,
      discoveredBy: 'dashboard' as const,
    }));
    assert.equal(withoutRepeats([...targets, ...targets]).length, 20_000);
    assert.ok(looks <= 3 * 40_000, String(looks));
  });
});
