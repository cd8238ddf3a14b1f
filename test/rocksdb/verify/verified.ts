import { verifyDatabase, type Counts, type Finding } from '../../../src/rocksdb/index';

/** What a verification finds, all at once. */
export async function verified(
  directory: string,
  options: Parameters<typeof verifyDatabase>[2] = {},
): Promise<{ findings: Finding[]; damage: Finding[]; counts: Counts }> {
  const findings: Finding[] = [];
  const counts = await verifyDatabase(directory, (finding) => findings.push(finding), options);
  return { findings, damage: findings.filter(({ kind }) => kind === 'damage'), counts };
}
