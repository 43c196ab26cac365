/** Bodies of many targets, made of the recording: each target has engines of its own. */
import { turn } from './recorded';

/** A node's answer of some 630 kB at two times, as target `index` would give it. */
export function bodiesOf(index: number, maxBytes = Infinity): readonly Buffer[] {
  return [turn[0], turn.at(-1)].map((step) => {
    const text = step?.bodies[0]?.bytes.toString('utf8') ?? '';
    // Worker ids are as long as before, and no two targets share one.
    const own = text.split('\n').filter((line) => !line.startsWith('ray_grpc_')).join('\n').replace(/WorkerId="(\w{4})/g, (_, first: string) => `WorkerId="${first.slice(0, 1)}${index.toString(16).padStart(3, '0')}`);
    return Buffer.from(own.length <= maxBytes ? own : own.slice(0, own.lastIndexOf('\n', maxBytes) + 1));
  });
}
