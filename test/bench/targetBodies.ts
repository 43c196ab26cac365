/** Bodies of many targets, made from the recording: no two targets share an engine. */
import { loadRecording } from '../demonstration/replay/recording';
import { recording } from './recorded';

/**
 * Scrapes of a node under load, some 640 kB each, which are the most common. When they start over, all counters are
 * reset.
 */
const stepNames: readonly string[] = ['02-load', '03-load', '04-load', '05-load'];

/**
 * The bodies of a target, one after the other. `index` tells targets apart. Cut at a line if longer than `maxBytes`.
 */
export function bodiesOf(index: number, maxBytes = Infinity): readonly Buffer[] {
  return loadRecording(recording)
    .steps.filter(({ name }) => stepNames.includes(name))
    .map(({ bodies: [body] }) => {
      // Worker IDs keep their length, and differ between targets, as addresses do.
      const targetBody = (body?.bytes.toString('utf8') ?? '')
        .replace(
          /WorkerId="(\w{4})/g,
          (_, first: string) => `WorkerId="${first.slice(0, 1)}${index.toString(16).padStart(3, '0')}`,
        )
        .replaceAll('="192.0.2.2"', `="192.0.2.${index + 2}"`);
      return Buffer.from(
        targetBody.length <= maxBytes ? targetBody : targetBody.slice(0, targetBody.lastIndexOf('\n', maxBytes) + 1),
      );
    });
}
