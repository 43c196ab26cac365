/** A fake `nvidia-smi`: a shell script on PATH that prints what the real one prints. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** UUID of a device. */
export const smiUuid = (gpu: number): string => `GPU-0000000${gpu}-1111-2222-3333-444444444444`;

/** One line of the query; `used` in MiB, or what the driver prints instead. */
export const smiLine = (gpu: number, used: number | string): string =>
  `${gpu}, ${smiUuid(gpu)}, NVIDIA H100 80GB HBM3, ${used}, 81559`;

/** An installed fake. */
export interface FakeNvidiaSmi {
  folder: string;
  /** Replaces it with this shell script. */
  script(text: string): void;
  /** Restores PATH. */
  end(): void;
}

/** Puts a folder first on this process's PATH. It has no `nvidia-smi` until `script` is called. */
export function installFakeNvidiaSmi(): FakeNvidiaSmi {
  const before = process.env['PATH'] ?? '';
  const folder = mkdtempSync(path.join(tmpdir(), 'smi-'));
  process.env['PATH'] = `${folder}${path.delimiter}${before}`;
  return {
    folder,
    script(text) {
      const file = path.join(folder, 'nvidia-smi');
      writeFileSync(file, `#!/bin/sh\n${text}\n`);
      chmodSync(file, 0o755);
    },
    end() {
      process.env['PATH'] = before;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
