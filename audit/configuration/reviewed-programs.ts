/**
 * Programs that travel as text: read by a person and known by digest, as the expressions of admission are, since what code means
 * cannot be derived here. A test holds the table against the kit's files.
 */
import { type Digest, digestOf } from '../../core/digest';

/** A text that was reviewed, by what it is for. */
export type ReviewedProgram = 'dashboard' | 'litellm-policy' | 'phoenix-refuse-for-now' | 'trace-backup';

export const REVIEWED_PROGRAMS: Readonly<Record<ReviewedProgram, readonly Digest[]>> = {
  // Each asks one data source, and shows nothing from elsewhere.
  dashboard: [
    'sha256:fa2cb605465aaf067f662e61b2ed220c5993e79b74089994683ce09d299d1e09',
    'sha256:3f4819ecf70c104e91d6f107854d8279f9e56f6dd53908115ee48e6a7eb84715',
    'sha256:84ce261ec8c397f1a00d2d7aeb945d2a28426c411127389a07636c4a9e858c4b',
    'sha256:b2c0d279b2e16049e1d41c55fb1cfde09c408b8da6427ca046e13130644fea0b',
  ],
  'litellm-policy': ['sha256:c603880195f9532e3af28a92e1579d0fa35ce3ce2bead07d5575dfb2176d8b44'],
  'phoenix-refuse-for-now': ['sha256:34b07383b97a087e8548f34b04afd27659091170e46bbc6ca747fb792a2f71c2'],
  'trace-backup': ['sha256:a418f96ce5199da7e2350bc4012a0b06680986962d05a23e39aedde1fb3f4f83'],
};

/** Whether a text is a reviewed one. */
export const isReviewed = (program: ReviewedProgram, text: string): boolean =>
  REVIEWED_PROGRAMS[program].includes(digestOf(text));
