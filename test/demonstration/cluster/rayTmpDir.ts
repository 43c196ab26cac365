/** Ray's temporary folder on the head node: the session's folder, the service-discovery file, and the links to them. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const fileName = 'prom_metrics_service_discovery.json';
/** `default_service_discovery_flush_period` of Ray. */
const rewriteIntervalMs = 5000;

interface RayTmpDirOptions {
  /** Name of the session's folder. */
  session: string;
  /** `host:port` of all targets; called at each writing. */
  targets: () => string[];
  /** Also writes `ray_current_cluster` with this `host:port`. */
  currentCluster?: string;
  /** Whether the file is rewritten every 5 s; true by default. */
  rewrite?: boolean;
}

/** A folder that exists. */
export interface RayTmpDir {
  /** The value of `RAY_TMPDIR`. */
  readonly path: string;
  /** The link to the service-discovery file, which readers open. */
  readonly discoveryFile: string;
  /** Writes the service-discovery file now, with the targets or with `content`. */
  write(content?: string): void;
  /** Starts or stops the rewriting. */
  rewrite(isOn: boolean): void;
  /** Stops the rewriting, and sets the age of the file. */
  setAge(seconds: number): void;
  /** Stops the rewriting, and removes the folder. */
  close(): void;
}

/** Creates the folder with its files. */
export function createRayTmpDir({ session, targets, currentCluster, rewrite = true }: RayTmpDirOptions): RayTmpDir {
  const path = mkdtempSync(join(tmpdir(), 'ray-demo-'));
  const sessionDir = join(path, session);
  const file = join(sessionDir, fileName);
  const discoveryFile = join(path, fileName);
  let timer: NodeJS.Timeout | undefined;

  const write = (content = JSON.stringify([{ labels: { job: 'ray' }, targets: targets() }])): void => {
    // Like Ray, by renaming, so that readers never see half a file.
    const temporaryFile = join(sessionDir, `tmp_${fileName}`);
    writeFileSync(temporaryFile, content);
    renameSync(temporaryFile, file);
  };
  const setRewrite = (isOn: boolean): void => {
    clearInterval(timer);
    timer = isOn ? setInterval(write, rewriteIntervalMs) : undefined;
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
      const modifiedAt = Date.now() / 1000 - seconds;
      utimesSync(file, modifiedAt, modifiedAt);
    },
    close() {
      setRewrite(false);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
