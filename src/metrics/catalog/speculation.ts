/** Rows of speculative decoding. */
import { increase, rate, ratio } from './rowBuilders';
import type { CatalogRow } from './types';

const category = 'speculation';

/** How many draft positions have a row. SkyRL's values have no such limit. */
const maxPositions = 10;

const drafts = 'spec_decode_num_drafts';
const draftTokens = 'spec_decode_num_draft_tokens';
const acceptedTokens = 'spec_decode_num_accepted_tokens';

/**
 * SkyRL counts positions from 1, vLLM from 0. On Ray a position has no series before its first accepted token, as has a
 * position that is not drafted at all: it exists if more tokens than its number are drafted at a time.
 */
const acceptanceAtPosition = (position: number): CatalogRow =>
  ratio({
    id: `draft_acceptance_rate_pos_${position}`,
    numerator: { family: 'spec_decode_num_accepted_tokens_per_pos', where: { position: String(position - 1) } },
    denominator: drafts,
    zeroIf: { counter: { family: draftTokens, sampleKind: 'counter' }, above: position - 1 },
    label: `Accepted at position ${position}`,
    shortLabel: `position ${position}`,
    unit: 'fraction',
    category,
    worst: 'low',
    help: `Share of the drafts whose token ${position} was accepted.`,
  });

export const speculation: readonly CatalogRow[] = [
  ratio({
    id: 'draft_acceptance_rate',
    numerator: acceptedTokens,
    denominator: draftTokens,
    label: 'Draft tokens accepted',
    shortLabel: 'accepted',
    unit: 'fraction',
    category,
    worst: 'low',
    help: 'Share of the draft tokens that the model accepted.',
  }),
  ratio({
    id: 'draft_mean_acceptance_length',
    numerator: acceptedTokens,
    denominator: drafts,
    plus: 1,
    label: 'Tokens per draft step',
    shortLabel: 'length',
    unit: 'tokens',
    category,
    worst: 'low',
    help: 'Tokens that one step with a draft gives: the accepted ones and the model’s own.',
  }),
  ...Array.from({ length: maxPositions }, (_, index) => acceptanceAtPosition(index + 1)),
  ratio({
    id: 'output_from_drafts',
    numerator: acceptedTokens,
    denominator: 'generation_tokens',
    optionalNumerator: true,
    label: 'Output from drafts',
    shortLabel: 'from drafts',
    unit: 'fraction',
    category,
    worst: 'low',
    help: 'Share of the output tokens that came from drafts.',
  }),
  increase({
    id: 'draft_num_draft_tokens',
    selector: draftTokens,
    label: 'Draft tokens',
    shortLabel: 'drafted',
    unit: 'tokens',
    category,
    help: 'Draft tokens in the rate window, over all engines.',
  }),
  increase({
    id: 'draft_num_accepted_tokens',
    selector: acceptedTokens,
    label: 'Accepted draft tokens',
    shortLabel: 'accepted',
    unit: 'tokens',
    category,
    help: 'Draft tokens in the rate window that were accepted, over all engines.',
  }),
  rate({
    id: 'drafts_s',
    selector: drafts,
    label: 'Drafts',
    shortLabel: 'drafts',
    unit: '/s',
    category,
    help: 'Drafts per second, over all engines.',
  }),
];
