/** Distinguishes subjects of earlier with the name of a living one. Engines are named anew after a reload. */
import type { ChartSubject } from '../shared/chartData';
import type { SubjectHistory } from './subjectHistory';

/** Ids of the subjects that are not listed and have the name of one that is. */
export function findReusedNames(histories: Iterable<SubjectHistory>): ReadonlySet<string> {
  const all = [...histories];
  const listedNames = new Set(all.flatMap(({ isListed, subject }) => (isListed && subject ? [subject.name] : [])));
  return new Set(
    all.flatMap(({ isListed, subject }) => (!isListed && subject && listedNames.has(subject.name) ? [subject.id] : [])),
  );
}

/** The series or band; `(earlier)` is added to its subject's name if the name is used again. */
export function markEarlier<T extends { engine?: ChartSubject }>(item: T, reusedNames: ReadonlySet<string>): T {
  if (!item.engine || !reusedNames.has(item.engine.id)) return item;
  return { ...item, engine: { ...item.engine, name: `${item.engine.name} (earlier)` } };
}
