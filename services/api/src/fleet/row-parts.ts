/** The parts of a row that many chargers share, and how they are made from a charger's state and record. */
import type { ChargerState } from '@voltlane/charger-state';
import { Interning } from './interning.ts';

/** Who made it. */
export interface NamePlate {
  readonly vendor: string | undefined;
  readonly model: string | undefined;
  readonly firmwareVersion: string | undefined;
  /** Vendor and model in lower case, for the search. */
  readonly text: string;
}

/** What the operator wrote on it. */
export interface Labels {
  readonly entries: Readonly<Record<string, string>>;
  /** Names and values in lower case, for the search. */
  readonly text: string;
}

/** One connector as last reported. */
export interface ConnectorRow {
  /** Absent for 1.6. */
  readonly evseId?: number;
  readonly connectorId: number;
  readonly status: string;
  /** Absent when there is none, or `NoError`. */
  readonly errorCode?: string;
}

/** Of a charger that has not said it. */
export const NO_NAME_PLATE: NamePlate = { vendor: undefined, model: undefined, firmwareVersion: undefined, text: '' };
/** Of a charger without labels. */
export const NO_LABELS: Labels = { entries: {}, text: '' };
/** Of a charger that reported none. */
export const NO_CONNECTORS: readonly ConnectorRow[] = [];

/** Distinct values shared of each kind. */
const ENTRIES_MAX = 20_000;

/** Makes the shared parts. */
export class RowParts {
  readonly #namePlates = new Interning<NamePlate>(ENTRIES_MAX);
  readonly #labels = new Interning<Labels>(ENTRIES_MAX);
  readonly #connectors = new Interning<readonly ConnectorRow[]>(ENTRIES_MAX);
  readonly #texts = new Interning<string>(ENTRIES_MAX);

  /** A text that repeats, such as the id of an edge. */
  text(text: string): string {
    return this.#texts.of(text, (own) => own);
  }

  namePlate({ vendor, model, firmwareVersion }: ChargerState): NamePlate {
    if (vendor === undefined && model === undefined && firmwareVersion === undefined) return NO_NAME_PLATE;
    return this.#namePlates.of(JSON.stringify([vendor, model, firmwareVersion]), () => ({
      vendor: this.#optional(vendor),
      model: this.#optional(model),
      firmwareVersion: this.#optional(firmwareVersion),
      text: `${vendor ?? ''}\n${model ?? ''}`.toLowerCase(),
    }));
  }

  labels(entries: Readonly<Record<string, string>> | undefined): Labels {
    if (entries === undefined || Object.keys(entries).length === 0) return NO_LABELS;
    const pairs = Object.entries(entries);
    return this.#labels.of(JSON.stringify(pairs), () => ({
      entries: Object.fromEntries(pairs.map(([name, value]) => [this.text(name), this.text(value)])),
      text: pairs.flat().join('\n').toLowerCase(),
    }));
  }

  connectors(state: ChargerState): readonly ConnectorRow[] {
    let key = '';
    for (const [place, { status, errorCode }] of Object.entries(state.connectors))
      key += `${place}\n${status}\n${errorCode ?? ''}\n`;
    if (key === '') return NO_CONNECTORS;
    return this.#connectors.of(key, () =>
      Object.entries(state.connectors).map(([place, { status, errorCode }]) => {
        const [evseId = 0, connectorId = 0] = place.split('/').map(Number);
        return {
          ...(evseId === 0 ? {} : { evseId }),
          connectorId,
          status: this.text(status),
          ...(errorCode === undefined || errorCode === 'NoError' ? {} : { errorCode: this.text(errorCode) }),
        };
      }),
    );
  }

  #optional(text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.text(text);
  }
}
