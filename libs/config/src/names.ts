/** Which names are ours, and what a mistyped one was meant to be. */
import leven from 'leven';
import { CATALOGUE } from './catalogue.ts';
import { ENV_PREFIX } from './option.ts';

/** Suffix of the variable that names a file to read a secret from (how Kubernetes mounts secrets). */
export const FILE_SUFFIX = '_FILE';

const known: readonly string[] = CATALOGUE.flatMap((entry) =>
  entry.option.secret === true ? [entry.env, entry.env + FILE_SUFFIX] : [entry.env],
);

/** The candidate with the fewest edits from `name`. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestEdits = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const edits = leven(name, candidate);
    if (edits < bestEdits) [best, bestEdits] = [candidate, edits];
  }
  return best;
}

/** One problem per name that begins like ours and is in no group: a mistyped option must not be a silent default. */
export function unknownNames(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith(ENV_PREFIX) && (env[name] ?? '') !== '' && !known.includes(name))
    .map((name) => {
      if (isServiceLink(name, env[name] ?? ''))
        return `${name} was put there by Kubernetes for a Service; set enableServiceLinks: false in the pod`;
      return `${name} is not an option; did you mean ${nearest(name, known)}?`;
    });
}

/** Kubernetes describes each Service of the namespace in variables that begin with the Service's name. */
function isServiceLink(name: string, value: string): boolean {
  return (
    /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$/.test(name) ||
    (/_PORT(_\d+_[A-Z]+)?(_[A-Z]+)?$/.test(name) && /^tcp:|^udp:/.test(value)) ||
    /_PORT_\d+_(TCP|UDP)(_[A-Z]+)?$/.test(name)
  );
}
