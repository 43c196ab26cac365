/** What `nvidia-smi` prints, and which of its devices is meant. */

/** One device at one moment. Memory in MiB, device-wide as the driver says; undefined where it says none (`[N/A]`, `[Not Supported]`). */
export interface GpuSample {
  index: number;
  uuid: string;
  name: string;
  used: number | undefined;
  total: number | undefined;
}

export const queryArguments = (intervalMs: number): string[] => [
  '--query-gpu=index,uuid,name,memory.used,memory.total',
  '--format=csv,noheader,nounits',
  `--loop-ms=${intervalMs}`,
];

const number = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;

/** One line of the query; undefined for anything else (a warning, an error, half a line). */
export function parseSample(line: string): GpuSample | undefined {
  const parts = line.split(',').map((part) => part.trim());
  const index = number(parts[0]);
  const uuid = parts[1];
  if (parts.length < 5 || index === undefined || !uuid?.startsWith('GPU-')) return undefined;
  // The two numbers stand last, so that a comma in a name would be no harm.
  return { index, uuid, name: parts.slice(2, -2).join(', '), used: number(parts.at(-2)), total: number(parts.at(-1)) };
}

/** What says which device is meant: the setting, else the first entry of CUDA_VISIBLE_DEVICES, else the first device. */
export interface DeviceChoice {
  /** An index, a UUID (or its beginning), or a MIG device. */
  entry: string;
  from: 'setting' | 'CUDA_VISIBLE_DEVICES' | 'default';
}

export function chooseDevice(setting: string, visibleDevices: string | undefined): DeviceChoice {
  if (setting.trim() !== '') return { entry: setting.trim(), from: 'setting' };
  const first = visibleDevices?.split(',', 1)[0]?.trim() ?? '';
  return first === '' ? { entry: '0', from: 'default' } : { entry: first, from: 'CUDA_VISIBLE_DEVICES' };
}

/** The whole devices that MIG devices are parts of, by the MIG devices' UUIDs, from `nvidia-smi -L`. */
export function parseMigParents(list: readonly string[]): Map<string, string> {
  const parents = new Map<string, string>();
  let gpu: string | undefined;
  for (const line of list) {
    const uuid = /\(UUID: ((?:GPU|MIG)-[^)]+)\)/.exec(line)?.[1];
    if (uuid?.startsWith('GPU-')) gpu = uuid;
    else if (uuid !== undefined && gpu !== undefined) parents.set(uuid, gpu);
  }
  return parents;
}

/** Whether this is the device of an entry. `parents` as from `parseMigParents`; a MIG device is measured as the whole device it is part of. */
export function matchesDevice(
  { entry }: DeviceChoice,
  { index, uuid }: Pick<GpuSample, 'index' | 'uuid'>,
  parents: ReadonlyMap<string, string>,
): boolean {
  if (/^\d+$/.test(entry)) return index === Number(entry);
  // The form before driver 470: MIG-GPU-<uuid>/<instance>/<compute instance>.
  const old = /^MIG-(GPU-[^/]+)\//.exec(entry)?.[1];
  const whole = old ?? parents.get(entry) ?? entry;
  return whole.startsWith('GPU-') && whole.length > 'GPU-'.length && uuid.startsWith(whole);
}
