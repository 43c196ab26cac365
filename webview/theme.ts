/** The theme's colours, as a canvas needs them: resolved. */
export interface Theme {
  foreground: string;
  /** For axis labels. */
  descriptionForeground: string;
  grid: string;
  background: string;
  charts: Record<ChartColour, string>;
  warning: string;
  error: string;
  /** Lines are told apart by dashes too. */
  highContrast: boolean;
  font: { family: string; size: number };
}

/** Without orange, which VS Code's newer light themes make too pale for a line. */
export type ChartColour = 'blue' | 'green' | 'purple' | 'yellow' | 'red';

/** Literal colours for when a variable is missing: VS Code has lost them in long-lived webviews (vscode #336272). */
const literals = {
  dark: {
    foreground: '#cccccc',
    quiet: '#9d9d9d',
    grid: '#58585866',
    background: '#181818',
    blue: '#3794ff',
    green: '#89d185',
    purple: '#b180d7',
    yellow: '#cca700',
    red: '#f14c4c',
  },
  light: {
    foreground: '#3b3b3b',
    quiet: '#616161',
    grid: '#a9a9a966',
    background: '#f8f8f8',
    blue: '#1a85ff',
    green: '#388a34',
    purple: '#652d90',
    yellow: '#bf8803',
    red: '#e51400',
  },
};

const variables: Record<keyof typeof literals.dark, string> = {
  foreground: '--vscode-foreground',
  quiet: '--vscode-descriptionForeground',
  grid: '--vscode-tree-inactiveIndentGuidesStroke',
  background: '--vscode-sideBar-background',
  blue: '--vscode-charts-blue',
  green: '--vscode-charts-green',
  purple: '--vscode-charts-purple',
  yellow: '--vscode-charts-yellow',
  red: '--vscode-charts-red',
};

/** The colours of now. */
export function readTheme(): Theme {
  const { classList } = document.body;
  const light = classList.contains('vscode-light') || classList.contains('vscode-high-contrast-light');
  const style = getComputedStyle(document.documentElement);
  const body = getComputedStyle(document.body);
  const colour = (name: keyof typeof variables): string =>
    style.getPropertyValue(variables[name]).trim() || literals[light ? 'light' : 'dark'][name];
  return {
    foreground: colour('foreground'),
    descriptionForeground: colour('quiet'),
    grid: colour('grid'),
    background: colour('background'),
    charts: {
      blue: colour('blue'),
      green: colour('green'),
      purple: colour('purple'),
      yellow: colour('yellow'),
      red: colour('red'),
    },
    warning: colour('yellow'),
    error: colour('red'),
    highContrast: classList.contains('vscode-high-contrast') || classList.contains('vscode-high-contrast-light'),
    font: { family: body.fontFamily, size: Math.max(10, (parseFloat(body.fontSize) || 13) - 2) },
  };
}

/** Calls `listener` when VS Code puts another theme on the page. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-id', 'data-vscode-theme-kind', 'data-vscode-theme-name'],
  });
}
