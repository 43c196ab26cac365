import assert from 'node:assert/strict';
import { hostOf, toUrlHost, withoutBrackets } from '../../../src/http/hostNames';

describe('hostOf', () => {
  for (const [url, host] of [
    ['http://head:8265/metrics', 'head'],
    ['http://user:secret@192.0.2.7/', '192.0.2.7'],
    ['http://[2001:db8::1]:8000/metrics', '2001:db8::1'],
    ['head', undefined],
    ['', undefined],
  ] as const)
    it(`is ${host} for ${JSON.stringify(url)}`, () => assert.equal(hostOf(url), host));
});

describe('toUrlHost and withoutBrackets', () => {
  it('add and remove the brackets of an IPv6 address and leave other hosts as they are', () => {
    assert.deepEqual(['fd00::1', '[fd00::1]', '10.0.0.1', 'head'].map(toUrlHost), [
      '[fd00::1]',
      '[fd00::1]',
      '10.0.0.1',
      'head',
    ]);
    assert.deepEqual(['fd00::1', '[fd00::1]', '10.0.0.1', 'head'].map(withoutBrackets), [
      'fd00::1',
      'fd00::1',
      '10.0.0.1',
      'head',
    ]);
  });
});
