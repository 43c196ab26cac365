/** Which lines are muted after a click in a legend, by the keys of lines. Pure. */

/** The muted keys after some lines are shown or hidden. */
export function setShown(muted: readonly string[], keys: readonly string[], isShown: boolean): string[] {
  const others = muted.filter((key) => !keys.includes(key));
  return isShown ? others : [...others, ...keys];
}

/** The muted keys after only one of `keys` is shown; all of them if it is the only one already. */
export function isolate(muted: readonly string[], key: string, keys: readonly string[]): string[] {
  const isIsolated = keys.every((other) => (other === key) !== muted.includes(other));
  const others = setShown(muted, keys, true);
  return isIsolated ? others : [...others, ...keys.filter((other) => other !== key)];
}
