/** A tree view of plain rows that refreshes only the rows that changed. */
import * as vscode from 'vscode';
import { escapeLabel } from '../../shared/escapeLabel';
import { RowStore } from './rowStore';
import { hasChildren, type TreeRow } from './treeRow';

/** Gives VS Code rows, and tells it which of them changed. */
export class RowTree implements vscode.TreeDataProvider<TreeRow>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<TreeRow[] | undefined>();
  private readonly store = new RowStore();
  private readonly opened = new vscode.EventEmitter<string>();
  readonly onDidChangeTreeData = this.changed.event;
  /** Fires with the ID of a row whose children VS Code asks for, because it is open. */
  readonly onDidOpen = this.opened.event;

  /** Shows these rows. */
  update(rows: readonly TreeRow[]): void {
    const changes = this.store.update(rows);
    if (changes === 'all') this.changed.fire(undefined);
    else if (changes.length > 0) this.changed.fire([...changes]);
  }

  /** The row with an ID below the row `parent`, also if it was never opened; undefined if there is none. */
  find(parent: string, id: string): TreeRow | undefined {
    return this.store.find(parent, id);
  }

  /** For VS Code: a row's children, without a row those at the top. */
  getChildren(row?: TreeRow): TreeRow[] {
    if (row) this.opened.fire(row.id);
    return this.store.children(row);
  }

  /** For VS Code, which reveals rows by their parents. */
  getParent(row: TreeRow): TreeRow | undefined {
    return this.store.parent(row);
  }

  /** For VS Code: the row as a tree item, without its tooltip. */
  getTreeItem(row: TreeRow): vscode.TreeItem {
    const { id, label, description, icon, context, command, commandOptions, isExpanded } = row;
    const { None, Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(label, !hasChildren(row) ? None : isExpanded ? Expanded : Collapsed);
    item.id = id;
    item.description = description;
    item.contextValue = context;
    item.iconPath = new vscode.ThemeIcon(
      icon.name,
      icon.colour === undefined ? undefined : new vscode.ThemeColor(icon.colour),
    );
    item.accessibilityInformation = { label: escapeLabel([label, description].filter(Boolean).join(': ')) };
    if (command)
      item.command = {
        command: command.command,
        title: command.title,
        ...(commandOptions && { arguments: [commandOptions] }),
      };
    return item;
  }

  /** For VS Code, when the pointer rests on a row: adds the tooltip, as text without markup. */
  resolveTreeItem(item: vscode.TreeItem, row: TreeRow): vscode.TreeItem {
    const tooltip = new vscode.MarkdownString();
    for (const paragraph of this.store.tooltip(row)) tooltip.appendText(paragraph).appendMarkdown('\n\n');
    item.tooltip = tooltip;
    return item;
  }

  dispose(): void {
    this.changed.dispose();
    this.opened.dispose();
  }
}
