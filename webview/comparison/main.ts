/** Entry of the page of a comparison: connects the page to the host. */
import '../panelPage.css';
import './comparison.css';
import { onMessage, restoreView, send, storeView } from './api';
import { ComparisonPageView } from './comparisonPageView';

function start(root: HTMLElement): void {
  const view = new ComparisonPageView(root, restoreView(), {
    store: storeView,
    show: (measure, alignment) => send({ type: 'show', measure, alignment }),
    take: (what) => send({ type: 'take', what }),
    choose: () => send({ type: 'choose' }),
    reportDrawn: (rows) => send({ type: 'drawn', rows }),
  });
  onMessage((message) => {
    if (message.type === 'status') return view.setStatus(message.message);
    if (message.type === 'lines') return view.setLines(message);
    return view.setComparison(message.comparison);
  });
  send({ type: 'ready' });
}

const root = document.getElementById('page');
if (root) start(root);
