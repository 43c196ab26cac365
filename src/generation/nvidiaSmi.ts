/** Arguments and output of `nvidia-smi`, and which of its devices is measured. */

/**
 * One device at one moment. Memory is device-wide, in MiB; undefined if the driver reports none (`[N/A]`, `[Not
 * Supported]`).
 */
export interface GpuSample {
  index: number;
  uuid: string;
  name: string;
  used: number | undefined;
  total: number | undefined;
}

/** Arguments of a query that prints a line for each device every `intervalMs`. */
export const queryArguments = (intervalMs: number): string[] => [
  '--query-gpu=index,uuid,name,memory.used,memory.total',
  '--format=csv,noheader,nounits',
  `--loop-ms=${intervalMs}`,
];

const parseNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;

/** Parses a line of the query; undefined for anything else, such as a warning or half a line. */
export function parseSample(line: string): GpuSample | undefined {
  const fields = line.split(',').map((field) => field.trim());
  const index = parseNumber(fields[0]);
  const uuid = fields[1];
  if (fields.length < 5 || index === undefined || !uuid?.startsWith('GPU-')) return undefined;
  // Memory is read from the end of the line, because a name may contain commas.
  const name = fields.slice(2, -2).join(', ');
  return { index, uuid, name, used: parseNumber(fields.at(-2)), total: parseNumber(fields.at(-1)) };
}

/** Which device is measured, and what says so. */
export interface DeviceChoice {
  /** An index, a UUID or its beginning, or a MIG device. */
  entry: string;
  from: 'setting' | 'CUDA_VISIBLE_DEVICES' | 'default';
}

/** The device of the setting, else the first entry of CUDA_VISIBLE_DEVICES, else device 0. */
export function chooseDevice(setting: string, visibleDevices: string | undefined): DeviceChoice {
  if (setting.trim() !== '') return { entry: setting.trim(), from: 'setting' };
  const first = visibleDevices?.split(',', 1)[0]?.trim() ?? '';
  return first === '' ? { entry: '0', from: 'default' } : { entry: first, from: 'CUDA_VISIBLE_DEVICES' };
}

/** UUIDs of whole devices by the UUIDs of their MIG devices, from the lines of `nvidia-smi -L`. */
export function parseMigParents(lines: readonly string[]): Map<string, string> {
  const parents = new Map<string, string>();
  let gpu: string | undefined;
  for (const line of lines) {
    const uuid = /\(UUID: ((?:GPU|MIG)-[^)]+)\)/.exec(line)?.[1];
    if (uuid?.startsWith('GPU-')) gpu = uuid;
    else if (uuid !== undefined && gpu !== undefined) parents.set(uuid, gpu);
  }
  return parents;
}

/**
 * Whether a device is the chosen one. `parents` is from `parseMigParents`: for a MIG device the whole device that it is
 * part of is measured.
 */
export function matchesDevice(
  { entry }: DeviceChoice,
  { index, uuid }: Pick<GpuSample, 'index' | 'uuid'>,
  parents: ReadonlyMap<string, string>,
): boolean {
  if (/^\d+$/.test(entry)) return index === Number(entry);
  // Drivers before 470 write MIG-GPU-<uuid>/<instance>/<compute instance>.
  const oldParent = /^MIG-(GPU-[^/]+)\//.exec(entry)?.[1];
  const wholeDevice = oldParent ?? parents.get(entry) ?? entry;
  return wholeDevice.startsWith('GPU-') && wholeDevice.length > 'GPU-'.length && uuid.startsWith(wholeDevice);
}
