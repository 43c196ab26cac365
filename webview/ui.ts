/**
 * Dropdowns of VS Code's webview toolkit. No other file imports the toolkit, so that only used components are
 * registered.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeDropdown,
  vsCodeOption,
  type Dropdown,
  type Option,
} from '@vscode/webview-ui-toolkit';

provideVSCodeDesignSystem().register(vsCodeDropdown(), vsCodeOption());

interface Choice {
  value: string;
  text: string;
}

/** A dropdown with an accessible name. `onChoose` is called with the value that a person selects. */
export function dropdown(
  name: string,
  choices: readonly Choice[],
  selected: string,
  onChoose: (value: string) => void,
): Dropdown {
  const element = document.createElement('vscode-dropdown') as Dropdown;
  element.setAttribute('aria-label', name);
  for (const { value, text } of choices) {
    const option = document.createElement('vscode-option') as Option;
    option.setAttribute('value', value);
    option.toggleAttribute('selected', value === selected);
    option.textContent = text;
    element.append(option);
  }
  element.addEventListener('change', () => onChoose(element.value));
  return element;
}
