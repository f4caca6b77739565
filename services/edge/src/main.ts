/** `npm run edge`. */
import { runService } from '@voltlane/launch';
import { edge } from './definition.ts';

await runService(['edge'], edge);
