import path from 'node:path';
import { makesApplication, resolveArgument } from '../applicationCode';
import type { CodeIndex } from '../code/codeIndex';
import type { CodeUse } from '../code/codeUse';
import type { CodeArgument } from '../codeValue';
import { importsQuixStreams } from '../findApplications';
import type { StateDeployment } from '../pipeline';
import { isInside } from '../../statefolder/index';
import { ownSources, type PythonSource } from '../pythonSource';
import { defaultStatePath } from '../quixYaml/quixYaml';
import { appImage, type AppImage } from './appImage';
import { pythonFiles } from './pythonFiles';

/** An app's folder, read once for all of its deployments. */
export interface AppCode {
  readonly folder: string;
  readonly image: AppImage;
  /** The files that its main file reaches. */
  readonly sources: readonly PythonSource[];
  readonly uses: readonly CodeUse[];
  /** Whether any file of the folder has to do with state: one that is not reached may be loaded by name. */
  readonly mayKeepState: boolean;
  /** Whether it uses quixstreams as of 2.x: what its predecessor of the same name keeps, and where, is another matter. */
  readonly makesApplication: boolean;
}

/** Reads an app's code; undefined where its folder has no Python that is run. */
export async function readAppCode(folder: string, index: CodeIndex): Promise<AppCode | undefined> {
  const image = await appImage(folder);
  if (image.mainFile === undefined) return undefined;
  const sources = await ownSources(image.mainFile, folder);
  const all = [...sources];
  for (const source of await pythonFiles(folder)) {
    if (!all.some(({ file }) => file === source.file)) all.push(source);
  }
  const uses = index.codeOf(all);
  const reached = new Set(sources.map(({ file }) => file));
  return {
    folder,
    image,
    sources,
    uses: uses.filter(({ file }) => reached.has(file)),
    mayKeepState:
      uses.some(({ kind }) => kind !== 'groupBy' && kind !== 'file') ||
      all.some(({ text }) => doubt.test(text)),
    makesApplication:
      sources.some(importsQuixStreams) && sources.some((source) => makesApplication(source)),
  };
}

/** What may keep a file where code does not tell its path, or is called by its name alone. */
const doubt = /state|cache|mkdir|makedirs|sqlite|pickle|shelve/i;

/** A file of the state folder, in one deployment. */
export interface StateFile {
  readonly use: CodeUse & { kind: 'file' };
  /** As code has it. */
  readonly written: string;
  /** In the image, absolute. */
  readonly path: string;
  /** Whether it is the same for every replica: no variable tells it. */
  readonly isFixed: boolean;
}

/** One deployment with its code. */
export class DeployedApp {
  constructor(
    readonly deployment: StateDeployment,
    readonly code: AppCode,
  ) {}

  /** Where the platform mounts the folder; undefined where that is not known here. */
  get mounted(): string | undefined {
    const { path: at } = this.deployment.state;
    return at === undefined ? undefined : path.posix.resolve('/', at);
  }

  /** The stores that the code makes, first in the file first. */
  get stores(): CodeUse[] {
    if (!this.code.makesApplication) return [];
    return this.code.uses.filter(
      (use) =>
        use.kind === 'window' || use.kind === 'stateful' || (use.kind === 'join' && use.hasStore),
    );
  }

  /** The files that the code opens in the state folder, wherever that is. */
  get files(): StateFile[] {
    return this.code.uses.flatMap((use) => {
      if (use.kind !== 'file') return [];
      const at = this.resolve(use.path);
      if (at === undefined || !this.isOfState(at.path, at.written)) return [];
      return [{ use, ...at, isFixed: use.path.kind === 'literal' }];
    });
  }

  /** What Application is given as its state folder. */
  get stateDirs(): { use: CodeUse; written: string; path: string }[] {
    return this.code.uses.flatMap((use) => {
      if (use.kind !== 'stateDir' || !this.code.makesApplication) return [];
      const at = this.resolve(use.path);
      return at === undefined ? [] : [{ use, ...at }];
    });
  }

  /** A path of the code in the image; undefined where only running it would tell. */
  private resolve(argument: CodeArgument): { written: string; path: string } | undefined {
    const written = resolveArgument(argument, this.environment);
    if (written === undefined || written === '' || written.includes('://')) return undefined;
    // `Path(__file__).parent / "…"` is a path on this machine: of the image it is the same, from the app's folder.
    const relative = isInside(this.code.folder, written)
      ? path.relative(this.code.folder, written).split(path.sep).join('/')
      : written;
    if (path.posix.isAbsolute(relative)) {
      return { written: relative, path: path.posix.normalize(relative) };
    }
    const { workingDirectory } = this.code.image;
    if (workingDirectory === undefined) return undefined;
    return { written: relative, path: path.posix.resolve(workingDirectory, relative) };
  }

  /** Whether a path is meant to be in the state folder: by where it is, or by what it is called. */
  private isOfState(at: string, written: string): boolean {
    const folders = [this.mounted ?? defaultStatePath, defaultStatePath, '/state'];
    if (folders.some((folder) => at !== folder && isBelow(folder, at))) return true;
    return /^(?:\.\/)*state\/[^/]/.test(written);
  }

  private get environment(): Record<string, string | undefined> {
    const { variables, state } = this.deployment;
    const given = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
    const folder = state.enabled === true ? this.mounted : undefined;
    return {
      ...given,
      Quix__Deployment__State__Path: folder,
      Quix__State__Dir: folder ?? given.Quix__State__Dir,
    };
  }
}

/** Whether a path of the image is a folder's, or below it. */
export function isBelow(folder: string, at: string): boolean {
  const relative = path.posix.relative(folder, at);
  return relative !== '..' && !relative.startsWith('../');
}
