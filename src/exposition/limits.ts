/**
 * How much one target may expose. Each limit is far above what real exporters have, and keeps the memory and the time
 * that a target can take small. An answer beyond a limit is refused as a whole: what would be left of it could not be
 * told from all of it.
 */
import { HttpError } from '../http/httpGet';
import type { LineError } from './parseLine';

/** Longer lines are not samples. Holding them would let a body without line feeds fill the memory. */
export const maxLineBytes = 2 ** 20;
/** The largest body has as many if its lines have 64 bytes; those of vLLM and Ray have 90 to 400. */
export const maxLines = 2 ** 19;
/** Of wanted families. 64 engines have a quarter. */
export const maxSeries = 2 ** 18;
/** Of wanted families, without `le`. An engine has 8 to 13, so that 1,000 engines have fewer. */
export const maxLabelSets = 2 ** 14;
/** Of one histogram with one label set. vLLM's have up to 20. */
export const maxBuckets = 512;

/** Engines, nodes, GPUs and servers of one target. A node has up to 16 GPUs; a target that has more gathers others. */
export const maxSubjects = 1024;

/** What is wrong with a line longer than `maxLineBytes`. */
export const lineTooLong: LineError = { reason: 'a line without an end', offset: 0 };

/** The error of an answer that has more of something than `limit`. */
export const tooMany = (limit: number, things: string): HttpError =>
  new HttpError('too-large', `the answer has more than ${limit.toLocaleString('en')} ${things}`);
