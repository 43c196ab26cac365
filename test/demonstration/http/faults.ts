/** What can go wrong with an answer, as a table: each fault sends its own version of the answer that would have come. */
import type { ServerResponse } from 'node:http';
import type { Answer } from './answer';

export type Fault =
  /** The port is closed: nobody listens. For the whole server only. */
  | { kind: 'refuse' }
  /** Another status, with a short text. */
  | { kind: 'status'; status: number; body?: string }
  /** A 200 with a page for people instead. */
  | { kind: 'html' }
  /** Only the first part of the body comes. `framed`: with the Content-Length of the whole; otherwise the end of the connection is the end of the body. */
  | { kind: 'cut'; framed: boolean; part?: number }
  /** The body never ends: a chunk of `bytes` each `everyMs`, as fast as it is read where that is 0. */
  | { kind: 'endless'; everyMs?: number; bytes?: number }
  /** The body is followed by comment lines until it has `bytes`. */
  | { kind: 'oversize'; bytes: number }
  /** Everything comes, `ms` later. */
  | { kind: 'slow'; ms: number }
  /** The request is taken and never answered. */
  | { kind: 'silent' }
  /** The connection is cut before any answer. */
  | { kind: 'reset' }
  /** A redirect, for example to another origin. */
  | { kind: 'redirect'; to: string; status?: number }
  /** A 200 of the right type whose bytes are no text. */
  | { kind: 'garbage'; bytes?: number }
  /** Any other body, sent as the normal answer would be. */
  | { kind: 'body'; body: string | Buffer; headers?: Record<string, string> };

type FaultOf<K extends Fault['kind']> = Extract<Fault, { kind: K }>;
type Spoil<K extends Fault['kind']> = (response: ServerResponse, answer: Answer, fault: FaultOf<K>) => void;

const comment = (bytes: number): Buffer => Buffer.from(`# ${'x'.repeat(Math.max(0, bytes - 3))}\n`);

/** Sends an answer as it is, with its length. */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'Content-Length': String(body.length) });
  response.end(body);
}

function sendForever(response: ServerResponse, chunk: Buffer, everyMs: number): void {
  const more = (): void => {
    if (response.destroyed) return;
    const taken = response.write(chunk);
    if (everyMs > 0) setTimeout(more, everyMs);
    else if (taken) setImmediate(more);
    else response.once('drain', more);
  };
  more();
}

/** Sends without length and without chunks, so that only the end of the connection ends the body. */
function sendUnframed(response: ServerResponse, { status, headers }: Answer, body: Buffer): void {
  response.useChunkedEncodingByDefault = false;
  response.shouldKeepAlive = false;
  response.writeHead(status, headers);
  response.end(body);
}

const table: { [K in Fault['kind']]: Spoil<K> } = {
  refuse: (response) => response.destroy(),
  status: (response, _answer, { status, body = `${status}: said by a fault` }) =>
    send(response, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: Buffer.from(body) }),
  html: (response, answer) =>
    send(response, {
      ...answer,
      headers: { ...answer.headers, 'Content-Type': 'text/html; charset=utf-8' },
      body: Buffer.from(
        '<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>\n',
      ),
    }),
  cut: (response, answer, { framed, part = 0.5 }) => {
    const start = answer.body.subarray(0, Math.floor(answer.body.length * part));
    if (!framed) return sendUnframed(response, answer, start);
    response.writeHead(answer.status, { ...answer.headers, 'Content-Length': String(answer.body.length) });
    response.write(start, () => response.destroy());
  },
  endless: (response, answer, { everyMs = 10, bytes = 1024 }) => {
    response.writeHead(answer.status, answer.headers);
    response.write(answer.body);
    sendForever(response, comment(bytes), everyMs);
  },
  oversize: (response, answer, { bytes }) => {
    const line = comment(1024);
    const missing = Math.max(0, Math.ceil((bytes - answer.body.length) / line.length));
    send(response, { ...answer, body: Buffer.concat([answer.body, ...Array<Buffer>(missing).fill(line)]) });
  },
  slow: (response, answer, { ms }) => {
    const timer = setTimeout(() => send(response, answer), ms);
    response.once('close', () => clearTimeout(timer));
  },
  silent: () => undefined,
  reset: (response) => response.destroy(),
  redirect: (response, _answer, { to, status = 302 }) =>
    send(response, { status, headers: { Location: to }, body: Buffer.alloc(0) }),
  garbage: (response, answer, { bytes = 65_536 }) =>
    send(response, {
      ...answer,
      body: Buffer.from(Array.from({ length: bytes }, (_, index) => (index * 167 + (index >> 3)) & 0xff)),
    }),
  body: (response, answer, { body, headers = {} }) =>
    send(response, { ...answer, headers: { ...answer.headers, ...headers }, body: Buffer.from(body) }),
};

/** Sends `answer` the way `fault` says. */
export function sendFaulty<K extends Fault['kind']>(
  response: ServerResponse,
  answer: Answer,
  fault: FaultOf<K> & { kind: K },
): void {
  table[fault.kind](response, answer, fault);
}
