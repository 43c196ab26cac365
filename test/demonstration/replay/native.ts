/** One vLLM API server in dev mode, replayed: its `/metrics` by step and its recorded GET answers. Its POSTs change a run, so they answer 405. */
import { json, notFound, text } from '../http/answer';
import { serve, type FixtureServer, type Place } from '../http/server';
import type { Json } from '../json';
import { loadNativeAnswers, loadRecording } from './recording';
import { pointer, type Steps } from './replay';

export type NativeReplay = FixtureServer & Steps;

const server = { Server: 'uvicorn' };
const metricsType = 'text/plain; version=1.0.0; charset=utf-8';

/** Says otherwise than the recording: a path's answer, or undefined for a 404. */
export type NativeAnswers = Record<string, Json | undefined>;

/** Starts the server at the first step; `changed` may be changed while it runs. */
export async function replayNative(where: Place = {}, changed: NativeAnswers = {}): Promise<NativeReplay> {
  const place = pointer(loadRecording('vllm-0.32-native').steps);
  const answers = loadNativeAnswers();
  const http = await serve(({ pathname }) => {
    if (pathname === '/metrics') {
      const body = place.current.bodies[0]?.bytes ?? Buffer.alloc(0);
      return { status: 200, headers: { ...server, 'Content-Type': metricsType }, body };
    }
    if (pathname === '/health') return text(200, '', server);
    const answer = pathname in changed ? changed[pathname] : answers.get(pathname);
    return answer === undefined ? notFound() : json(answer, server);
  }, where);
  return {
    ...http,
    steps: place.steps,
    get current() {
      return place.current;
    },
    step: place.step,
    next: place.next,
  };
}
