/** A tree of plain rows in a VS Code view. Only rows that changed are refreshed. */
import * as vscode from 'vscode';
import type { Row } from './metricsTreeRows';
import { escapeLabel } from '../../shared/escapeLabel';

const serializeRow = ({ children: _, ...rest }: Row): string => JSON.stringify(rest);
const serializeIds = (rows: readonly Row[]): string => JSON.stringify(rows.map(({ id }) => id));

export class RowTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Row[] | undefined>();
  private rows: Row[] = [];
  /** By id. VS Code knows a row by the object it was given first, so the object stays and takes the new content. */
  private rowsById = new Map<string, Row>();
  private readonly parents = new Map<string, Row>();
  readonly onDidChangeTreeData = this.changed.event;

  /** Shows these rows. */
  update(rows: readonly Row[]): void {
    const before = this.rowsById;
    const changes: Row[] = [];
    const oldIds = serializeIds(this.rows);
    this.rowsById = new Map();
    this.parents.clear();
    this.rows = this.merge(rows, undefined, before, changes);
    if (oldIds !== serializeIds(this.rows)) this.changed.fire(undefined);
    else if (changes.length > 0) this.changed.fire(changes);
  }

  getChildren(row?: Row): Row[] {
    return row ? row.children : this.rows;
  }

  getParent(row: Row): Row | undefined {
    return this.parents.get(row.id);
  }

  getTreeItem({ id, label, description, icon, context, children, command }: Row): vscode.TreeItem {
    const item = new vscode.TreeItem(
      label,
      children.length > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
    );
    item.id = id;
    item.description = description;
    item.contextValue = context;
    item.iconPath = new vscode.ThemeIcon(
      icon.name,
      icon.colour === undefined ? undefined : new vscode.ThemeColor(icon.colour),
    );
    item.accessibilityInformation = { label: escapeLabel([label, description].filter(Boolean).join(': ')) };
    if (command) item.command = { command: command.command, title: command.title };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, row: Row): vscode.TreeItem {
    const tooltip = new vscode.MarkdownString();
    for (const line of row.tooltip) tooltip.appendText(line).appendMarkdown('\n\n');
    item.tooltip = tooltip;
    return item;
  }

  dispose(): void {
    this.changed.dispose();
  }

  private merge(
    rows: readonly Row[],
    parent: Row | undefined,
    before: ReadonlyMap<string, Row>,
    changes: Row[],
  ): Row[] {
    return rows.map((row) => {
      const old = before.get(row.id);
      const changed =
        old !== undefined &&
        (serializeRow(old) !== serializeRow(row) || serializeIds(old.children) !== serializeIds(row.children));
      const kept = Object.assign(old ?? ({} as Row), row);
      if (changed) changes.push(kept);
      this.rowsById.set(row.id, kept);
      if (parent) this.parents.set(row.id, parent);
      kept.children = this.merge(row.children, kept, before, changes);
      return kept;
    });
  }
}
