import { scanStateFolder } from '../../statefolder/index';
import type { DoctorFinding, DoctorSeverity } from './doctorFinding';
import { placeFindings } from './placeFindings';
import { projectFolderFindings } from './projectFolderFindings';
import { storeFindings, type DoctorOptions } from './storeFindings';

/** What was found of a state folder, or a part of one. */
export interface DoctorReport {
  readonly path: string;
  /** Partitions that were looked at. */
  readonly stores: number;
  /** The worst first, then as they were found. */
  readonly findings: readonly DoctorFinding[];
}

const order: readonly DoctorSeverity[] = ['error', 'warning', 'information'];

/**
 * Looks at the state folder at `path`, or the part of one that it is: its stores, and where it lies. Reads
 * only, asks nobody, runs nothing.
 * @throws as `scanStateFolder`
 */
export async function checkStateFolder(
  path: string,
  options: DoctorOptions & { readonly followLinks: boolean },
): Promise<DoctorReport> {
  const { followLinks, signal } = options;
  const folder = await scanStateFolder(path, { followLinks, signal });
  let stores = 0;
  const progress: DoctorOptions['progress'] = (told) => {
    stores = told.total;
    options.progress?.(told);
  };
  const findings = [
    ...(await storeFindings(folder, { ...options, progress })),
    ...(await placeFindings(folder)),
    ...(await projectFolderFindings(folder.path)),
  ];
  findings.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  return { path: folder.path, stores, findings };
}
