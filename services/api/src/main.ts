/** `npm run api`. */
import { runService } from '@voltlane/launch';
import { api } from './definition.ts';

await runService(['api'], api);
