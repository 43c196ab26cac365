/** The one place that knows the toolkit: registers just the components the page uses. */
import {
  provideVSCodeDesignSystem,
  vsCodeDropdown,
  vsCodeOption,
  type Dropdown,
  type Option,
} from '@vscode/webview-ui-toolkit';

provideVSCodeDesignSystem().register(vsCodeDropdown(), vsCodeOption());

export interface Choice {
  value: string;
  text: string;
}

/** A dropdown with an accessible name; `onChoose` gets the value of what a person chose. */
export function dropdown(
  name: string,
  choices: readonly Choice[],
  chosen: string,
  onChoose: (value: string) => void,
): Dropdown {
  const element = document.createElement('vscode-dropdown') as Dropdown;
  element.setAttribute('aria-label', name);
  for (const { value, text } of choices) {
    const option = document.createElement('vscode-option') as Option;
    option.setAttribute('value', value);
    option.toggleAttribute('selected', value === chosen);
    option.textContent = text;
    element.append(option);
  }
  element.addEventListener('change', () => onChoose(element.value));
  return element;
}
