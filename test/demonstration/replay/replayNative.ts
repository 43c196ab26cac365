/**
 * Serves the recording of a vLLM API server in development mode: its `/metrics` by step, and its recorded answers to
 * GET.
 */
import { json, notFound, text } from '../http/answer';
import { serve, type FixtureServer, type ListenAddress } from '../http/server';
import type { Json } from '../json';
import { loadNativeAnswers, loadRecording } from './recording';
import { createStepPointer, type Steps } from './stepPointer';

/** A running replay. It answers POST with 405, because that would change a run. */
export type NativeReplay = FixtureServer & Steps;

const serverHeader = { Server: 'uvicorn' };
const metricsType = 'text/plain; version=1.0.0; charset=utf-8';

/** Answers by path that replace the recorded ones; undefined for a 404. */
export type NativeAnswers = Record<string, Json | undefined>;

/** Starts the server at the first step. `replacedAnswers` may be changed while it runs. */
export async function replayNative(
  address: ListenAddress = {},
  replacedAnswers: NativeAnswers = {},
): Promise<NativeReplay> {
  const pointer = createStepPointer(loadRecording('vllm-0.32-native').steps);
  const answers = loadNativeAnswers();
  const server = await serve(({ pathname }) => {
    if (pathname === '/metrics') {
      const body = pointer.current.bodies[0]?.bytes ?? Buffer.alloc(0);
      return { status: 200, headers: { ...serverHeader, 'Content-Type': metricsType }, body };
    }
    if (pathname === '/health') return text(200, '', serverHeader);
    const answer = pathname in replacedAnswers ? replacedAnswers[pathname] : answers.get(pathname);
    return answer === undefined ? notFound() : json(answer, serverHeader);
  }, address);
  return {
    ...server,
    steps: pointer.steps,
    get current() {
      return pointer.current;
    },
    step: pointer.step,
    next: pointer.next,
  };
}
