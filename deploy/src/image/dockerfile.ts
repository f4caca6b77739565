/**
 * A Dockerfile as stages of typed steps, for running it without an engine and for rules about it. Knows the few instructions ours
 * uses; any other is an error, so that nothing in the file is passed over in silence. Pure.
 */
import { type Copy, DockerfileParser, type From, type JSONInstruction } from 'dockerfile-ast';

/** One instruction of a stage. */
export type Step =
  | { readonly kind: 'workdir'; readonly path: string }
  | { readonly kind: 'env'; readonly name: string; readonly value: string }
  /** `from` names a stage; undefined is the build context. */
  | {
      readonly kind: 'copy';
      readonly from: string | undefined;
      readonly sources: readonly string[];
      readonly to: string;
    }
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'expose'; readonly ports: readonly number[] }
  | { readonly kind: 'healthcheck'; readonly argv: readonly string[] }
  | { readonly kind: 'entrypoint'; readonly argv: readonly string[] }
  | { readonly kind: 'cmd'; readonly argv: readonly string[] };

/** A stage: the image it starts from, its name if it has one, its steps. */
export interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  readonly steps: readonly Step[];
}

/** A Dockerfile as this package understands it. */
export interface ImageRecipe {
  readonly args: ReadonlyMap<string, string>;
  readonly stages: readonly Stage[];
}

/** Reads a Dockerfile. Throws TypeError for what it does not know. */
export function parseDockerfile(text: string): ImageRecipe {
  const args = new Map<string, string>();
  const stages: { image: string; name: string | undefined; steps: Step[] }[] = [];
  const file = DockerfileParser.parse(text);
  const froms = file.getFROMs();
  const copies = file.getCOPYs();
  const arrays: readonly JSONInstruction[] = [...file.getENTRYPOINTs(), ...file.getCMDs()];
  for (const instruction of file.getInstructions()) {
    const line = instruction.getRange().start.line;
    const keyword = instruction.getKeyword();
    const words = instruction.getArguments().map((argument) => argument.getValue());
    if (keyword === 'FROM') {
      stages.push(stageOf(at(froms, line), args));
    } else if (keyword === 'ARG' && stages.length === 0) {
      const [name = '', value = ''] = (words[0] ?? '').split('=');
      args.set(name, value);
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new TypeError(`line ${line + 1}: ${keyword} before the first FROM`);
      if (keyword === 'COPY') stage.steps.push(copyStep(at(copies, line)));
      else if (keyword === 'ENTRYPOINT' || keyword === 'CMD') {
        const argv = argvOf(at(arrays, line), line);
        stage.steps.push(keyword === 'CMD' ? { kind: 'cmd', argv } : { kind: 'entrypoint', argv });
      } else stage.steps.push(plainStep(keyword, words, instruction.getArgumentsContent() ?? '', line));
    }
  }
  return { args, stages };
}

function stageOf(
  from: From,
  args: ReadonlyMap<string, string>,
): { image: string; name: string | undefined; steps: Step[] } {
  const image = (from.getImage() ?? '').replace(/\$\{(\w+)\}/g, (_, name: string) => args.get(name) ?? '');
  return { image, name: from.getBuildStage() ?? undefined, steps: [] };
}

function copyStep(copy: Copy): Step {
  const words = copy.getArguments().map((argument) => argument.getValue());
  const flags = copy.getFlags().filter((flag) => flag.getName() !== 'from');
  if (flags.length > 0) throw new TypeError(`COPY --${flags[0]?.getName()} is not known here`);
  return {
    kind: 'copy',
    from: copy.getFromFlag()?.getValue() ?? undefined,
    sources: words.slice(0, -1),
    to: words.at(-1) ?? '',
  };
}

function argvOf(instruction: JSONInstruction, line: number): readonly string[] {
  const argv = instruction.getJSONStrings().map((argument) => argument.getJSONValue());
  if (argv.length === 0) throw new TypeError(`line ${line + 1}: only the form with brackets starts without a shell`);
  return argv;
}

function plainStep(keyword: string, words: readonly string[], content: string, line: number): Step {
  switch (keyword) {
    case 'WORKDIR':
      return { kind: 'workdir', path: words[0] ?? '' };
    case 'USER':
      return { kind: 'user', user: words[0] ?? '' };
    case 'EXPOSE':
      return { kind: 'expose', ports: words.map(Number) };
    case 'ENV': {
      const [name = '', value = ''] = (words[0] ?? '').split('=');
      return { kind: 'env', name, value };
    }
    case 'RUN':
      // Mounts only make a build faster; the commands behind them are what counts.
      return { kind: 'run', command: content.replace(/^(--mount=\S+\s+)*/, '') };
    case 'HEALTHCHECK':
      return { kind: 'healthcheck', argv: parseArgv(/CMD\s+(\[.*\])/.exec(content)?.[1] ?? '[]') };
    default:
      throw new TypeError(`line ${line + 1}: ${keyword} is not known here`);
  }
}

function parseArgv(text: string): readonly string[] {
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value.map(String) : [];
}

function at<T extends From | Copy | JSONInstruction>(instructions: readonly T[], line: number): T {
  const found = instructions.find((instruction) => instruction.getRange().start.line === line);
  if (found === undefined) throw new TypeError(`line ${line + 1} cannot be read`);
  return found;
}
