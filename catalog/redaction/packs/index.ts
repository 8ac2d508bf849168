/** Redaction packs by the name that the site writes: kinds of data, and countries by their ISO 3166 code. */
import { at } from './at';
import { be } from './be';
import { ch } from './ch';
import { contact } from './contact';
import { cz } from './cz';
import { de } from './de';
import { dk } from './dk';
import { es } from './es';
import { fi } from './fi';
import { fr } from './fr';
import { gb } from './gb';
import { ie } from './ie';
import { it } from './it';
import { network } from './network';
import { nl } from './nl';
import { no } from './no';
import { payment } from './payment';
import { pl } from './pl';
import { pt } from './pt';
import { se } from './se';
import { us } from './us';
import type { RedactionPack } from '../pattern';

const PACKS = {
  contact,
  payment,
  network,
  at,
  be,
  ch,
  cz,
  de,
  dk,
  es,
  fi,
  fr,
  gb,
  ie,
  it,
  nl,
  no,
  pl,
  pt,
  se,
  us,
} as const;

/** Names of the packs. */
export type RedactionPackName = keyof typeof PACKS;

/** Sets of patterns, by the name that the site writes. */
export const REDACTION_PACKS: Readonly<Record<RedactionPackName, RedactionPack>> = PACKS;
