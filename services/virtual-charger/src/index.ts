/** A virtual charger for the command line; other packages use libs/charger instead. */
export { type CliOptions, type Parsed, parseArguments } from './cli-options.ts';
export { type FleetDeps, runFleet } from './fleet.ts';
