/**
 * Whole sites: a blueprint in, Terraform stacks out; and the stack that constructs stand in.
 *
 * @packageDocumentation
 */
export { airlockApp, type AirlockAppProps, synthesize } from './app';
export { BaseStack, type BaseStackProps } from './base-stack';
export { DEFAULT_STATE_DIRECTORY, type StateLocation } from './state-backend';
