/** Types of `parse-prometheus-text-format`, which has none. */
declare module 'parse-prometheus-text-format' {
  export default function parsePrometheusTextFormat(text: string): { name: string }[];
}
