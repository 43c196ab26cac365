/** Bodies of many targets, made of the recording: each target has engines of its own. */
import { loadRecording } from '../demonstration/replay/recording';
import { recording } from './recorded';

/** Scrapes of a node under load, some 640 kB each: what a window sees most of the time. Begun anew, counters fall: one answer in so many is a restart. */
const stepNames: readonly string[] = ['02-load', '03-load', '04-load', '05-load'];

/** A node's answers one after the other, as target `index` would give them. */
export function bodiesOf(index: number, maxBytes = Infinity): readonly Buffer[] {
  return loadRecording(recording)
    .steps.filter(({ name }) => stepNames.includes(name))
    .map(({ bodies: [body] }) => {
      // Worker ids are as long as before, and no two targets share one, nor an address.
      const own = (body?.bytes.toString('utf8') ?? '')
        .replace(
          /WorkerId="(\w{4})/g,
          (_, first: string) => `WorkerId="${first.slice(0, 1)}${index.toString(16).padStart(3, '0')}`,
        )
        .replaceAll('="192.0.2.2"', `="192.0.2.${index + 2}"`);
      return Buffer.from(own.length <= maxBytes ? own : own.slice(0, own.lastIndexOf('\n', maxBytes) + 1));
    });
}
