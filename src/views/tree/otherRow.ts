/** The last category: families that the catalog does not know, computed while it is open. */
import type { OtherFamily, Snapshot } from '../../api';
import { otherCategory, otherRows } from '../../metrics/otherRows';
import type { TreeRow } from '../shared/treeRow';
import { histogramRow, prefixIds } from './categoryRows';
import { metricRow } from './metricRow';

/** The id of the row. */
export const otherRowId = `category/${otherCategory.id}`;

function infoRows({ id }: OtherFamily, { otherInfos = [], engines, parts = [] }: Snapshot): TreeRow[] {
  return otherInfos
    .filter(({ family }) => family === id)
    .map(({ engine, labels }, index) => {
      const name = [...engines, ...parts].find((subject) => subject.id === engine)?.name ?? engine;
      const lines = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
      return {
        id: `${id}/info/${index}`,
        label: name,
        description: lines.join(', '),
        tooltip: [name, ...lines],
        icon: { name: 'info' },
        context: 'value',
        value: lines.join('\n'),
        engine,
        children: [],
      };
    });
}

function familyRow(family: OtherFamily, snapshot: Snapshot, now: number): TreeRow[] {
  const rows = otherRows(family);
  const [first] = rows;
  if (!first) return [];
  const { id, name, type } = family;
  if (type === 'histogram' || type === 'summary') {
    const [measured] = histogramRow(id, rows, snapshot, now);
    const row = measured ?? { ...metricRow(first, snapshot, now), id: `histogram/${id}`, children: [] };
    return [{ ...row, label: name, exposition: { family: name } }];
  }
  const row = { ...metricRow(first, snapshot, now), label: name, exposition: { family: name } };
  if (type !== 'info') return [row];
  const children = infoRows(family, snapshot);
  const [only] = children;
  return [{ ...row, ...(only && children.length === 1 && { description: only.description }), children }];
}

const withPrometheusRow: TreeRow = {
  id: otherRowId,
  label: otherCategory.label,
  description: 'not listed with Prometheus as the source',
  tooltip: [
    'Nothing tells which of a Prometheus’s series are families of the engines that this extension does not know.',
    'SkyRL: Explore Metrics and the PromQL scratchpad show them by name.',
  ],
  icon: { name: 'list-unordered' },
  context: 'more',
  children: [],
};

/**
 * The category, if the engines publish such families. Its rows have values once it has been opened. With Prometheus as
 * the source, why there is none.
 */
export function otherCategoryRows(snapshot: Snapshot, now: number): TreeRow[] {
  if (snapshot.source?.kind === 'prometheus') return [withPrometheusRow];
  const { otherFamilies = [], otherFamiliesOmitted: omitted = 0 } = snapshot;
  if (otherFamilies.length === 0) return [];
  const total = otherFamilies.length + omitted;
  const more: TreeRow[] =
    omitted === 0
      ? []
      : [
          {
            id: 'other/more',
            label: `${omitted} more`,
            description: 'not read',
            tooltip: [
              `Of ${total} families without a row in the catalog the first ${otherFamilies.length} are read. The exposition shows all of them.`,
            ],
            icon: { name: 'ellipsis' },
            context: 'more',
            children: [],
          },
        ];
  return [
    {
      id: otherRowId,
      label: otherCategory.label,
      description: String(total),
      tooltip: [
        `${total} ${total === 1 ? 'family' : 'families'} that the engines publish and this extension does not know, with their own names and types.`,
        'Computed only while this category is open, or while they are charted or exported.',
      ],
      icon: { name: 'list-unordered' },
      context: 'category',
      children: [...otherFamilies.flatMap((family) => familyRow(family, snapshot, now)), ...more].map(prefixIds),
    },
  ];
}
