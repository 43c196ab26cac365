/** An HTTP GET that answers from a capture. */
import { cancelledError } from '../http/httpErrors';
import { HttpError, type HttpGet } from '../http/httpGet';
import { dashboardResponseName, type DashboardResponseName } from './captureFiles';
import type { CaptureSource } from './captureSource';
import type { CaptureStep } from './captureSteps';

/** Address of the replayed dashboard, which no resolver knows. */
export const replayDashboard = 'http://recording.invalid:8265';

interface ReplayGetOptions {
  source: CaptureSource;
  steps: readonly CaptureStep[];
  /** Index of the current step. */
  stepIndex: () => number;
  targetUrls: ReadonlySet<string>;
  /** `host:port` of the node agents, for the dashboard's service discovery. */
  nodeAgents: readonly string[];
}

/**
 * Creates the GET. A target that the current step lacks refuses; anything else that the capture lacks answers 404. The
 * dashboard answers as beside the current step, or beside the nearest earlier step that has its answer.
 */
export function createReplayGet({ source, steps, stepIndex, targetUrls, nodeAgents }: ReplayGetOptions): HttpGet {
  const readDashboardAnswer = async (name: DashboardResponseName): Promise<Buffer> => {
    if (name === 'prometheus-sd') return Buffer.from(JSON.stringify([{ labels: { job: 'ray' }, targets: nodeAgents }]));
    for (const { name: step } of steps.slice(0, stepIndex() + 1).reverse()) {
      const answer = await source.readAnswer(`${step}-${name}.json`).catch(() => undefined);
      if (answer) return answer;
    }
    throw new HttpError('status', 'not in the recording', 404);
  };
  return async (url, { onChunk, signal }) => {
    const { origin, pathname } = new URL(url);
    const step = steps[stepIndex()] as CaptureStep;
    const entry = step.bodies.get(url);
    const answerName = origin === replayDashboard ? dashboardResponseName(pathname) : undefined;
    if (answerName === undefined && entry === undefined)
      throw new HttpError(targetUrls.has(url) ? 'refused' : 'status', 'not in the recording at this step', 404);
    const body =
      answerName === undefined ? await readBody(source, entry?.file ?? '') : await readDashboardAnswer(answerName);
    if (signal.aborted) throw cancelledError();
    onChunk?.(body);
    const mediaType = answerName === undefined ? 'text/plain' : 'application/json';
    return { at: entry?.at ?? step.at, bytes: body.length, mediaType, framed: true };
  };
}

async function readBody(source: CaptureSource, file: string): Promise<Buffer> {
  try {
    return await source.readBody(file);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new HttpError('other', `${file} of the recording cannot be read: ${message}`);
  }
}
