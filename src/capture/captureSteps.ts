/** Groups the index of a capture into steps, one for each recorded scrape. */
import type { TargetKind } from '../api';
import { captureStepName, type CaptureEntry } from './captureFiles';

/** A target in a capture. */
interface CapturedTarget {
  url: string;
  kind: TargetKind;
}

/** One recorded scrape. */
export interface CaptureStep {
  /** The names of its files begin with it. */
  name: string;
  /** When its last response began, Unix ms. */
  at: number;
  /** File of the body, and when the response began in Unix ms, by target URL. */
  bodies: Map<string, { file: string; at: number }>;
}

/** The target of an entry. Recordings without URLs get made-up ones under `.invalid`, which no resolver knows. */
function targetOf({ file, node, url, kind }: CaptureEntry): CapturedTarget {
  if (url !== undefined) return { url, kind: kind ?? 'ray' };
  return /-node\d+\.prom\.gz$/.test(file)
    ? { url: `http://node${node}.recording.invalid:8080/metrics`, kind: 'ray' }
    : { url: 'http://server.recording.invalid:8000/metrics', kind: 'vllm' };
}

/** The targets of a capture, without repeats. */
export const capturedTargets = (index: readonly CaptureEntry[]): CapturedTarget[] => [
  ...new Map(index.map(targetOf).map((target) => [target.url, target])).values(),
];

/** The steps of a capture, oldest first. */
export function captureSteps(index: readonly CaptureEntry[]): CaptureStep[] {
  const steps = new Map<string, CaptureStep>();
  for (const entry of index) {
    const name = captureStepName(entry.file);
    const at = Math.round(entry.at_unix_s * 1000);
    const step = steps.get(name) ?? { name, at, bodies: new Map<string, { file: string; at: number }>() };
    step.at = Math.max(step.at, at);
    step.bodies.set(targetOf(entry).url, { file: entry.file, at });
    steps.set(name, step);
  }
  return [...steps.values()].sort((a, b) => a.at - b.at);
}
