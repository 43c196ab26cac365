/** The colours and font of VS Code's present theme, resolved for drawing on a canvas. */

/** Colours as CSS values, and the font of labels. */
export interface Theme {
  foreground: string;
  /** For labels of axes. */
  descriptionForeground: string;
  grid: string;
  background: string;
  charts: Record<ChartColour, string>;
  warning: string;
  error: string;
  /** Whether the background is light. */
  isLight: boolean;
  /** In high contrast, lines also differ by their dashes. */
  highContrast: boolean;
  /** `size` is in CSS pixels. */
  font: { family: string; size: number };
}

/** VS Code's chart colours without orange, which newer light themes make too pale for a line. */
export type ChartColour = 'blue' | 'green' | 'purple' | 'yellow' | 'red';

interface Palette extends Record<ChartColour, string> {
  foreground: string;
  descriptionForeground: string;
  grid: string;
  background: string;
}

/** Used if a variable is missing: VS Code has lost them in long-lived webviews (microsoft/vscode#336272). */
const fallbackPalettes: Record<'dark' | 'light', Palette> = {
  dark: {
    foreground: '#cccccc',
    descriptionForeground: '#9d9d9d',
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
    descriptionForeground: '#616161',
    grid: '#a9a9a966',
    background: '#f8f8f8',
    blue: '#1a85ff',
    green: '#388a34',
    purple: '#652d90',
    yellow: '#bf8803',
    red: '#e51400',
  },
};

const cssVariables: Record<keyof Palette, string> = {
  foreground: '--vscode-foreground',
  descriptionForeground: '--vscode-descriptionForeground',
  grid: '--vscode-tree-inactiveIndentGuidesStroke',
  background: '--vscode-sideBar-background',
  blue: '--vscode-charts-blue',
  green: '--vscode-charts-green',
  purple: '--vscode-charts-purple',
  yellow: '--vscode-charts-yellow',
  red: '--vscode-charts-red',
};

/** The present theme. */
export function readTheme(): Theme {
  const { classList } = document.body;
  const isLight = classList.contains('vscode-light') || classList.contains('vscode-high-contrast-light');
  const fallback = fallbackPalettes[isLight ? 'light' : 'dark'];
  const style = getComputedStyle(document.documentElement);
  const bodyStyle = getComputedStyle(document.body);
  const colour = (name: keyof Palette): string => style.getPropertyValue(cssVariables[name]).trim() || fallback[name];
  return {
    foreground: colour('foreground'),
    descriptionForeground: colour('descriptionForeground'),
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
    isLight,
    highContrast: classList.contains('vscode-high-contrast') || classList.contains('vscode-high-contrast-light'),
    font: { family: bodyStyle.fontFamily, size: Math.max(10, (parseFloat(bodyStyle.fontSize) || 13) - 2) },
  };
}

/** Calls `listener` when the theme changes. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-id', 'data-vscode-theme-kind', 'data-vscode-theme-name'],
  });
}
