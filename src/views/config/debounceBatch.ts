/** Things that come several at a time, handed on together once no more come: editors save in several writes. */
import type { Disposable } from 'vscode';

const debounceMs = 200;

export interface DebouncedBatch<Item> extends Disposable {
  /** Of two with the same key the later counts. */
  add(key: string, item: Item): void;
}

/** `use` gets what was added since it was called last, 200 ms after the last of it. What it throws is not caught here. */
export function debounceBatch<Item>(use: (items: Item[]) => void): DebouncedBatch<Item> {
  const waiting = new Map<string, Item>();
  let timer: NodeJS.Timeout | undefined;
  return {
    add: (key, item) => {
      waiting.set(key, item);
      clearTimeout(timer);
      timer = setTimeout(() => {
        const items = [...waiting.values()];
        waiting.clear();
        use(items);
      }, debounceMs);
    },
    dispose: () => clearTimeout(timer),
  };
}
