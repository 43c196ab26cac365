/** A program of a thread: reads configs, so that no text of a file can block the extension host. */
import { parentPort } from 'node:worker_threads';
import { readConfig, type ReadOptions } from './readConfig';
import type { ConfigReading } from './types';

/** A text to read. */
export interface ConfigRequest {
  text: string;
  options: ReadOptions;
}

/** The reading, or the message of an error in reading. */
export type ConfigReply = { reading: ConfigReading } | { error: string };

parentPort?.on('message', ({ text, options }: ConfigRequest) => {
  readConfig(text, options).then(
    (reading) => parentPort?.postMessage({ reading } satisfies ConfigReply),
    (error: unknown) => parentPort?.postMessage({ error: String(error) } satisfies ConfigReply),
  );
});
