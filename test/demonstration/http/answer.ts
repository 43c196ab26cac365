/** A whole answer before it is sent, so that a fault can spoil it. */
import type { Json } from '../json';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** An answer in text; `Content-Type` is plain unless `headers` say otherwise. */
export function text(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body: Buffer.from(body) };
}

/** An answer in JSON, as aiohttp and uvicorn send it. */
export function json(value: Json, headers: Record<string, string> = {}): Answer {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

export const notFound = (): Answer => text(404, '404: Not Found');
export const methodNotAllowed = (): Answer => text(405, '405: Method Not Allowed', { Allow: 'GET' });
