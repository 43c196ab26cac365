/** The variables of VS Code's default themes that the page and the toolkit read. */

/** A theme as VS Code sets it on a page. */
export interface TestTheme {
  /** The class of the body. */
  bodyClass: string;
  variables: Record<string, string>;
}

const font = {
  'font-family': 'system-ui, "Ubuntu", "Droid Sans", sans-serif',
  'font-size': '13px',
  'font-weight': 'normal',
};

function theme(bodyClass: string, variables: Record<string, string>): TestTheme {
  return {
    bodyClass,
    variables: Object.fromEntries(
      Object.entries({ ...font, ...variables }).map(([name, value]) => [`--vscode-${name}`, value]),
    ),
  };
}

/** The themes that tests use. */
export const themes = {
  dark: theme('vscode-dark', {
    'icon-foreground': '#cccccc',
    foreground: '#cccccc',
    descriptionForeground: '#9d9d9d',
    'sideBar-background': '#181818',
    'editor-background': '#1f1f1f',
    focusBorder: '#0078d4',
    'tree-inactiveIndentGuidesStroke': '#58585866',
    'charts-lines': '#cccccc80',
    'charts-foreground': '#cccccc',
    'charts-blue': '#59a4f9',
    'charts-green': '#89d185',
    'charts-purple': '#b180d7',
    'charts-yellow': '#cca700',
    'charts-red': '#f14c4c',
    'dropdown-background': '#313131',
    'dropdown-border': '#3c3c3c',
    'dropdown-foreground': '#cccccc',
    'button-secondaryBackground': '#313131',
    'button-secondaryForeground': '#cccccc',
    'button-secondaryHoverBackground': '#3c3c3c',
    'list-hoverBackground': '#2a2d2e',
    'list-activeSelectionBackground': '#04395e',
    'list-activeSelectionForeground': '#ffffff',
  }),
  light: theme('vscode-light', {
    'icon-foreground': '#3b3b3b',
    foreground: '#3b3b3b',
    descriptionForeground: '#3b3b3b',
    'sideBar-background': '#f8f8f8',
    'editor-background': '#ffffff',
    focusBorder: '#005fb8',
    'tree-inactiveIndentGuidesStroke': '#a9a9a966',
    'charts-lines': '#3b3b3b80',
    'charts-foreground': '#3b3b3b',
    'charts-blue': '#0063d3',
    'charts-green': '#388a34',
    'charts-purple': '#652d90',
    'charts-yellow': '#bf8803',
    'charts-red': '#f85149',
    'dropdown-background': '#ffffff',
    'dropdown-border': '#cecece',
    'dropdown-foreground': '#3b3b3b',
    'button-secondaryBackground': '#e5e5e5',
    'button-secondaryForeground': '#3b3b3b',
    'button-secondaryHoverBackground': '#cccccc',
    'list-hoverBackground': '#f2f2f2',
    'list-activeSelectionBackground': '#e8e8e8',
    'list-activeSelectionForeground': '#000000',
  }),
  highContrast: theme('vscode-high-contrast', {
    foreground: '#ffffff',
    descriptionForeground: '#ffffffb3',
    'sideBar-background': '#000000',
    'editor-background': '#000000',
    focusBorder: '#f38518',
    contrastBorder: '#6fc3df',
    contrastActiveBorder: '#f38518',
    'tree-inactiveIndentGuidesStroke': '#a9a9a966',
    'charts-lines': '#ffffff80',
    'charts-foreground': '#ffffff',
    'charts-blue': '#59a4f9',
    'charts-green': '#89d185',
    'charts-purple': '#b180d7',
    'charts-yellow': '#ffd370',
    'charts-red': '#f48771',
    'dropdown-background': '#000000',
    'dropdown-border': '#6fc3df',
    'dropdown-foreground': '#ffffff',
    'button-border': '#6fc3df',
    'button-secondaryForeground': '#ffffff',
  }),
} as const;
