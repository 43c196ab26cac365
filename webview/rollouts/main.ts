/** Entry of the page of rollouts: connects the page to the host. */
import '../panelPage.css';
import './rollouts.css';
import type { Rollout } from '../../src/shared/rollout';
import { onMessage, restoreView, send, storeView } from './api';
import { RolloutsView } from './rolloutsView';

function start(root: HTMLElement): void {
  const byId = new Map<string, Rollout>();
  const view = new RolloutsView(root, restoreView(), {
    choose: storeView,
    show: (range) => send({ type: 'show', range }),
    take: (what, kind) => send({ type: 'take', what, kind }),
    reportDrawn: (rows) => send({ type: 'drawn', rows }),
  });
  onMessage((message) => {
    if (message.type === 'status') return view.setStatus(message.message, message.notice ?? '');
    if (message.replace) byId.clear();
    for (const id of message.removed) byId.delete(id);
    for (const rollout of message.rollouts) byId.set(rollout.id, rollout);
    view.setRollouts([...byId.values()].sort((a, b) => a.from - b.from || a.to - b.to));
  });
  send({ type: 'ready' });
}

const root = document.getElementById('page');
if (root) start(root);
