/** Chooses the peak GPU memory of a generation record: this host's own, or Ray's count on the engines' nodes. */
import type { GenerationRecord } from './generationRecord';
import type { VramResult } from './gpuPeaks';
import type { RecordInputs } from './recordInputs';

const mibPerGib = 1024;

/** The record's `vram`, with the peak of its device in GiB. */
type PeakVram = GenerationRecord['vram'] & { peakGiB: number | null };

/** `polled`: the result of `nvidia-smi`; undefined if this host is not part of the run. */
export function peakVram(inputs: RecordInputs, polled: VramResult | undefined): PeakVram {
  const devices = (polled?.devices ?? []).map((gpu) => ({
    device: nameLocalDevice(gpu),
    peakGiB: gpu.peak / mibPerGib,
  }));
  const chosen = polled?.chosenDevice;
  if (polled && chosen)
    return {
      source: 'nvidia-smi',
      device: nameLocalDevice(chosen),
      why: polled.why,
      problem: polled.problem ?? null,
      samples: polled.samples,
      devices,
      peakGiB: chosen.peak / mibPerGib,
    };
  const problem =
    polled?.problem ??
    (polled ? 'nvidia-smi has not answered yet' : 'this host is not part of the run, so its devices do not count');
  return (
    peakOfNodes(inputs, problem) ?? {
      source: null,
      device: null,
      why: null,
      problem: `${problem}; no node reports GPU memory`,
      samples: 0,
      devices,
      peakGiB: null,
    }
  );
}

const nameLocalDevice = ({ index, name }: { index: number; name: string }): string =>
  `GPU ${index} (${name}) of this host`;

/** The highest value that Ray reported; undefined if it reported none. */
function peakOfNodes({ nodeGpus, engines }: RecordInputs, problem: string): PeakVram | undefined {
  // The trainer's nodes have GPUs as well, but generation happens on nodes with an engine.
  const engineNodes = new Set([...engines.values()].map(({ node }) => node));
  const all = [...nodeGpus.values()];
  const onEngineNodes = all.filter(({ node }) => engineNodes.has(node));
  const devices = (onEngineNodes.length > 0 ? onEngineNodes : all).map(({ node, index, name, peak }) => ({
    device: `GPU ${index} (${name}) on ${node}`,
    peakGiB: peak / mibPerGib,
  }));
  const highest = [...devices].sort((a, b) => b.peakGiB - a.peakGiB)[0];
  return (
    highest && {
      source: 'ray_node_gram_used',
      device: highest.device,
      problem,
      samples: 0,
      devices,
      peakGiB: highest.peakGiB,
      why: 'the highest of the engines’ nodes by Ray’s own count, read at each scrape: short peaks are missed',
    }
  );
}
