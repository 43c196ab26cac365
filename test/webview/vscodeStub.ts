/** A stub of VS Code's webview API, which runs in the page before its scripts and logs what the page does. */
import type { ToHost } from '../../src/shared/protocol';
import type { TestTheme } from './themes';

/** What the page did so far. */
export interface PageLog {
  /** Messages to the host. */
  sent: ToHost[];
  /** What the content security policy blocked. */
  violations: string[];
  /** The state that VS Code would keep for the page. */
  state: unknown;
}

declare global {
  interface Window {
    log: PageLog;
    setTheme: (theme: TestTheme) => void;
    /** Runs what the page repeats, once. */
    passInterval: () => void;
  }
}

/**
 * Installs the stub. The page's query string holds its theme and its state as JSON. Must not use anything outside
 * itself.
 */
export function installVscodeStub(): void {
  const { theme, state } = JSON.parse(decodeURIComponent(location.search.slice(1)) || '{}') as {
    theme: TestTheme;
    state?: unknown;
  };
  window.log = { sent: [], violations: [], state };
  document.addEventListener('securitypolicyviolation', (event) =>
    window.log.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
  );
  window.setTheme = ({ variables, bodyClass }) => {
    const { style } = document.documentElement;
    document.documentElement.removeAttribute('style');
    for (const [name, value] of Object.entries(variables)) style.setProperty(name, value);
    style.background = variables['--vscode-sideBar-background'] ?? '';
    document.body.className = bodyClass;
    document.body.setAttribute('data-vscode-theme-kind', bodyClass);
  };
  // On a busy machine real intervals would draw at any moment, so tests say when one has passed.
  const intervals: (() => void)[] = [];
  window.passInterval = () => intervals.forEach((run) => run());
  Object.assign(window, {
    setInterval: (run: () => void) => intervals.push(run),
    acquireVsCodeApi: () => ({
      postMessage: (message: ToHost) => window.log.sent.push(message),
      getState: () => window.log.state,
      setState: (newState: unknown) => {
        window.log.state = newState;
      },
    }),
  });
  document.addEventListener('DOMContentLoaded', () => window.setTheme(theme));
}
