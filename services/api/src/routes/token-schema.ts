/** How a token (1.6 idTag, 2.x idToken) looks in requests and responses. */
import { ID_TOKEN_CHARS_MAX, TOKEN_STATUSES } from '@voltlane/registry';

const FIELDS = {
  type: { type: 'string', minLength: 1, maxLength: 20, description: 'Kind of token (2.x), for instance ISO14443.' },
  status: { type: 'string', enum: TOKEN_STATUSES, description: 'What a charger is told. Left out: Accepted.' },
  expiryDate: { type: 'string', description: 'ISO 8601; expired from then on.', examples: ['2030-12-31T23:59:59Z'] },
  parentIdToken: {
    type: 'string',
    minLength: 1,
    maxLength: ID_TOKEN_CHARS_MAX,
    description: 'Its group: 1.6 parentIdTag, 2.x groupIdToken.',
  },
  labels: {
    type: 'object',
    description: 'Up to 32 labels of up to 256 characters.',
    additionalProperties: { type: 'string', maxLength: 256 },
    maxProperties: 32,
  },
} as const;

/** The id in the path. */
export const TOKEN_PATH = {
  type: 'object',
  properties: {
    idToken: {
      type: 'string',
      minLength: 1,
      // ID_TOKEN_CHARS_MAX, as a literal: the type of an exported schema must be readable without it.
      maxLength: 255,
      description: 'The token, percent-encoded; found whatever its case and the blanks around it.',
      examples: ['04A1B2C3D4'],
    },
  },
  required: ['idToken'],
} as const;

/** A token as it is written. */
export const TOKEN_INPUT: object = {
  type: 'object',
  additionalProperties: false,
  properties: FIELDS,
  examples: [{ status: 'Accepted', expiryDate: '2030-12-31T23:59:59Z', parentIdToken: 'FLEET' }],
};

/** A token as it is shown. */
export const TOKEN: object = {
  $id: 'Token',
  type: 'object',
  required: ['idToken', 'status'],
  properties: { idToken: { type: 'string', description: 'As it was registered.' }, ...FIELDS },
  examples: [{ idToken: '04A1B2C3D4', status: 'Accepted', expiryDate: '2030-12-31T23:59:59.000Z' }],
};
