/**
 * Programs that travel as text: read by a person and known by digest, as the expressions of admission are, since what code means
 * cannot be derived here. A test holds the table against the kit's files.
 */
import { type Digest, digestOf } from '../../core/digest';

/** A text that was reviewed, by what it is for. */
export type ReviewedProgram = 'litellm-policy' | 'phoenix-refuse-for-now' | 'trace-backup';

export const REVIEWED_PROGRAMS: Readonly<Record<ReviewedProgram, readonly Digest[]>> = {
  'litellm-policy': ['sha256:3d116ff5258d584036dbf3553492398592176ff352ac0546f72d4ba4c0579722'],
  'phoenix-refuse-for-now': ['sha256:34b07383b97a087e8548f34b04afd27659091170e46bbc6ca747fb792a2f71c2'],
  'trace-backup': ['sha256:a418f96ce5199da7e2350bc4012a0b06680986962d05a23e39aedde1fb3f4f83'],
};

/** Whether a text is a reviewed one. */
export const isReviewed = (program: ReviewedProgram, text: string): boolean =>
  REVIEWED_PROGRAMS[program].includes(digestOf(text));
