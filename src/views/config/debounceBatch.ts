/** Collects items that come in bursts, since an editor saves one file in several writes. */
import type { Disposable } from 'vscode';

const debounceMs = 200;

/** Items that wait for their burst to end. */
export interface DebouncedBatch<Item> extends Disposable {
  /** Adds an item; it replaces one with the same key. */
  add(key: string, item: Item): void;
}

/**
 * Calls `onBatch` with all items added since its last call, once none was added for 200 ms. Does not catch what it
 * throws.
 */
export function debounceBatch<Item>(onBatch: (items: Item[]) => void): DebouncedBatch<Item> {
  const pending = new Map<string, Item>();
  let timer: NodeJS.Timeout | undefined;
  return {
    add: (key, item) => {
      pending.set(key, item);
      clearTimeout(timer);
      timer = setTimeout(() => {
        const items = [...pending.values()];
        pending.clear();
        onBatch(items);
      }, debounceMs);
    },
    dispose: () => clearTimeout(timer),
  };
}
