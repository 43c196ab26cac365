/** Complete answers, which a fault can change before they are sent. */
import type { Json } from '../json';

/** An HTTP answer. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** An answer in plain text, unless `headers` has another `Content-Type`. */
export function text(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body: Buffer.from(body) };
}

/** An answer in JSON with status 200, as aiohttp and uvicorn send it. */
export function json(value: Json, headers: Record<string, string> = {}): Answer {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** 404, as aiohttp sends it. */
export const notFound = (): Answer => text(404, '404: Not Found');
/** 405, as aiohttp sends it. */
export const methodNotAllowed = (): Answer => text(405, '405: Method Not Allowed', { Allow: 'GET' });
