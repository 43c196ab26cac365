/** What can go wrong with an answer, as a table of faults. To add one, add a kind and a row. */
import type { ServerResponse } from 'node:http';
import type { Answer } from './answer';

/** A fault of a server, or of one of its paths. */
export type Fault =
  /** The port is closed. Only for a whole server. */
  | { kind: 'refuse' }
  /** Another status, with a short text. */
  | { kind: 'status'; status: number; body?: string }
  /** Status 200 with an HTML page, as a login page would be. */
  | { kind: 'html' }
  /**
   * Only a first part of the body (0 to 1). `framed`: with the Content-Length of the whole body; else the connection's
   * end ends it.
   */
  | { kind: 'cut'; framed: boolean; part?: number }
  /** A body without end: a chunk of `bytes` every `everyMs`; if 0, as fast as it is read. */
  | { kind: 'endless'; everyMs?: number; bytes?: number }
  /** The body, followed by comment lines until it has `bytes`. */
  | { kind: 'oversize'; bytes: number }
  /** The whole answer, `ms` later. */
  | { kind: 'slow'; ms: number }
  /** The request is accepted and never answered. */
  | { kind: 'silent' }
  /** The connection is closed before any answer. */
  | { kind: 'reset' }
  /** A redirect, for example to another origin. */
  | { kind: 'redirect'; to: string; status?: number }
  /** Status 200 of the right type with bytes that are not text. */
  | { kind: 'garbage'; bytes?: number }
  /** Another body, with the status of the normal answer. */
  | { kind: 'body'; body: string | Buffer; headers?: Record<string, string> };

type FaultOf<K extends Fault['kind']> = Extract<Fault, { kind: K }>;
type SendFault<K extends Fault['kind']> = (response: ServerResponse, answer: Answer, fault: FaultOf<K>) => void;

const commentLine = (bytes: number): Buffer => Buffer.from(`# ${'x'.repeat(Math.max(0, bytes - 3))}\n`);

/** Sends an answer without a fault, with its length. */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'Content-Length': String(body.length) });
  response.end(body);
}

function sendForever(response: ServerResponse, chunk: Buffer, everyMs: number): void {
  const sendNext = (): void => {
    if (response.destroyed) return;
    const hasRoom = response.write(chunk);
    if (everyMs > 0) setTimeout(sendNext, everyMs);
    else if (hasRoom) setImmediate(sendNext);
    else response.once('drain', sendNext);
  };
  sendNext();
}

/** Sends a body with neither length nor chunks, so that only the end of the connection ends it. */
function sendUnframed(response: ServerResponse, { status, headers }: Answer, body: Buffer): void {
  response.useChunkedEncodingByDefault = false;
  response.shouldKeepAlive = false;
  response.writeHead(status, headers);
  response.end(body);
}

const senders: { [K in Fault['kind']]: SendFault<K> } = {
  refuse: (response) => response.destroy(),
  status: (response, _answer, { status, body = `${status}: answered by a fault` }) =>
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
    sendForever(response, commentLine(bytes), everyMs);
  },
  oversize: (response, answer, { bytes }) => {
    const line = commentLine(1024);
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

/** Sends an answer with a fault. */
export function sendFaulty<K extends Fault['kind']>(
  response: ServerResponse,
  answer: Answer,
  fault: FaultOf<K> & { kind: K },
): void {
  senders[fault.kind](response, answer, fault);
}
