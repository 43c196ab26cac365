import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findToken, tokenFor, type TokenStore } from '../../../src/discovery/token';

describe('the dashboard’s token', () => {
  let home = '';
  const named = (): string => join(home, 'named');
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'skyrl-home-'));
    mkdirSync(join(home, '.ray'));
    writeFileSync(join(home, '.ray', 'auth_token'), ' of-home\n');
    writeFileSync(named(), 'of-file\n');
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const store = (given: Record<string, string> = {}, allowed: string[] = []): TokenStore => ({
    get: (origin) => Promise.resolve(given[origin]),
    isOriginAllowed: (origin) => allowed.includes(origin),
  });
  const local = { url: 'http://127.0.0.1:8265', typedByUser: false };
  const far = { url: 'http://192.0.2.7:8265', typedByUser: false };

  it('is found in Ray’s order, without surrounding blanks', async () => {
    const all = { HOME: home, RAY_AUTH_TOKEN: ' of-env ', RAY_AUTH_TOKEN_PATH: named() };
    assert.deepEqual(await findToken(all), { token: 'of-env', provider: 'RAY_AUTH_TOKEN' });
    assert.deepEqual(await findToken({ ...all, RAY_AUTH_TOKEN: ' ' }), {
      token: 'of-file',
      provider: 'RAY_AUTH_TOKEN_PATH',
    });
    assert.deepEqual(await findToken({ ...all, RAY_AUTH_TOKEN: '', RAY_AUTH_TOKEN_PATH: join(home, 'missing') }), {
      token: 'of-home',
      provider: '~/.ray/auth_token',
    });
    assert.deepEqual(await findToken({ USERPROFILE: home }), { token: 'of-home', provider: '~/.ray/auth_token' });
    rmSync(join(home, '.ray'), { recursive: true });
    assert.equal(await findToken({ HOME: home }), undefined);
  });

  const env = (more: Record<string, string> = {}): Record<string, string> => ({
    HOME: home,
    RAY_AUTH_TOKEN: 'tok',
    ...more,
  });
  const rows: readonly (readonly [
    what: string,
    url: string,
    typedByUser: boolean,
    more: Record<string, string>,
    allowed: string[],
    state: string,
  ])[] = [
    ['this machine', 'http://127.0.0.1:8265', false, {}, [], 'sent'],
    ['this machine by name', 'http://localhost:8265', false, {}, [], 'sent'],
    ['this machine over IPv6', 'http://[::1]:8265', false, {}, [], 'sent'],
    ['another address of this machine', 'http://127.3.4.5:8265', false, {}, [], 'sent'],
    ['another port of this machine', 'http://127.0.0.1:9999', false, {}, [], 'withheld'],
    ['another port of this machine by name', 'http://localhost:8266', false, {}, [], 'withheld'],
    ['a name below localhost, which DNS may answer', 'http://x.localhost:8265', false, {}, [], 'withheld'],
    ['a port of this machine that user settings name', 'http://127.0.0.1:9999', true, {}, [], 'sent'],
    [
      'the port of this machine in RAY_ADDRESS',
      'http://127.0.0.1:9999',
      false,
      { RAY_ADDRESS: 'http://127.0.0.1:9999' },
      [],
      'sent',
    ],
    [
      'another port of this machine than RAY_ADDRESS’s',
      'http://127.0.0.1:9998',
      false,
      { RAY_ADDRESS: 'http://127.0.0.1:9999' },
      [],
      'withheld',
    ],
    [
      'another port of this machine than Ray’s',
      'http://127.0.0.1:9998',
      false,
      { RAY_ADDRESS: '127.0.0.1:6379' },
      [],
      'withheld',
    ],
    ['a host that a workspace file names', 'http://192.0.2.7:8265', false, {}, [], 'withheld'],
    ['a name that only looks local', 'http://localhost.example.com:8265', false, {}, [], 'withheld'],
    ['another name that only looks local', 'http://127.0.0.1.example.com', false, {}, [], 'withheld'],
    ['a host that the user’s settings name', 'http://192.0.2.7:8265', true, {}, [], 'sent'],
    [
      'RAY_ADDRESS’s host, whatever names the URL',
      'http://192.0.2.7:9999',
      false,
      { RAY_ADDRESS: '192.0.2.7:6379' },
      [],
      'sent',
    ],
    [
      'another host than RAY_ADDRESS’s',
      'http://192.0.2.8:8265',
      false,
      { RAY_ADDRESS: 'ray://192.0.2.7:10001' },
      [],
      'withheld',
    ],
    ['an origin that was allowed', 'http://192.0.2.7:8265/x', false, {}, ['http://192.0.2.7:8265'], 'sent'],
    ['another port than the allowed one', 'http://192.0.2.7:8266', false, {}, ['http://192.0.2.7:8265'], 'withheld'],
    ['another scheme than the allowed one', 'https://192.0.2.7:8265', false, {}, ['http://192.0.2.7:8265'], 'withheld'],
    ['not a URL', 'nonsense', true, {}, [], 'none'],
  ];
  for (const [what, url, typedByUser, more, allowed, state] of rows) {
    it(`is ${state} if it is in the environment and the dashboard is ${what}`, async () => {
      const { token, headers } = await tokenFor({ url, typedByUser }, env(more), store({}, allowed));
      assert.equal(token.state, state);
      assert.deepEqual(headers, state === 'sent' ? { authorization: 'Bearer tok' } : {});
    });
  }

  it('that was found is not sent to loopback by a proxy, whose loopback is another machine’s', async () => {
    for (const RAY_ADDRESS of ['', 'http://127.0.0.1:8265'])
      for (const typedByUser of [false, true]) {
        const receiver = { ...local, typedByUser, isRemote: true };
        assert.equal((await tokenFor(receiver, env({ RAY_ADDRESS }), store())).token.state, 'withheld');
        const allowed = store({}, ['http://127.0.0.1:8265']);
        assert.equal((await tokenFor(receiver, env({ RAY_ADDRESS }), allowed)).token.state, 'sent');
      }
    assert.equal((await tokenFor({ ...far, typedByUser: true, isRemote: true }, env(), store())).token.state, 'sent');
  });

  it('that was given for an origin is sent there only, and before one that is found', async () => {
    const given = store({ 'http://192.0.2.7:8265': 'given' });
    assert.deepEqual(await tokenFor(far, env(), given), {
      token: { state: 'sent', provider: 'command' },
      headers: { authorization: 'Bearer given' },
    });
    assert.deepEqual(
      (await tokenFor({ ...far, url: 'http://192.0.2.7:8266' }, { HOME: '/nonexistent' }, given)).headers,
      {},
    );
  });

  it('that a header cannot carry is neither sent nor shown', async () => {
    for (const bad of ['two words', 'a\nb', 'ä', 'x'.repeat(5000)]) {
      const answer = await tokenFor(local, env({ RAY_AUTH_TOKEN: bad }), store());
      assert.deepEqual(answer, { token: { state: 'unusable', provider: 'RAY_AUTH_TOKEN' }, headers: {} });
    }
  });

  it('is none if there is none anywhere', async () => {
    assert.deepEqual(await tokenFor(local, { HOME: '/nonexistent' }, store()), {
      token: { state: 'none' },
      headers: {},
    });
  });
});
