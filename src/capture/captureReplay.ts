/** Replays a capture as if it were live: with an HTTP GET that answers from its files, and a clock of its time. */
import path from 'node:path';
import type { DiscoveryInput } from '../discovery/discover';
import { noTokens } from '../discovery/token';
import type { HttpGet } from '../http/httpGet';
import type { Clock } from '../shared/clock';
import { readRegularFile } from '../shared/readRegularFile';
import { captureIndexFile, parseCaptureIndex } from './captureFiles';
import { capturedTargets, captureSteps, type CaptureStep } from './captureSteps';
import { createReplayGet, replayDashboard } from './replayGet';

/** Far above the index of the longest recording. */
const maxIndexBytes = 64 * 2 ** 20;

/** An opened capture, at its first step. */
export interface CaptureReplay {
  folder: string;
  stepCount: number;
  /** Index of the current step, from 0. */
  readonly stepIndex: number;
  get: HttpGet;
  /** Starts at the current step's time and runs up to the next step's. */
  clock: Clock;
  discovery: DiscoveryInput;
  /** Moves on to the next step. False at the last step. */
  next(): boolean;
  /** Time to the next step, in ms; undefined at the last step. */
  readonly stepDurationMs: number | undefined;
}

/**
 * Opens a capture. `realClock` is what the replay's clock follows, `speed` times as fast. Rejects with a message for
 * people if the folder has no valid index.
 */
export async function openCaptureReplay(folder: string, realClock: Clock, speed = 1): Promise<CaptureReplay> {
  const indexFile = path.join(folder, captureIndexFile);
  const { bytes } = await readRegularFile(indexFile, { maxBytes: maxIndexBytes, followsLinks: false });
  const index = await parseCaptureIndex(bytes);
  const steps = captureSteps(index);
  const targets = capturedTargets(index);
  let stepIndex = 0;
  let stepStartedAt = realClock.elapsed();
  const stepTime = (): number => (steps[stepIndex] as CaptureStep).at;
  const stepDurationMs = (): number | undefined => {
    const next = steps[stepIndex + 1];
    return next && next.at - stepTime();
  };
  return {
    folder,
    stepCount: steps.length,
    get: createReplayGet({
      folder,
      steps,
      stepIndex: () => stepIndex,
      targetUrls: new Set(targets.map(({ url }) => url)),
      nodeAgents: targets.filter(({ kind }) => kind === 'ray').map(({ url }) => new URL(url).host),
    }),
    discovery: replayDiscovery(targets),
    clock: {
      now: () => stepTime() + Math.min((realClock.elapsed() - stepStartedAt) * speed, stepDurationMs() ?? 0),
      elapsed: () => realClock.elapsed() * speed,
      // A recording has its own time.
      follow: () => 0,
      after: (ms, callback) => realClock.after(ms / speed, callback),
    },
    get stepIndex() {
      return stepIndex;
    },
    get stepDurationMs() {
      return stepDurationMs();
    },
    next() {
      if (stepIndex + 1 >= steps.length) return false;
      stepIndex += 1;
      stepStartedAt = realClock.elapsed();
      return true;
    },
  };
}

/** What leads discovery to the capture's targets only. */
function replayDiscovery(targets: ReturnType<typeof capturedTargets>): DiscoveryInput {
  const others = targets.filter(({ kind }) => kind !== 'ray').map(({ url }) => url);
  const hasRay = others.length < targets.length;
  return {
    metricsPath: hasRay ? 'ray' : 'external-servers',
    serverUrls: hasRay ? [] : others,
    endpoints: hasRay ? others : [],
    endpointsTyped: true,
    serverCount: 1,
    tokens: noTokens,
    dashboardSetting: replayDashboard,
    dashboardTyped: true,
    // This machine's service-discovery file does not belong to the capture.
    environment: { RAY_TMPDIR: '/nonexistent' },
  };
}
