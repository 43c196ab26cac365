/** Ray's temporary folder on the head node: the service-discovery file, a link into the newest session's folder, and what lies beside it. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const fileName = 'prom_metrics_service_discovery.json';
/** `default_service_discovery_flush_period` of Ray. */
const periodMs = 5000;

export interface RayTmpDirOptions {
  /** Name of the session's folder. */
  session: string;
  /** `host:port` of everything that has metrics, asked at each writing. */
  targets: () => string[];
  /** Also writes `ray_current_cluster` with this `host:port`. */
  currentCluster?: string;
  /** Whether the file is written again every 5 s; true unless said otherwise. */
  rewrite?: boolean;
}

export interface RayTmpDir {
  /** What `RAY_TMPDIR` would say. */
  readonly path: string;
  /** The link that readers open. */
  readonly discoveryFile: string;
  /** Writes the file now, or `content` in its place. */
  write(content?: string): void;
  /** Starts or stops the writing every 5 s. */
  rewrite(on: boolean): void;
  /** Stops the writing and makes the file look `seconds` old. */
  setAge(seconds: number): void;
  /** Stops the writing and removes the folder. */
  close(): void;
}

/** Makes the folder and writes the first file. */
export function createRayTmpDir({ session, targets, currentCluster, rewrite = true }: RayTmpDirOptions): RayTmpDir {
  const path = mkdtempSync(join(tmpdir(), 'ray-demo-'));
  const sessionDir = join(path, session);
  const target = join(sessionDir, fileName);
  const discoveryFile = join(path, fileName);
  let timer: NodeJS.Timeout | undefined;

  const write = (content = JSON.stringify([{ labels: { job: 'ray' }, targets: targets() }])): void => {
    const half = join(sessionDir, `tmp_${fileName}`);
    writeFileSync(half, content);
    renameSync(half, target);
  };
  const setRewrite = (on: boolean): void => {
    clearInterval(timer);
    timer = on ? setInterval(write, periodMs) : undefined;
    timer?.unref();
  };

  mkdirSync(sessionDir);
  write();
  symlinkSync(join(session, fileName), discoveryFile);
  symlinkSync(session, join(path, 'session_latest'));
  if (currentCluster !== undefined) writeFileSync(join(path, 'ray_current_cluster'), currentCluster);
  setRewrite(rewrite);

  return {
    path,
    discoveryFile,
    write,
    rewrite: setRewrite,
    setAge(seconds) {
      setRewrite(false);
      const then = Date.now() / 1000 - seconds;
      utimesSync(target, then, then);
    },
    close() {
      setRewrite(false);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
