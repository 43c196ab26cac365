/** Waiting for one event. */
import type { Event } from 'vscode';

/** Resolves to the first event that matches; to undefined if none comes within `timeoutMs`. */
export function nextEvent<T>(
  event: Event<T>,
  matches: (value: T) => boolean,
  timeoutMs: number,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const finish = (value: T | undefined): void => {
      clearTimeout(timer);
      listener.dispose();
      resolve(value);
    };
    const timer = setTimeout(() => finish(undefined), timeoutMs);
    const listener = event((value) => {
      if (matches(value)) finish(value);
    });
  });
}
