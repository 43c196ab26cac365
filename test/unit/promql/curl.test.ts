/** Queries as command lines. */
import assert from 'node:assert/strict';
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
});
