/**
 * Texts that go into the state. Schemas bound them, but lenient chargers are not held to that, and the state must stay small
 * whatever they send. Events and their source keep the whole text.
 */
import { contentId } from './content-id.ts';

/** Longest text kept in the state: the longest any schema allows for the fields kept there (2.1 idToken). */
export const STATE_TEXT_CHARS_MAX = 255;

/** A text for people, cut at the bound. */
export function bounded(text: string): string;
export function bounded(text: string | undefined): string | undefined;
export function bounded(text: string | undefined): string | undefined {
  return text === undefined || text.length <= STATE_TEXT_CHARS_MAX ? text : text.slice(0, STATE_TEXT_CHARS_MAX);
}

/** A name that must stay different from other names: beyond the bound, its digest. */
export function boundedName(name: string): string {
  return name.length <= STATE_TEXT_CHARS_MAX ? name : `#${contentId(name)}`;
}
