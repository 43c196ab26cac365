/** What all tiers of a history share: how many bytes they use, and how exactly they pack what is complete. */
import type { SignificantBits } from './packedNumbers';

/** The tiers keep it up to date. */
export interface PackingBudget {
  /** Of the typed arrays of all tiers. */
  bytes: number;
  /** Of the points of single subjects. */
  pointDigits: SignificantBits;
  /** Of the minutes of single subjects. */
  minuteDigits: SignificantBits;
}

/** A budget of which nothing is used; everything is packed exactly. */
export const newPackingBudget = (): PackingBudget => ({ bytes: 0, pointDigits: 53, minuteDigits: 24 });
