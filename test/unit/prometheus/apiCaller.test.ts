/** Which responses to POST are asked again by GET. */
import { strict as assert } from 'node:assert';
import { createApiCaller } from '../../../src/prometheus/apiCaller';
import type { PrometheusResponse } from '../../../src/prometheus/sender';

const success: PrometheusResponse = {
  status: 200,
  mediaType: 'application/json',
  body: Buffer.from('{"status":"success","data":[]}'),
};
const json = (status: number, body: unknown): PrometheusResponse => ({
  status,
  mediaType: 'application/json',
  body: Buffer.from(JSON.stringify(body)),
});
const page = (status: number): PrometheusResponse => ({
  status,
  mediaType: 'text/html',
  body: Buffer.from('<html></html>'),
});
const empty = (status: number): PrometheusResponse => ({ status, mediaType: '', body: Buffer.from('') });

describe('a call that is refused by POST', () => {
  async function outcome(refusal: PrometheusResponse, answer = success): Promise<[sent: string, result: string]> {
    const sent: string[] = [];
    const caller = createApiCaller({
      base: 'http://h',
      typedByUser: false,
      headers: () => Promise.resolve({}),
      send: ({ method }) => {
        sent.push(method);
        return Promise.resolve(method === 'POST' ? refusal : answer);
      },
    });
    const result = await caller.call('POST', 'query', [['query', 'up']], 1000, new AbortController().signal).then(
      () => 'success',
      ({ kind }: { kind: string }) => kind,
    );
    assert.equal(caller.prefersGet, result === 'success' && sent.length > 1);
    return [sent.join(), result];
  }

  const refusals: Record<string, PrometheusResponse> = {
    'a page of a gateway with 403': page(403),
    'a page with 404': page(404),
    'a page of a sign-in form with 200': page(200),
    'nothing with 200': empty(200),
    'nothing with 405': empty(405),
    'JSON of a proxy with 400': json(400, { message: 'bad request data' }),
    'a page with 406': page(406),
    'JSON of a plugin with 500': json(500, { error: 'x' }),
    'an error of the API with 405': json(405, { status: 'error', error: 'method not allowed' }),
  };
  for (const [what, refusal] of Object.entries(refusals))
    it(`is sent by GET after ${what}`, async () => assert.deepEqual(await outcome(refusal), ['POST,GET', 'success']));

  it('has the first error if GET is refused, too', async () =>
    assert.deepEqual(await outcome(page(403), page(404)), ['POST,GET', 'forbidden']));

  const others: Record<string, [PrometheusResponse, string]> = {
    'of missing credentials': [page(401), 'unauthorised'],
    'of too many requests': [empty(429), 'busy'],
    'of a gateway': [page(502), 'gateway'],
    'of a redirect': [empty(302), 'redirect'],
    'of the query': [json(400, { status: 'error', errorType: 'bad_data', error: 'parse error' }), 'bad-query'],
    'of JSON that broke off': [{ ...success, body: Buffer.from('{"status":"succ') }, 'broken-answer'],
  };
  for (const [what, [response, kind]] of Object.entries(others))
    it(`is not sent again after an error ${what}`, async () =>
      assert.deepEqual(await outcome(response), ['POST', kind]));
});
