import { rot } from './rot';

rot(7, 7);
