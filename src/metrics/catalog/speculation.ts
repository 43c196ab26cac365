/** Speculative decoding. Ids are SkyRL's own keys where it has one. */
import { increase, rate, ratio } from './rowBuilders';
import type { CatalogRow } from './types';

const category = 'speculation';

/** Draft tokens a step that get a row of their own; SkyRL's values know all there are. */
const mostPositions = 10;

const drafts = 'spec_decode_num_drafts';
const draftTokens = 'spec_decode_num_draft_tokens';
const accepted = 'spec_decode_num_accepted_tokens';

/** SkyRL counts positions from 1, vLLM from 0. */
const atPosition = (position: number): CatalogRow =>
  ratio({
    id: `draft_acceptance_rate_pos_${position}`,
    above: { family: 'spec_decode_num_accepted_tokens_per_pos', where: { position: String(position - 1) } },
    below: drafts,
    label: `Accepted at position ${position}`,
    short: `position ${position}`,
    unit: 'fraction',
    category,
    worst: 'low',
    help: `Share of the drafts whose token ${position} was accepted.`,
  });

export const speculation: readonly CatalogRow[] = [
  ratio({
    id: 'draft_acceptance_rate',
    above: accepted,
    below: draftTokens,
    label: 'Draft tokens accepted',
    short: 'accepted',
    unit: 'fraction',
    category,
    worst: 'low',
    help: 'Share of the draft tokens that the model accepted.',
  }),
  ratio({
    id: 'draft_mean_acceptance_length',
    above: accepted,
    below: drafts,
    plus: 1,
    label: 'Tokens per draft step',
    short: 'length',
    unit: 'tokens',
    category,
    worst: 'low',
    help: 'Tokens that one step with a draft gives: the accepted ones and the model’s own.',
  }),
  ...Array.from({ length: mostPositions }, (_, index) => atPosition(index + 1)),
  ratio({
    id: 'output_from_drafts',
    above: accepted,
    below: 'generation_tokens',
    countedApart: true,
    label: 'Output from drafts',
    short: 'from drafts',
    unit: 'fraction',
    category,
    worst: 'low',
    help: 'Share of the output tokens that came from drafts.',
  }),
  increase({
    id: 'draft_num_draft_tokens',
    of: draftTokens,
    label: 'Draft tokens',
    short: 'drafted',
    unit: 'tokens',
    category,
    help: 'Draft tokens in the window, over all engines.',
  }),
  increase({
    id: 'draft_num_accepted_tokens',
    of: accepted,
    label: 'Accepted draft tokens',
    short: 'accepted',
    unit: 'tokens',
    category,
    help: 'Draft tokens in the window that were accepted, over all engines.',
  }),
  rate({
    id: 'drafts_s',
    of: drafts,
    label: 'Drafts',
    short: 'drafts',
    unit: '/s',
    category,
    help: 'Drafts per second, over all engines.',
  }),
];
