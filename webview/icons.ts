/** The icons of the page, drawn as SVG: a font of icons would need another source in the content security policy. */

/** Paths of strokes on 16 × 16 pixels. */
const paths = {
  pause: 'M5.5 3v10M10.5 3v10',
  resume: 'M4.5 3v10l8-5z',
  split: 'M2.5 2.5h11v4h-11zM2.5 9.5h11v4h-11z',
  overlay: 'M2.5 2.5h11v11h-11zM4.5 10l2.5-4 2 3 2.5-4M4.5 7.5l3 3.5 2-2 2 1.5',
  table: 'M2.5 2.5h11v11h-11zM2.5 6.2h11M2.5 9.8h11M6.5 2.5v11',
  plots: 'M2.5 2.5v11h11M4.5 10.5l3-4 2.5 2.5 3-5',
  csv: 'M8 2v7.5M4.8 6.5L8 9.7l3.2-3.2M2.5 11v2.5h11V11',
  png: 'M2.5 3.5h11v9h-11zM2.5 11l3.2-3.5 2.6 2.6 1.7-1.6 3.5 3M10.6 6.2h.8',
  promql: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  zoomIn: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.4 3.4M5 7h4M7 5v4',
  zoomOut: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.4 3.4M5 7h4',
  isolate: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2',
} as const;

/** Name of an icon. */
export type IconName = keyof typeof paths;

const svgNamespace = 'http://www.w3.org/2000/svg';

/** A new icon. It is hidden from screen readers, because its button has a label. */
export function icon(name: IconName): SVGSVGElement {
  const element = document.createElementNS(svgNamespace, 'svg');
  element.setAttribute('class', 'icon');
  element.setAttribute('viewBox', '0 0 16 16');
  element.setAttribute('aria-hidden', 'true');
  setIcon(element, name);
  return element;
}

/** Replaces what an icon shows. */
export function setIcon(element: SVGSVGElement, name: IconName): void {
  const path = document.createElementNS(svgNamespace, 'path');
  path.setAttribute('d', paths[name]);
  element.replaceChildren(path);
}
