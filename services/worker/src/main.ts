/** `npm run worker`. */
import { runService } from '@voltlane/launch';
import { worker } from './definition.ts';

await runService(['worker'], worker);
