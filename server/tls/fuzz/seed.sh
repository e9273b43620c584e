#!/bin/sh
# Puts the fixtures of ../tests into the corpora, so that fuzzing starts from real input. Usage: ./seed.sh
set -eu
cd "$(dirname "$0")"
fixtures=../tests/fixtures
mkdir -p corpus/inspect corpus/pem corpus/revocation_lists

# fields NAME CERTIFICATE KEY CA: one input of the target `inspect`.
fields() {
    { cat "$2" && printf '\377' && cat "$3" && printf '\377' && cat "$4"; } >"corpus/inspect/$1"
}
for name in p256 p384 p521 ed25519 pkcs1; do
    fields "$name" "$fixtures/keys/$name.crt" "$fixtures/keys/$name.key" "$fixtures/guide/ca.crt"
done
fields der "$fixtures/odd/server.der" "$fixtures/guide/server.key" "$fixtures/odd/koblitz-ca.crt"
fields encrypted "$fixtures/odd/trusted.crt" "$fixtures/keys/encrypted-pkcs1.key" "$fixtures/odd/forged-ca.crt"
fields skid "$fixtures/skid/server.crt" "$fixtures/skid/server.key" "$fixtures/skid/ca.crt"
for file in guide/ca.crt guide/client.crt skid/ca.crt odd/trusted.crt keys/p256.key keys/encrypted-pkcs1.key odd/server.der; do
    cp "$fixtures/$file" "corpus/pem/$(echo "$file" | tr / -)"
done
cp "$fixtures"/crl/* corpus/revocation_lists/
