/** Addresses that answer wherever there is an internet: none of them may, inside the boundary. */

/** Public resolvers by address, both families, and the places that the near side downloads from, by name. */
export const INTERNET: readonly string[] = [
  '1.1.1.1:443',
  '8.8.8.8:53',
  '9.9.9.9:443',
  '[2606:4700:4700::1111]:443',
  'huggingface.co:443',
  'registry-1.docker.io:443',
  'registry.terraform.io:443',
];
