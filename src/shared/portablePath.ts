/** Paths as they are kept in files that people give to others. */

/** From the root of a file system, a drive, another machine, or a home folder. */
const absolutePath = /^(?:[\\/]|~[\\/]|[A-Za-z]:[\\/])/;

/**
 * A path within the workspace as it is. Of one outside of it, VS Code has the absolute path, whose folders may name a
 * person or a customer: only the file's name is left.
 */
export function portablePath(path: string): string {
  if (!absolutePath.test(path)) return path;
  return path.split(/[\\/]+/).findLast((part) => part !== '') ?? path;
}
