/** Which methods a path has, so that a wrong one is answered with 405 and `Allow` instead of 404. Pure. */

/** The declared routes, for looking back. */
export class KnownPaths {
  readonly #routes: { readonly parts: readonly string[]; readonly methods: readonly string[] }[] = [];

  /** Takes a declared route in; `:name` stands for one part of the path. */
  add(url: string, methods: readonly string[]): void {
    this.#routes.push({ parts: url.split('/'), methods });
  }

  /** Methods of the path, sorted; empty when nothing is there. */
  methodsOf(path: string): readonly string[] {
    const parts = path.split('/');
    const fitting = this.#routes.filter((route) => fits(route.parts, parts));
    return [...new Set(fitting.flatMap((route) => route.methods))].sort();
  }
}

function fits(declared: readonly string[], parts: readonly string[]): boolean {
  if (declared.length !== parts.length) return false;
  return declared.every((part, at) => (part.startsWith(':') ? parts[at] !== '' : part === parts[at]));
}
