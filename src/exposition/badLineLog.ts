/** Counts the bad lines of one exposition and keeps the first few. */
import type { LineError } from './parseLine';
import { maxBadLines, type BadLine } from './types';

/** The bad lines of one exposition. */
export class BadLineLog {
  readonly lines: BadLine[] = [];
  count = 0;

  /** Notes what is wrong with a line; `line` is its zero-based number. */
  add(error: LineError, line: number): void {
    this.count += 1;
    if (this.lines.length < maxBadLines) this.lines.push({ ...error, line });
  }
}
