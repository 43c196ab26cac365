/** The highest GPU memory of each device among samples of `nvidia-smi`. */
import { matchesDevice, type DeviceChoice, type GpuSample } from './nvidiaSmi';

/** The highest memory use of one device. */
interface GpuPeak {
  index: number;
  uuid: string;
  name: string;
  /** MiB. */
  peak: number;
  /** MiB. */
  total?: number;
}

/** The result of a poll. */
export interface VramResult {
  /** Every device that reports its memory use, by index. */
  devices: GpuPeak[];
  /** The chosen device, if it is among them. */
  chosenDevice?: GpuPeak;
  /** Why this device was chosen. */
  why: string;
  /** Why there is no number, or fewer than expected. */
  problem?: string;
  /** Number of samples, of all devices. */
  samples: number;
}

const reasonByOrigin: Record<DeviceChoice['from'], string> = {
  setting: 'skyrl.record.gpu names it',
  CUDA_VISIBLE_DEVICES: 'first entry of CUDA_VISIBLE_DEVICES in VS Code’s own environment, which need not be the run’s',
  default: 'the first device: neither skyrl.record.gpu nor CUDA_VISIBLE_DEVICES of VS Code’s environment names another',
};

/** Collects samples. */
export class GpuPeaks {
  private readonly peakByUuid = new Map<string, GpuPeak>();
  private lacksMemoryUse = false;
  private samples = 0;

  /** Adds one sample. A device whose driver reports no memory use is counted, but has no peak. */
  add({ index, uuid, name, used, total }: GpuSample): void {
    this.samples += 1;
    if (used === undefined) {
      this.lacksMemoryUse = true;
      return;
    }
    const peak = Math.max(this.peakByUuid.get(uuid)?.peak ?? 0, used);
    this.peakByUuid.set(uuid, { index, uuid, name, peak, ...(total !== undefined && { total }) });
  }

  /** The peaks so far. `parents` as in `matchesDevice`; `failure` is the last failure of the poll. */
  result(choice: DeviceChoice, parents: ReadonlyMap<string, string>, failure: string | undefined): VramResult {
    const devices = [...this.peakByUuid.values()].sort((a, b) => a.index - b.index);
    const chosenDevice = devices.find((device) => matchesDevice(choice, device, parents));
    const problem = this.findProblem(choice, devices, chosenDevice) ?? failure;
    return {
      devices,
      samples: this.samples,
      why: reasonByOrigin[choice.from],
      ...(chosenDevice && { chosenDevice }),
      ...(problem !== undefined && { problem }),
    };
  }

  private findProblem(
    choice: DeviceChoice,
    devices: readonly GpuPeak[],
    chosenDevice: GpuPeak | undefined,
  ): string | undefined {
    if (devices.length > 0) return chosenDevice ? undefined : `nvidia-smi lists no device ${choice.entry}`;
    return this.lacksMemoryUse ? 'nvidia-smi does not say how much memory is used ([N/A])' : undefined;
  }
}
