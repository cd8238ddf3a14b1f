import { lstat } from 'node:fs/promises';
import path from 'node:path';
import ignore from 'ignore';
import { readText } from '../readText';
import type { DoctorFinding } from './doctorFinding';

/** Longer files are not read. */
const mostBytes = 1 << 20;
/** Above a state folder, how far the project's own folder may be. */
const mostLevels = 16;

/**
 * Whether the Git repository that a state folder lies in would take it along, and whether a Dockerfile above
 * it, in that repository, copies it. Nothing outside of a repository: there is no telling where a project ends.
 */
export async function projectFolderFindings(at: string): Promise<DoctorFinding[]> {
  const above = await foldersUpToRepository(at);
  if (above === undefined) return [];
  const findings: DoctorFinding[] = [];
  if (!(await isIgnoredByGit(at, above)))
    findings.push({ code: 'not-ignored-by-git', severity: 'warning', path: at, facts: {} });
  for (const folder of above) {
    if (!(await isCopiedIntoImage(at, folder))) continue;
    const relative = path
      .relative(above.at(-1) ?? folder, folder)
      .split(path.sep)
      .join('/');
    const dockerfile = path.posix.join(relative, 'Dockerfile');
    const facts = { dockerfile };
    findings.push({ code: 'copied-into-image', severity: 'warning', path: at, facts });
  }
  return findings;
}

/** The folders above one, the nearest first, the repository's last; undefined where there is none. */
async function foldersUpToRepository(at: string): Promise<string[] | undefined> {
  const above: string[] = [];
  let folder = path.dirname(at);
  while (above.length < mostLevels) {
    above.push(folder);
    // A file in worktrees and submodules.
    if (await lstat(path.join(folder, '.git')).catch(() => undefined)) return above;
    const next = path.dirname(folder);
    if (next === folder) return undefined;
    folder = next;
  }
  return undefined;
}

/** The last pattern that fits counts, and the nearest .gitignore is the last. */
async function isIgnoredByGit(at: string, above: readonly string[]): Promise<boolean> {
  const repository = above.at(-1) ?? path.dirname(at);
  const files = above.map((folder) => ({ folder, file: path.join(folder, '.gitignore') }));
  files.push({ folder: repository, file: path.join(repository, '.git/info/exclude') });
  const folders = [at, ...above.slice(0, -1)];
  const inside = (await readText(path.join(at, '.gitignore'), mostBytes)) ?? '';
  if (ignore().add(inside).ignores('any/')) return true;
  // What is in an ignored folder is ignored, whatever is said of it.
  for (const one of folders) {
    for (const { folder, file } of files) {
      if (!one.startsWith(folder + path.sep) && folder !== repository) continue;
      const name = path.relative(folder, one);
      if (name === '') continue;
      const patterns = await readText(file, mostBytes);
      if (patterns === undefined) continue;
      const { ignored, unignored } = ignore().add(patterns).test(asFolder(name));
      if (ignored) return true;
      if (unignored) break;
    }
  }
  return false;
}

async function isCopiedIntoImage(at: string, context: string): Promise<boolean> {
  const dockerfile = await readText(path.join(context, 'Dockerfile'), mostBytes);
  if (dockerfile === undefined || !dockerfile.split('\n').some(copiesAll)) return false;
  const own = await readText(path.join(context, 'Dockerfile.dockerignore'), mostBytes);
  const patterns = own ?? (await readText(path.join(context, '.dockerignore'), mostBytes)) ?? '';
  const lines = patterns.split('\n').map(fromContext);
  return !ignore()
    .add(lines)
    .ignores(asFolder(path.relative(context, at)));
}

/** `COPY . /app`, `ADD --chown=me ./ .`, `COPY [".", "/app"]`; not from another stage or image. */
function copiesAll(line: string): boolean {
  const [, rest = ''] = /^\s*(?:COPY|ADD)\s+(.*)$/i.exec(line) ?? [];
  const words = rest.split(/[\s,[\]"]+/).filter((word) => word !== '');
  if (words.some((word) => word.startsWith('--from='))) return false;
  const sources = words.filter((word) => !word.startsWith('--')).slice(0, -1);
  return sources.some((source) => source === '.' || source === './' || source === '*');
}

/** A pattern of .dockerignore begins at the context; one of .gitignore without `/` fits at any depth. */
function fromContext(line: string): string {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return '';
  const [, not = '', pattern = ''] = /^(!?)\s*\/?(?:\.\/)?(.*)$/.exec(text) ?? [];
  return `${not}/${pattern}`;
}

const asFolder = (relative: string) => `${relative.split(path.sep).join('/')}/`;
