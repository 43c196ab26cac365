/** The connection of the page of a comparison to the extension host. */
import {
  isComparisonView,
  isToComparisonPage,
  type ComparisonView,
  type ToComparisonHost,
  type ToComparisonPage,
} from '../../src/shared/comparisonProtocol';
import { connectPage } from '../connectPage';

export const { send, restoreView, storeView, onMessage } = connectPage<
  ToComparisonPage,
  ToComparisonHost,
  ComparisonView
>(isToComparisonPage, isComparisonView);
