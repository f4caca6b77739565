import type { Connect } from '@voltlane/charger';
import { createSeededRandom } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { createRovingConnect } from '../src/roving-connect.ts';

const URLS = ['ws://a', 'ws://b', 'ws://c'];
const TARGET = { url: '', identity: 'CP1', subprotocols: [] };
const EVENTS = { onText: (): void => undefined, onClose: (): void => undefined };

function dialled(home: number, times: number, urls: readonly string[] = URLS): readonly string[] {
  const seen: string[] = [];
  const dial: Connect = (target) => {
    seen.push(target.url);
    return Promise.reject(new Error('nobody there'));
  };
  const roving = createRovingConnect(urls, home, createSeededRandom(1), dial);
  for (let turn = 0; turn < times; turn += 1) roving.connect(TARGET, EVENTS).catch(() => undefined);
  return seen;
}

describe('a roving charger', () => {
  it('dials its home first', () => {
    expect(dialled(0, 1)).toEqual(['ws://a']);
    expect(dialled(4, 1)).toEqual(['ws://b']);
  });

  it('never dials the same edge twice in a row, and reaches all', () => {
    const seen = dialled(1, 50);
    expect(seen.filter((url, index) => url === seen[index - 1])).toEqual([]);
    expect(new Set(seen)).toEqual(new Set(URLS));
  });

  it('stays where it is when there is one edge only', () => {
    expect(dialled(0, 3, ['ws://a'])).toEqual(['ws://a', 'ws://a', 'ws://a']);
  });
});
