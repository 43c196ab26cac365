/** Replays a capture as if it were live: with an HTTP GET that answers from its files, and a clock of its time. */
import type { DiscoveryInput } from '../discovery/discover';
import { noTokens } from '../discovery/token';
import type { HttpGet } from '../http/httpGet';
import type { Clock } from '../shared/clock';
import type { Example } from './captureBundle';
import { folderSource, type CaptureSource } from './captureSource';
import { capturedTargets, captureSteps, type CaptureStep } from './captureSteps';
import { createReplayGet, replayDashboard } from './replayGet';

/** An opened capture, at its first step. */
export interface CaptureReplay {
  /** Its folder, or a name for people. */
  name: string;
  /** What is told about the recording that ships with the extension; undefined for a person's own. */
  example?: Example;
  /** How fast it is played, as a part of a sentence; empty as fast as it was recorded. */
  pace: string;
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
  /** How long to wait for the next step, in ms of the clock: nothing while it catches up. Undefined at the last step. */
  readonly waitMs: number | undefined;
}

/** How a capture is replayed. */
export interface ReplayOptions {
  /** How many times as fast as it was recorded; 1 by default. */
  speed?: number;
  /** What the recording tells about itself, if it ships with the extension. */
  example?: Example;
}

/**
 * Opens the capture of a folder. `realClock` is what the replay's clock follows, `speed` times as fast. Rejects with a
 * message for people if the folder has no valid index.
 */
export const openCaptureReplay = (folder: string, realClock: Clock, speed = 1): Promise<CaptureReplay> =>
  openReplay(folderSource(folder), realClock, { speed });

/** Opens a capture. Rejects with a message for people if it has no valid index. */
export async function openReplay(
  source: CaptureSource,
  realClock: Clock,
  { speed = 1, example }: ReplayOptions = {},
): Promise<CaptureReplay> {
  const index = await source.readIndex();
  const steps = captureSteps(index);
  const targets = capturedTargets(index);
  const catchUpSteps = Math.min(example?.catchUpSteps ?? 0, steps.length - 1);
  const catchUpMs = (steps[catchUpSteps] as CaptureStep).at - (steps[0] as CaptureStep).at;
  let stepIndex = 0;
  let stepStartedAt = realClock.elapsed();
  const stepTime = (): number => (steps[stepIndex] as CaptureStep).at;
  const stepDurationMs = (): number | undefined => {
    const next = steps[stepIndex + 1];
    return next && next.at - stepTime();
  };
  return {
    name: source.name,
    ...(example && { example }),
    pace: describePace(speed, catchUpMs),
    stepCount: steps.length,
    get: createReplayGet({
      source,
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
    get waitMs() {
      const duration = stepDurationMs();
      return duration !== undefined && stepIndex < catchUpSteps ? 0 : duration;
    },
    next() {
      if (stepIndex + 1 >= steps.length) return false;
      stepIndex += 1;
      stepStartedAt = realClock.elapsed();
      return true;
    },
  };
}

function describePace(speed: number, catchUpMs: number): string {
  const pace = speed === 1 ? 'as fast as it was recorded' : `${speed} times as fast`;
  if (catchUpMs > 0) return `its first ${Number((catchUpMs / 60_000).toFixed(1))} min at once, the rest ${pace}`;
  return speed === 1 ? '' : pace;
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
