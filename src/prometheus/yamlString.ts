/** Text from outside in YAML. */

/**
 * A string in YAML, in double quotes, where JSON's escapes mean the same. What Prometheus's reader, which follows
 * YAML 1.1, takes for the end of a line is escaped, too.
 */
export const yamlString = (text: string): string =>
  JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
