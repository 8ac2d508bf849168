import { expectNoForgery } from './forged-seals';

it('a thousand forged and mangled seals change no payload of a signer, and no verdict', async () => {
  await expectNoForgery(1000, 20_261_201);
}, 300_000);
