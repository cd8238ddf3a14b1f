// What versions of quixstreams can do, by the sources of its releases (quixstreams/app.py, platforms/quix/env.py):
//
//   1.x and before   another library of that name, without state
//   2.4              heeds Quix__Broker__Address
//   2.6              an address wins over an SDK token; both at once were an error before
//   3.14             heeds Quix__State__Dir; the state folder was `state_dir` or `state` before
//   3.23.2           heeds Quix__Deployment__State__Path, and deprecates Quix__State__Dir

export type Version = readonly [major: number, minor: number, patch: number];

/** The oldest that can be run with a local broker, whatever the app's settings. */
export const oldestVersion: Version = [2, 6, 0];
/** The first that keeps its state where the platform says. */
export const statePathSince: Version = [3, 23, 2];

/** Whether a version as pip writes it (`3.28.1`, `4.0.0a6`) comes before another; one that cannot be read does. */
export function isBefore(version: string, than: Version): boolean {
  const [, ...found] = /^(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?/.exec(version) ?? [];
  if (found[0] === undefined) return true;
  for (const [i, wanted] of than.entries()) {
    const difference = Number(found[i] ?? 0) - wanted;
    if (difference !== 0) return difference < 0;
  }
  return false;
}
