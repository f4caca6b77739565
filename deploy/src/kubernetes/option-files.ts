/** Which files of options there are, and what is in each. Pure. */
import type { GroupName } from '@voltlane/config';
import { fullOptionsFile, shortOptionsFile } from './options-file.ts';
import { BASE, DEV } from './settings.ts';

const GROUPS: readonly GroupName[] = ['shared', 'edge', 'worker', 'api'];

/** Path below deploy/kubernetes → text. */
export function optionFiles(): ReadonlyMap<string, string> {
  return new Map(
    GROUPS.flatMap((group) => [
      [`base/options/${group}.env`, fullOptionsFile(group, BASE[group])] as const,
      [`overlays/dev/options/${group}.env`, shortOptionsFile(DEV[group])] as const,
    ]),
  );
}
