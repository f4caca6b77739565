/**
 * Writes the golden files that do not exist yet. Never replaces one: a format that changed on purpose gets a new version, and its old
 * bytes must still be read or refused. Run: npx node --conditions=source libs/wire/scripts/write-golden.ts
 */
import { existsSync, writeFileSync } from 'node:fs';
import {
  encodeCommandAsk,
  encodeDownlink,
  encodeOwner,
  encodeTraceAsk,
  encodeTraceReport,
  encodeUplink,
} from '../src/index.ts';
import { ANNOUNCEMENTS, ASKS, DOWNLINKS, TRACE_ASKS, TRACE_REPORTS, UPLINKS } from '../test/samples.ts';

function write(name: string, bytes: Uint8Array): void {
  const file = new URL(`../test/golden/${name}.bin`, import.meta.url);
  if (existsSync(file)) return;
  writeFileSync(file, bytes);
  console.log(`wrote ${name}.bin`);
}

for (const [name, message] of Object.entries(UPLINKS)) write(name, encodeUplink(message));
for (const [name, message] of Object.entries(DOWNLINKS)) write(name, encodeDownlink(message));
for (const [name, message] of Object.entries(ANNOUNCEMENTS)) write(name, encodeOwner(message));
for (const [name, message] of Object.entries(ASKS)) write(name, encodeCommandAsk(message));
for (const [name, message] of Object.entries(TRACE_ASKS)) write(name, encodeTraceAsk(message));
for (const [name, message] of Object.entries(TRACE_REPORTS)) write(name, encodeTraceReport(message));
