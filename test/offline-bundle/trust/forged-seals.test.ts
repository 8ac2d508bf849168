import { expectNoForgery } from './forged-seals';

it('forged and mangled seals change no payload of a signer, and no verdict', async () => {
  await expectNoForgery(60, 20_261_130);
});
