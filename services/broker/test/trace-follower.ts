/** A person who follows the frames of one charger over HTTP. */
import { waitUntil } from '@voltlane/testkit';

/** A line of a trace. */
export type TraceLine = Readonly<Record<string, unknown>>;

/** One who follows. */
export interface TraceFollower {
  /** What came so far. */
  readonly lines: readonly TraceLine[];
  /** `<direction> <text>` of each frame so far. */
  frames(): readonly string[];
  /** The first line that fits, when it comes. */
  line(what: string, fits: (line: TraceLine) => boolean): Promise<TraceLine>;
  /** True when the response is over. */
  ended(): boolean;
}

/** Begins a trace; fails when it is refused. */
export async function followFrames(apiUrl: string, token: string, path: string): Promise<TraceFollower> {
  const response = await fetch(`${apiUrl}/v1/chargers/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  const lines: TraceLine[] = [];
  let ended = false;
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const whole = text.split('\n');
      text = whole.pop() ?? '';
      for (const line of whole) lines.push(JSON.parse(line));
    }
  };
  read()
    .catch(() => undefined)
    .finally(() => {
      ended = true;
    });
  return {
    lines,
    frames: () =>
      lines.filter(({ kind }) => kind === 'frame').map(({ direction, text }) => `${String(direction)} ${String(text)}`),
    line: (what, fits) =>
      waitUntil(what, () => {
        const found = lines.find(fits);
        if (found === undefined) throw new Error(JSON.stringify(lines.slice(-5)));
        return found;
      }),
    ended: () => ended,
  };
}
