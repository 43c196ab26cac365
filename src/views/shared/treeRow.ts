/** Rows of the tree views, as plain values. */
import type { Event } from 'vscode';
import type { StateAction } from '../../shared/states';

/** One row; rows with the same ID are the same row. */
export interface TreeRow {
  /** Stays the same over refreshes. */
  id: string;
  label: string;
  description: string;
  /** Paragraphs of plain text; a function makes them when the pointer rests on the row. */
  tooltip: readonly string[] | (() => readonly string[]);
  icon: { name: string; colour?: string };
  /** The `viewItem` of menus. */
  context: string;
  /** What the inline commands copy. */
  value?: string;
  promql?: string;
  /** What `skyrl.chartMetric` charts: a catalog ID, and the ID of the engine, node or GPU if the row is about one. */
  measure?: string;
  engine?: string;
  /** What `skyrl.showExposition` shows: a target, or a family of the target that a person picks. */
  exposition?: { target?: string; family?: string };
  /** What a click does. */
  command?: StateAction;
  /** What that command gets; absent: nothing, so that it asks. */
  commandOptions?: object;
  /** It is open from the beginning. */
  isExpanded?: true;
  /** It represents the rows below it: a search for one of them looks through it. */
  isGroup?: true;
  /** A function makes at least one, when the row is opened: hundreds of engines have thousands of rows. */
  children: readonly TreeRow[] | (() => readonly TreeRow[]);
}

/** The rows below a row. */
export const childrenOf = ({ children }: TreeRow): readonly TreeRow[] =>
  typeof children === 'function' ? children() : children;

/** The paragraphs of a row's tooltip. */
export const tooltipOf = ({ tooltip }: TreeRow): readonly string[] =>
  typeof tooltip === 'function' ? tooltip() : tooltip;

/** Whether there are rows below a row. */
export const hasChildren = ({ children }: TreeRow): boolean => typeof children === 'function' || children.length > 0;

/** Rows that one feature adds to the tree of another. */
export interface TreeSection {
  /** The rows as they are now. */
  rows(): TreeRow[];
  /** Fires when the rows may have changed. */
  readonly onDidChange: Event<void>;
}
