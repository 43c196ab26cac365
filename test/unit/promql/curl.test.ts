/** Queries as command lines. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { curl } from '../../../src/promql/curl';

describe('A query as a curl command', () => {
  it('keeps quotes inside their argument, and does not contain the token', () => {
    const text = curl({
      base: 'http://h:1/p',
      query: "x{a='b'}",
      headers: { 'X-Scope-OrgID': "it's" },
      auth: 'bearer',
      range: { from: 1000, to: 2000, stepMs: 500 },
    });
    assert.equal(
      text.replaceAll(' \\\n  ', ' '),
      `curl -sS 'http://h:1/p/api/v1/query_range' -H "Authorization: Bearer $PROM_TOKEN" -H 'X-Scope-OrgID: it'\\''s' --data-urlencode 'query=x{a='\\''b'\\''}' --data-urlencode 'start=1' --data-urlencode 'end=2' --data-urlencode 'step=0.5'`,
    );
  });

  it('sends by GET where POST is refused', () =>
    assert.match(
      curl({ base: 'http://h', query: 'up', headers: {}, auth: undefined, get: true }),
      /^curl -sS 'http:\/\/h\/api\/v1\/query' \\\n {2}--get /,
    ));

  it('is read by a shell as it was meant, whatever the query and the headers are', () => {
    const text = fc.string({ unit: fc.constantFrom(...'\'"`$\\!*?~#&;|<>(){}[] \n\taé😀') });
    const recorder = 'curl() { printf "%s\\0" "$@"; }\n';
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 20, maxLength: 20 }), (cases) => {
        const commands = cases.map(([query, header]) =>
          curl({ base: 'http://h/p', query, headers: { 'X-Scope-OrgID': header }, auth: 'bearer' }),
        );
        const run = spawnSync('bash', ['--norc', '-s'], {
          input: recorder + commands.join('\n'),
          env: { PROM_TOKEN: '$t "' },
          encoding: 'utf8',
        });
        assert.equal(run.stderr, '');
        const expected = cases.flatMap(([query, header]) => [
          '-sS',
          'http://h/p/api/v1/query',
          '-H',
          'Authorization: Bearer $t "',
          '-H',
          `X-Scope-OrgID: ${header}`,
          '--data-urlencode',
          `query=${query}`,
        ]);
        assert.deepEqual(run.stdout.split('\0').slice(0, -1), expected);
      }),
      { numRuns: 10 },
    );
  });
});
