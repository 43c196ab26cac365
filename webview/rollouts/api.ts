/** The connection of the page of rollouts to the extension host. */
import {
  isRolloutView,
  isToRolloutPage,
  type RolloutView,
  type ToRolloutHost,
  type ToRolloutPage,
} from '../../src/shared/rolloutProtocol';
import { connectPage } from '../connectPage';

export const { send, restoreView, storeView, onMessage } = connectPage<ToRolloutPage, ToRolloutHost, RolloutView>(
  isToRolloutPage,
  isRolloutView,
);
