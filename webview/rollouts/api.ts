/** The connection of the page of rollouts to the extension host. */
import {
  isRolloutView,
  isToRolloutPage,
  type RolloutView,
  type ToRolloutHost,
  type ToRolloutPage,
} from '../../src/shared/rolloutProtocol';

interface VsCodeApi {
  postMessage(message: ToRolloutHost): void;
  getState(): unknown;
  setState(state: RolloutView): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

/** Sends a message to the host. */
export function send(message: ToRolloutHost): void {
  api.postMessage(message);
}

/** How this page was sorted before it was hidden or reloaded. Undefined if that is not known. */
export function restoreView(): RolloutView | undefined {
  const state = api.getState();
  return isRolloutView(state) ? state : undefined;
}

/** Stores the view for `restoreView`. */
export function storeView(view: RolloutView): void {
  api.setState(view);
}

/** Calls `listener` for each valid message of the host. Reports any other message to the host, which logs it. */
export function onMessage(listener: (message: ToRolloutPage) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (isToRolloutPage(event.data)) listener(event.data);
    else send({ type: 'ignored' });
  });
}
