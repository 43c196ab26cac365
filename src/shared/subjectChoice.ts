/** The subjects of a chart and those that can be chosen, with their guards. */
import type { ChartSubject } from './chartData';
import { isAbsentOr, isObject, isString } from './guards';

/** A subject that can be chosen. */
export interface SubjectChoice extends ChartSubject {
  /** State of an engine that the newest snapshot lists; absent for engines of earlier, and for what is no engine. */
  state?: string;
  /** Another engine took the place of this one, which is dead or gone. */
  isReplaced?: true;
}

/** Whether a value is an engine, node, GPU or server of the chart. */
export const isChartSubject = (value: unknown): value is ChartSubject =>
  isObject(value) &&
  isString(value['id']) &&
  isString(value['name']) &&
  isAbsentOr(value['node'], isString) &&
  isAbsentOr(value['nonEngine'], (flag) => flag === true);

/** Whether a value is a subject that can be chosen. */
export const isSubjectChoice = (value: unknown): value is SubjectChoice =>
  isObject(value) &&
  isAbsentOr(value['state'], isString) &&
  isAbsentOr(value['isReplaced'], (flag) => flag === true) &&
  isChartSubject(value);
