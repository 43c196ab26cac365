/** A row of a tree, as a plain value. */
import type { StateAction } from '../../shared/states';

export interface TreeRow {
  /** The same over refreshes. */
  id: string;
  label: string;
  description: string;
  /** Paragraphs of plain text. */
  tooltip: string[];
  icon: { name: string; colour?: string };
  context: string;
  /** What the inline commands copy. */
  value?: string;
  promql?: string;
  /** What `skyrl.chartMetric` charts: a catalog id, and `Engine.id` or `Part.id` where the row is about one. */
  measure?: string;
  engine?: string;
  /** A family whose exposition the row can show, and the target. */
  exposition?: { target?: string; family?: string };
  /** What a click does. */
  command?: StateAction;
  children: TreeRow[];
}
