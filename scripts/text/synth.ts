/** What `synth` has to say beside the plan. */
import { type Line, show } from '../../core/visible';

/** What the plan does and may not be meant. */
export const warningLines = (warnings: readonly string[]): Line[] => warnings.map((one) => show`warning: ${one}`);
