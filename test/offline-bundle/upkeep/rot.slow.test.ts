import { rot } from './rot';

rot(200, 20261130);
