/** What the engines of a run did lately, as queries tell. */
import type { BatchResult } from './batch';
import type { InstantSample } from './responseData';
import { sampleSubjectKey } from './scopes';

type Keys = ReadonlySet<string>;

/** Keys of engines, by what they did. An engine about which nothing is known is in none of the sets. */
export interface EngineActivity {
  /** Its token counters moved. */
  movedKeys: Keys;
  /** Its token counters did not move. */
  unmovedKeys: Keys;
  /** A token counter fell. */
  resetKeys: Keys;
  /** It says that requests run or wait. */
  busyKeys: Keys;
  asleepKeys: Keys;
}

const noKeys: Keys = new Set();

/** Nothing is known. */
export const noActivity: EngineActivity = {
  movedKeys: noKeys,
  unmovedKeys: noKeys,
  resetKeys: noKeys,
  busyKeys: noKeys,
  asleepKeys: noKeys,
};

const isPositive = (value: number): boolean => value > 0;
const isZero = (value: number): boolean => value === 0;

/** Engines with a fitting value in one of the queries whose ids begin with `prefix`. */
function keysWhere(
  { itemsById }: BatchResult<InstantSample>,
  prefix: string,
  targetUrls: ReadonlyMap<string, string>,
  fits: (value: number) => boolean,
): Set<string> {
  const samples = [...itemsById].filter(([id]) => id.startsWith(prefix)).flatMap(([, items]) => items);
  return new Set(
    samples
      .filter(({ value }) => value !== undefined && fits(value))
      .map(({ labels }) => sampleSubjectKey('engine', labels, targetUrls)),
  );
}

/** Reads the answers of `activityQueries`. `sleepingKeys`: engines whose sleep gauge said last that they sleep. */
export function readEngineActivity(
  batch: BatchResult<InstantSample>,
  targetUrls: ReadonlyMap<string, string>,
  sleepingKeys: Keys,
): EngineActivity {
  const movedKeys = keysWhere(batch, 'moved ', targetUrls, isPositive);
  const unmovedKeys = keysWhere(batch, 'moved ', targetUrls, isZero);
  const asleepKeys = new Set(sleepingKeys);
  // Engines that move are neither asleep nor stuck.
  for (const key of movedKeys) {
    unmovedKeys.delete(key);
    asleepKeys.delete(key);
  }
  return {
    movedKeys,
    unmovedKeys,
    asleepKeys,
    resetKeys: keysWhere(batch, 'reset ', targetUrls, isPositive),
    busyKeys: keysWhere(batch, 'own num_requests_', targetUrls, isPositive),
  };
}
