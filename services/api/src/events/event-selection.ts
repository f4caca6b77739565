/** Which events a stream wants. Pure. */
import type { ChargerId, EventClass, EventSelection, EventSubject, Tenant } from '@voltlane/wire';

/** What is left out matches all. */
export interface StreamSelection {
  readonly tenant: Tenant | undefined;
  /** Identity as it stands on the subjects. */
  readonly charger: ChargerId | undefined;
  readonly class: EventClass | undefined;
  /** Any of them. */
  readonly kinds: ReadonlySet<string> | undefined;
}

/** True when records of this subject may hold something wanted. */
export function wantsSubject(selection: StreamSelection, subject: EventSubject): boolean {
  return (
    (selection.tenant === undefined || selection.tenant === subject.tenant) &&
    (selection.charger === undefined || selection.charger === subject.chargerId) &&
    (selection.class === undefined || selection.class === subject.class)
  );
}

/** True when events of this kind are wanted. */
export function wantsKind({ kinds }: StreamSelection, kind: string): boolean {
  return kinds === undefined || kinds.has(kind);
}

/** What the bus can select by itself. */
export function subjectSelection(selection: StreamSelection): EventSelection {
  const { tenant, charger } = selection;
  return {
    ...(tenant === undefined ? {} : { tenant }),
    ...(charger === undefined ? {} : { charger }),
    ...(selection.class === undefined ? {} : { class: selection.class }),
  };
}
