import { lstat, readlink } from 'node:fs/promises';
import path from 'node:path';

/** A network path; reading one unasked would send the user's credentials to that host. */
export function isNetworkPath(file: string): boolean {
  return /^[\\/]{2}[^\\/]/.test(file) && !/^\\\\[.?]\\[A-Za-z]:/.test(file);
}

/** Links in one path; more are a loop. */
const mostLinks = 40;

/**
 * Where an absolute path leads, every link on the way followed; undefined where it leads nowhere, round
 * in a loop, or to a network path, which is not asked. (node:fs' realpath would ask it.) `known` is a
 * path at the beginning of `file` that has no links.
 */
export async function realPath(
  file: string,
  known = path.parse(file).root,
): Promise<string | undefined> {
  let real = known;
  const rest = path.relative(known, file).split(path.sep);
  for (let links = 0; rest.length > 0;) {
    const name = rest.shift() ?? '';
    if (name === '' || name === '.') continue;
    if (name === '..') {
      real = path.dirname(real);
      continue;
    }
    const at = path.join(real, name);
    try {
      if (!(await lstat(at)).isSymbolicLink()) {
        real = at;
        continue;
      }
      const target = await readlink(at);
      if (isNetworkPath(target) || ++links > mostLinks) return undefined;
      const { root } = path.parse(target);
      if (root !== '') real = path.resolve(real, root);
      rest.unshift(...target.slice(root.length).split(/[\\/]/));
    } catch {
      return undefined;
    }
  }
  return real;
}

/** Whether `file` is `folder` or lies in it. */
export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return (
    relative === '' ||
    (!relative.startsWith('..' + path.sep) && relative !== '..' && !path.isAbsolute(relative))
  );
}
