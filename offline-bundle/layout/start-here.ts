/**
 * START-HERE.txt: how to check a bundle with openssl and coreutils alone, for people who have nothing of ours.
 *
 * The steps are the same text for every bundle, so that they can be handed over on paper or in a handbook, by another
 * path than the medium. They refuse what `airlock verify` refuses: the two are tested against the same damages.
 *
 * `verify` demands the text byte for byte, so it is frozen: programs that are older than a new text refuse the bundles that have it.
 * A text that it replaces goes into FORMER, so that bundles which have that one stay good.
 */
import { type Digest, digestOf } from '../../core/digest';
import { type Line, lines, linesOf, show, type Text } from '../../core/visible';

export const CHECK_BEGIN = '----- begin of the check -----';
export const CHECK_END = '----- end of the check -----';

/**
 * The check, as POSIX sh. It runs in the bundle's folder, reads the public key's file name from `KEY`, writes only to a
 * temporary folder, and ends with status 0 when the bundle is accepted.
 *
 * Whatever names and statements hold, it prints ASCII in one line of its own: `plain` has no other character pass.
 *
 * It goes through a here-document so that it can be pasted into a terminal without ending that shell when it fails.
 */
export const CHECK_STEPS = String.raw`sh -eu <<'CHECK'
LC_ALL=C; export LC_ALL
plain() { tr -c ' -~' '?'; }
no() { printf 'REFUSED: %s\n' "$(printf %s "$*" | plain)" >&2; exit 1; }
sha() { sha256sum | cut -c1-64; }
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT

# 1. Your key signed the list of files. (Its id names the signatures.)
[ -f SHA256SUMS ] || no "there is no bundle in $(pwd): go to the folder that has SHA256SUMS in it"
[ -d seals ] || no "there is no seal: nobody signed this bundle, or the folder seals is gone"
openssl pkey -pubin -in "$KEY" -outform DER >"$TMP/key" || no "$KEY is not a public key"
ID=$(sha <"$TMP/key" | cut -c1-16)
[ -f "seals/$ID.SHA256SUMS.sig" ] || no "key $ID did not sign this bundle; signatures are of:" \
  $(find seals -type f | sed -n 's|^seals/\([0-9a-f]\{16\}\)\.SHA256SUMS\.sig$|\1|p' | sort)
openssl dgst -sha256 -verify "$KEY" -signature "seals/$ID.SHA256SUMS.sig" SHA256SUMS ||
  no "the signature of key $ID is wrong: it or SHA256SUMS was changed"

# 2. Every listed file is there, with the bytes that were signed.
sha256sum --check --strict --quiet SHA256SUMS || no "files are missing or damaged (named above)"

# 3. There is nothing else: plain files only, each of them listed, and seals named after keys.
OWN='(if the medium itself made that, copy the bundle into a folder of its own)'
ODD=$(find . ! -type d ! -type f)
[ -z "$ODD" ] || no "neither file nor folder: $ODD"
ODD=$(find . -type d ! -path . ! -path ./blobs ! -path ./blobs/sha256 ! -path ./seals)
[ -z "$ODD" ] || no "not listed: $ODD" "$OWN"
LISTED=$( { cut -c67- SHA256SUMS; echo SHA256SUMS; } | sort)
FOUND=$(find . -type f ! -path './seals/*' | sed 's|^\./||' | sort)
[ "$LISTED" = "$FOUND" ] || no "not listed:" $(printf '%s\n' "$LISTED" "$FOUND" | sort | uniq -u) "$OWN"
ODD=$(find seals -type f | grep -Evx 'seals/[0-9a-f]{16}\.(sigstore\.json|SHA256SUMS\.sig|[A-Za-z0-9][A-Za-z0-9._+-]*\.model\.sig)') || true
[ -z "$ODD" ] || no "not a seal: $ODD"

# 4. Every seal is whole, and all of them say the same.
whole() { # a file, and how it names its key: leaves what it says and its signature in TEXT, payload and signature
  TEXT=$(sed 's|.*"payload":"\([A-Za-z0-9+/=]*\)".*|\1|' "$1")
  SIG=$(sed 's|.*"sig":"\([A-Za-z0-9+/=]*\)".*|\1|' "$1")
  printf '{"dsseEnvelope":{"payload":"%s","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"","sig":"%s"}]},"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"%s"},"tlogEntries":[]}}\n' "$TEXT" "$SIG" "$2" >"$TMP/seal"
  printf %s "$TEXT" | base64 -d >"$TMP/payload" || no "$1 is damaged"
  printf %s "$SIG" | base64 -d >"$TMP/signature" || no "$1 is damaged"
  [ "$(sha <"$TMP/seal")" = "$(sha <"$1")" ] || no "$1 is damaged"
  [ "$(base64 -w0 <"$TMP/payload")" = "$TEXT" ] || no "$1 is damaged"
  [ "$(base64 -w0 <"$TMP/signature")" = "$SIG" ] || no "$1 is damaged"
}
yours() { # whether your key made that signature (DSSE: it covers type and length, too)
  printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c <"$TMP/payload")" | cat - "$TMP/payload" >"$TMP/signed"
  openssl dgst -sha256 -verify "$KEY" -signature "$TMP/signature" "$TMP/signed"
}
SAID=
for FILE in seals/*.sigstore.json; do
  [ -f "$FILE" ] || no "there is no seal"
  whole "$FILE" "$(basename "$FILE" .sigstore.json)"
  [ -z "$SAID" ] || [ "$SAID" = "$TEXT" ] || no "$FILE says something else than the other seals"
  SAID=$TEXT
done

# 5. Your key made one of them, about this index.
SEAL=seals/$ID.sigstore.json
[ -f "$SEAL" ] || no "there is no seal of key $ID"
whole "$SEAL" "$ID"
yours || no "$SEAL is not a seal of key $ID"
cp "$TMP/payload" "$TMP/said"
ROOT=$(sed 's|^{"manifests":\[{"artifactType":"application/vnd\.airlock\.bundle\.v1+json","digest":"sha256:\([0-9a-f]\{64\}\)",.*|\1|' index.json)
grep -qF "\"subject\":[{\"digest\":{\"sha256\":\"$ROOT\"},\"name\":\"" "$TMP/said" || no "the seal is about another bundle"
UNTIL=$(sed -n 's|"models":{[^}]*}||; s|.*[{,]"expires":"\([^"]*\)",.*|\1|p' "$TMP/said") # a model may be named expires
NOW=$(date -u +%Y-%m-%dT%H:%M:%SZ)
[ -z "$UNTIL" ] || [ "$(printf '%s\n' "$UNTIL" "$NOW" | sort | sed -n 1p)" != "$UNTIL" ] ||
  no "the seal expired at $UNTIL, and here it is $NOW"

# 6. Signatures of models are about the files that the seals name, and yours are all there.
sed -n 's|.*[{,]"models":{\([^}]*\)}.*|\1|p' "$TMP/said" | tr , '\n' >"$TMP/models"
HINT=$(openssl pkey -pubin -in "$KEY" | sha)
for FILE in seals/*.model.sig; do
  [ -f "$FILE" ] || continue
  OF=$(basename "$FILE" .model.sig)
  BY=$(sed 's|.*"hint":"\([0-9a-f]\{64\}\)".*|\1|' "$FILE")
  whole "$FILE" "$BY"
  grep -qxF "\"${'$'}{OF#*.}\":\"sha256:$(sha <"$TMP/payload")\"" "$TMP/models" || no "$FILE is about other files than the seal says"
  [ "${'$'}{OF%%.*}" = "$ID" ] || continue
  [ "$BY" = "$HINT" ] && yours || no "$FILE is not a signature of key $ID"
done
for OF in $(cut -d '"' -f 2 "$TMP/models"); do
  [ -f "seals/$ID.$OF.model.sig" ] || no "there is no signature of the model $OF by key $ID"
done
echo "ACCEPTED for key $ID, which says:"
plain <"$TMP/said"; echo
CHECK`;

const head = (site: string, root: Digest): Line[] => [
  show`AIRLOCK BUNDLE`,
  show``,
  show`  site   ${site}`,
  show`  index  ${root}`,
];

/** What follows the head: the same for every bundle. */
const TEXT = `
This folder is an OCI image layout: container images, models, Terraform providers and files for
one site, by digest. Never run anything from it before it is checked, and never trust a public
key, a program or a check that came on the same medium: this text is on it, too. What proves a
bundle reaches you by another path (in person, on paper, with an earlier delivery):

  - the public key of each signer (a .pub file) and its id,
  - the program airlock.mjs, or the check below, which is the same text for every bundle,
  - if you can, the index digest.

TWO INDEPENDENT ROUTES

A. With Node.js and your own copy of airlock.mjs:

     node airlock.mjs verify . --trust KEY.pub

B. With openssl, find, grep, sed and coreutils alone. Compare the id of the key with the one you were
   told, go to this folder, and paste the check:

     openssl pkey -pubin -in KEY.pub -outform DER | sha256sum | cut -c1-16
     export KEY=/path/to/KEY.pub

${CHECK_BEGIN}
${CHECK_STEPS}
${CHECK_END}

The last lines say ACCEPTED and what was sealed, or REFUSED and why. Repeat it with the key of each
signer that you require. Then compare site, sequence, and previous bundle with what you expect:
a bundle that is genuine can still be an old one.
`;

/** Digests of what followed the head in bundles that were written before; the newest last. */
const FORMER: readonly Digest[] = [
  'sha256:ef01a01af2c877d053b5350c1bc083e61c50a3f321e7348118c2da3b5a1ce45d',
  'sha256:0a6cd6e55830c664e7440514c9352142db194a0da6f4ff4d7cec1044524b6bc8',
  'sha256:aa1e4ece960c8accac0a5eb8046ca7e6949688e0d3afad83b5411e59f0b1d323',
];

/** Larger than any text that was ever written. Bytes. */
export const MAX_START_HERE_BYTES = 65_536;

/**
 * The text of START-HERE.txt.
 *
 * @param site name of the site that the bundle is for
 * @param root digest of the bundle's index
 */
export const startHere = (site: string, root: Digest): Text => lines([...head(site, root), ...linesOf(TEXT)]);

/** Whether a text is one that START-HERE.txt of this bundle had at another time. */
export function isFormerStartHere(text: Buffer, site: string, root: Digest): boolean {
  const begin = Buffer.from(`${lines(head(site, root))}\n`, 'utf8');
  return text.subarray(0, begin.length).equals(begin) && FORMER.includes(digestOf(text.subarray(begin.length)));
}
