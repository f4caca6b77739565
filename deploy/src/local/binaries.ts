/** The programs of a set that are no part of the npm install, all of them Debian packages. */
import { debianBinary } from '@voltlane/testkit';
import { DeployError } from '../errors.ts';

/** Paths. */
export interface Binaries {
  readonly nats: string;
  readonly haproxy: string;
  readonly prometheus: string;
}

/** Finds or fetches them; names all that are missing, and what installs them, at once. */
export async function findBinaries(): Promise<Binaries> {
  const missing: string[] = [];
  const reasons: string[] = [];
  const found = async (pkg: string): Promise<string> => {
    try {
      return await debianBinary(pkg, pkg);
    } catch (error) {
      missing.push(pkg);
      reasons.push(error instanceof Error ? error.message : String(error));
      return '';
    }
  };
  const nats = await found('nats-server');
  const haproxy = await found('haproxy');
  const prometheus = await found('prometheus');
  if (missing.length === 0) return { nats, haproxy, prometheus };
  const text = `missing: ${missing.join(', ')}. Install with\n  apt-get install --yes ${missing.join(' ')}\n${reasons.join('\n')}`;
  throw new DeployError('binary-missing', text);
}
