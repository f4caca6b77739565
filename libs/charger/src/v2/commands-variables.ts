/** Owns the answers of a 2.x charger about its device model: read, write, report in parts (functional block B05–B08). */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { isoTime } from '@voltlane/time';
import type { Deciders } from '../command.ts';
import type { OutMessage, Unit } from '../unit.ts';
import { DEVICE_MODEL, type VariableSpec, variableName, variablesOf } from './device-model.ts';
import { shownStatus } from './messages.ts';

type VariablesAction = 'GetBaseReport' | 'GetReport' | 'GetVariables' | 'SetVariables';
type GetResult = ResponseOf<'2.0.1', 'GetVariables'>['getVariableResult'][number];
type SetResult = ResponseOf<'2.0.1', 'SetVariables'>['setVariableResult'][number];
type Asked = Pick<RequestOf<'2.0.1', 'GetVariables'>['getVariableData'][number], 'component' | 'variable'>;
type ReportData = NonNullable<RequestOf<'2.0.1', 'NotifyReport'>['reportData']>[number];

/** The name that a CSMS writes and the setting that holds it. */
const PASSWORD = 'SecurityCtrlr.BasicAuthPassword';

/** The device model commands. */
export const VARIABLES_COMMANDS: Pick<Deciders<'2.0.1'>, VariablesAction> = {
  GetVariables: ({ getVariableData }, unit) => {
    const results = getVariableData.map(({ component, variable, attributeType }): GetResult => {
      const asked = { component, variable, ...(attributeType === undefined ? {} : { attributeType }) };
      const found = find(unit, { component, variable });
      if (typeof found === 'string') return { ...asked, attributeStatus: found };
      if (attributeType !== undefined && attributeType !== 'Actual')
        return { ...asked, attributeStatus: 'NotSupportedAttributeType' };
      if (found.access === 'W') return { ...asked, attributeStatus: 'Rejected' };
      return { ...asked, attributeStatus: 'Accepted', attributeValue: variableValue(unit, found) };
    });
    return [{ getVariableResult: results }];
  },
  SetVariables: ({ setVariableData }, unit) => {
    let password: string | undefined;
    const results = setVariableData.map(({ component, variable, attributeType, attributeValue }): SetResult => {
      const asked = { component, variable, ...(attributeType === undefined ? {} : { attributeType }) };
      const found = find(unit, { component, variable });
      if (typeof found === 'string') return { ...asked, attributeStatus: found };
      if (attributeType !== undefined && attributeType !== 'Actual')
        return { ...asked, attributeStatus: 'NotSupportedAttributeType' };
      const outcome = unit.changeSetting(found.name, attributeValue);
      if (outcome === 'Accepted' && found.name === PASSWORD) password = attributeValue;
      return { ...asked, attributeStatus: outcome === 'NotSupported' ? 'UnknownVariable' : outcome };
    });
    if (password === undefined) return [{ setVariableResult: results }];
    return [
      { setVariableResult: results },
      () => {
        // A01: the new password counts from the next connection on.
        unit.reconnect(password);
      },
    ];
  },
  GetBaseReport: ({ requestId, reportBase }, unit) => {
    const specs = variablesOf(unit.hardware).filter((spec) => belongsTo(spec, reportBase));
    return [
      { status: 'Accepted' },
      () => {
        unit.tellInTurn(reportParts(unit, requestId, specs), 0);
      },
    ];
  },
  GetReport: ({ requestId, componentVariable, componentCriteria }, unit) => {
    const specs = variablesOf(unit.hardware).filter(
      (spec) =>
        componentVariable === undefined ||
        componentVariable.some(({ component, variable }) => asksFor(spec, component, variable)),
    );
    const onlyProblems = componentCriteria?.every((criterion) => criterion === 'Problem') === true;
    if (specs.length === 0 || onlyProblems) return [{ status: 'EmptyResultSet' }];
    return [
      { status: 'Accepted' },
      () => {
        unit.tellInTurn(reportParts(unit, requestId, specs), 0);
      },
    ];
  },
};

function find(unit: Unit, { component, variable }: Asked): VariableSpec | 'UnknownComponent' | 'UnknownVariable' {
  const evseId = component.evse?.id;
  const address = {
    component: component.name,
    variable: variable.name,
    ...(variable.instance === undefined ? {} : { instance: variable.instance }),
    ...(evseId === undefined ? {} : { evseId }),
    ...(component.evse?.connectorId === undefined ? {} : { connectorId: component.evse.connectorId }),
  };
  const known = (evseId ?? 1) <= unit.hardware.evses && hasComponent(component.name);
  if (!known) return 'UnknownComponent';
  return DEVICE_MODEL.get(variableName(address).toLowerCase()) ?? 'UnknownVariable';
}

function hasComponent(name: string): boolean {
  for (const { address } of DEVICE_MODEL.values()) if (sameName(address.component, name)) return true;
  return false;
}

function belongsTo(spec: VariableSpec, base: string): boolean {
  if (base === 'FullInventory') return true;
  if (base === 'ConfigurationInventory') return spec.access !== 'R';
  return (
    ['ChargingStation', 'EVSE', 'Connector'].includes(spec.address.component) &&
    spec.address.variable.startsWith('Availab')
  );
}

function asksFor(spec: VariableSpec, component: Asked['component'], variable: Asked['variable'] | undefined): boolean {
  return (
    sameName(spec.address.component, component.name) &&
    (component.evse === undefined || component.evse.id === spec.address.evseId) &&
    (variable === undefined || sameName(variable.name, spec.address.variable)) &&
    (variable?.instance === undefined || sameName(variable.instance, spec.address.instance ?? ''))
  );
}

/** Identifiers compare without case (2.x Part 2, appendix 1). */
function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The value now: some variables follow the state of the charger. */
function variableValue(unit: Unit, spec: VariableSpec): string {
  const { component, variable, evseId } = spec.address;
  const connector = unit.connectors.find(({ id }) => id === evseId);
  if (variable === 'AvailabilityState' && connector !== undefined) return shownStatus(connector);
  if (variable === 'Available' && connector !== undefined) return String(connector.operative);
  if (variable === 'SupplyPhases') return String(unit.hardware.phases);
  if (variable === 'Power') return String(unit.hardware.phases * unit.hardware.voltageV * unit.hardware.maxCurrentA);
  if (component === 'LocalAuthListCtrlr' && variable === 'Entries') return String(unit.localList.size);
  if (component === 'SecurityCtrlr' && variable === 'CertificateEntries')
    return String(unit.certificates.list([]).length);
  return unit.settings.read(spec.name) ?? '';
}

/** A report in parts of at most ItemsPerMessage[GetReport], numbered from 0, all but the last with `tbc`. */
function reportParts(unit: Unit, requestId: number, specs: readonly VariableSpec[]): readonly OutMessage[] {
  const itemsMax = unit.settings.number('DeviceDataCtrlr.ItemsPerMessage[GetReport]', 20);
  const generatedAt = isoTime(unit.nowMs());
  const parts = Math.max(1, Math.ceil(specs.length / itemsMax));
  return Array.from({ length: parts }, (_, seqNo): OutMessage => {
    const reportData = specs.slice(seqNo * itemsMax, (seqNo + 1) * itemsMax).map((spec) => reportItem(unit, spec));
    return { action: 'NotifyReport', payload: { requestId, generatedAt, seqNo, tbc: seqNo < parts - 1, reportData } };
  });
}

function reportItem(unit: Unit, spec: VariableSpec): ReportData {
  const { component, variable, instance, evseId, connectorId } = spec.address;
  const evse = evseId === undefined ? undefined : { id: evseId, ...(connectorId === undefined ? {} : { connectorId }) };
  const mutability = spec.access === 'R' ? 'ReadOnly' : spec.access === 'W' ? 'WriteOnly' : 'ReadWrite';
  return {
    component: { name: component, ...(evse === undefined ? {} : { evse }) },
    variable: { name: variable, ...(instance === undefined ? {} : { instance }) },
    variableAttribute: [{ mutability, ...(spec.access === 'W' ? {} : { value: variableValue(unit, spec) }) }],
    variableCharacteristics: {
      dataType: spec.dataType,
      supportsMonitoring: false,
      ...(spec.unit === undefined ? {} : { unit: spec.unit }),
    },
  };
}
