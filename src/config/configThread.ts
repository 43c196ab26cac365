/** Reads configs in a thread of their own, which ends a text that takes too long or too much memory. */
import { Worker } from 'node:worker_threads';
import type { Clock } from '../shared/clock';
import type { ConfigReply, ConfigRequest } from './configWorker';
import { fileStart } from './ranges';
import type { ReadOptions } from './readConfig';
import type { ConfigReading } from './types';

/** For one text: the longest and most entangled take two seconds on a slow machine. */
export const readingDeadlineMs = 20_000;
/** The thread ends when nothing was read for this long. */
const idleMs = 30_000;
/** Reads the text of a config file. */
export type ReadConfigText = (text: string, options: ReadOptions) => Promise<ConfigReading>;

/** A thread that reads configs, one after the other. */
export interface ConfigThread {
  /** As `readConfig`; a text at which the thread was ended gives a finding. Never rejects. */
  read: ReadConfigText;
  /** Ends the thread. What is being read gives no config. */
  dispose(): void;
}

interface ConfigThreadOptions {
  /** Path of the built `configWorker.ts`. */
  program: string;
  clock: Pick<Clock, 'after'>;
  /** Most memory; a megabyte of YAML takes some 150 MB. */
  memoryMb?: number;
}

const givenUp = (why: string): ConfigReading => ({
  config: undefined,
  findings: [
    {
      id: 'config-too-entangled',
      severity: 'warning',
      message: `Reading this file was given up: ${why}. Move the command with the overrides, or the config, into a file of its own.`,
      range: fileStart,
    },
  ],
});

/** Creates the thread; it starts with the first text. */
export function createConfigThread({ program, clock, memoryMb = 512 }: ConfigThreadOptions): ConfigThread {
  let worker: Worker | undefined;
  let cancelTimer = (): void => undefined;
  /** Takes the reply for the text that is read now. */
  let finish: ((reply: ConfigReply) => void) | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isDisposed = false;

  const end = (): void => {
    cancelTimer();
    void worker?.terminate();
    worker = undefined;
  };

  /** Gives up what is read now, and ends the thread; the next text starts another one. */
  const giveUp = (why: string): void => {
    end();
    finish?.({ reading: givenUp(why) });
  };

  function startWorker(): Worker {
    const started = new Worker(program, { resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
    // An idle thread must not keep the process alive.
    started.unref();
    started.on('message', (reply: ConfigReply) => finish?.(reply));
    started.on('error', (error: Error & { code?: string }) => {
      if (worker !== started) return;
      giveUp(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? `it took over ${memoryMb} MB of memory` : error.message);
    });
    started.on('exit', () => {
      if (worker === started) giveUp('the thread ended');
    });
    return started;
  }

  const readNow = (request: ConfigRequest): Promise<ConfigReading> =>
    new Promise((resolve) => {
      if (isDisposed) return resolve(givenUp('VS Code is closing'));
      cancelTimer();
      finish = (reply) => {
        finish = undefined;
        cancelTimer();
        if (worker) cancelTimer = clock.after(idleMs, end);
        resolve('reading' in reply ? reply.reading : givenUp(`of an error (${reply.error})`));
      };
      worker ??= startWorker();
      cancelTimer = clock.after(readingDeadlineMs, () => giveUp(`it took over ${readingDeadlineMs / 1000} s`));
      worker.postMessage(request);
    });

  return {
    read: (text, { file, environment }) => {
      // Copied, because `process.env` cannot be sent to a thread.
      const reading = last.then(() => readNow({ text, options: { file, environment: { ...environment } } }));
      last = reading;
      return reading;
    },
    dispose: () => {
      isDisposed = true;
      giveUp('VS Code is closing');
    },
  };
}
